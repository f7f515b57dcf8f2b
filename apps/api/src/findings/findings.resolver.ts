import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Finding } from '#model';
import { FindingsService } from './findings.service.js';

/** Values of the enums as the rest of the program spells them. */
export const findingEnums = { FindingSeverity: { ERROR: 'error', WARNING: 'warning', INFO: 'info' } } as const;

@Resolver('Snapshot')
export class FindingsResolver {
  constructor(private readonly audits: FindingsService) {}

  @ResolveField()
  findings(
    @Parent() { id }: { id: string },
    @Args() { severity, dataplane }: { severity?: string | null; dataplane?: string | null },
  ): Promise<readonly Finding[]> {
    return this.audits.findings(id, severity, dataplane);
  }
}

/** REST's map of evidence as a list, which GraphQL can type. */
@Resolver('Finding')
export class FindingResolver {
  @ResolveField()
  evidence(@Parent() { evidence }: Finding): { key: string; value: string }[] {
    return Object.entries(evidence).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    }));
  }
}
