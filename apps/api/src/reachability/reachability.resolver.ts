import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { CompactVerdict, ConnectionsView, Verdict } from '#engine';
import { ReachabilityService } from './reachability.service.js';

/** Values of the enums as the rest of the program spells them. */
export const reachabilityEnums = {
  VerdictWord: {
    ALLOWED: 'allowed',
    DENIED: 'denied',
    UNKNOWN: 'unknown',
    NOT_APPLICABLE: 'notApplicable',
    MIXED: 'mixed',
  },
  Family: { IPV4: 'IPv4', IPV6: 'IPv6' },
  Mode: { EFFECTIVE: 'effective', INTENDED: 'intended' },
} as const;

@Resolver('Snapshot')
export class ReachabilityResolver {
  constructor(private readonly reachability: ReachabilityService) {}

  @ResolveField()
  verdict(@Parent() { id }: { id: string }, @Args() question: Record<string, unknown>): Promise<Verdict> {
    return this.reachability.verdict(id, question);
  }

  @ResolveField()
  verdicts(
    @Parent() { id }: { id: string },
    @Args() { flows, ...common }: Record<string, unknown>,
  ): Promise<CompactVerdict[]> {
    // Arguments come as objects without a prototype; the service takes any.
    return this.reachability.verdicts(id, flows, common, 'Compact');
  }
}

/** REST's maps as lists, which GraphQL can type. */
@Resolver('Verdict')
export class VerdictResolver {
  @ResolveField()
  connections(@Parent() { connections }: Verdict): unknown {
    return Object.entries(connections ?? {}).map(([verdict, { all, protocols }]: [string, ConnectionsView]) => ({
      verdict,
      all,
      protocols: Object.entries(protocols ?? {}).map(([protocol, ports]) => ({ protocol, ports })),
    }));
  }

  @ResolveField()
  families(@Parent() { families }: Verdict): unknown {
    return Object.entries(families ?? {}).map(([family, part]) => ({ family, ...part }));
  }

  @ResolveField()
  counts(@Parent() { counts }: Verdict): unknown {
    return Object.entries(counts ?? {}).map(([verdict, count]) => ({ verdict, count }));
  }

  @ResolveField()
  examples(@Parent() { verdict, example, examples }: Verdict): unknown {
    const all = example === undefined ? (examples ?? {}) : { [verdict]: example };
    return Object.entries(all).map(([word, flow]) => ({ verdict: word, ...flow }));
  }

  @ResolveField()
  ports(@Parent() { ports }: Verdict): unknown {
    return ports ?? [];
  }

  @ResolveField()
  entries(@Parent() { entries }: Verdict): unknown {
    return entries ?? [];
  }

  @ResolveField()
  backends(@Parent() { backends }: Verdict): unknown {
    return backends ?? [];
  }
}
