import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { ExposureItem } from '#engine';
import { connectionsView, endView } from '../connectivity/connectivity-view.js';
import { cursorOfKey } from '../page.js';
import { readLimit } from '../read-query.js';
import { exposureKey, exposureLimitMax, ExposureService } from './exposure.service.js';

@Resolver('Snapshot')
export class ExposureResolver {
  constructor(private readonly exposures: ExposureService) {}

  @ResolveField()
  async exposure(
    @Parent() { id }: { id: string },
    @Args() { first, after, ...question }: { first: number; after?: string | null } & Record<string, unknown>,
  ): Promise<unknown> {
    const limit = readLimit(String(first), exposureLimitMax, exposureLimitMax);
    const { items, nextCursor, assumptions } = await this.exposures.page(id, question, { cursor: after, limit });
    const edges = items.map((item) => ({ node: itemView(item), cursor: cursorOfKey(exposureKey(item)) }));
    const pageInfo = { hasNextPage: nextCursor !== null, endCursor: edges.at(-1)?.cursor ?? null };
    return { edges, pageInfo, assumptions };
  }
}

/** REST's shapes with every field there, as GraphQL wants them. */
function itemView({ workload, via, connections, some, unknown, blocked }: ExposureItem): unknown {
  return {
    workload: endView(workload),
    via: { addresses: [], hosts: [], ...via },
    connections: connectionsView(connections),
    some: some === true,
    unknown: unknown === undefined ? null : connectionsView(unknown),
    blocked:
      blocked === undefined ? null : { connections: connectionsView(blocked.connections), reason: blocked.reason },
  };
}
