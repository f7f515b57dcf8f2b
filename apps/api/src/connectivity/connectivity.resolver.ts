import { Args, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { ConnectionsView, ConnectivityEnd, ConnectivityRow } from '#engine';
import { readLimit } from '../read-query.js';
import { connectionsView, endView } from './connectivity-view.js';
import { ConnectivityService, limitMax, type Reading, rowsMax } from './connectivity.service.js';

interface PageArguments {
  readonly first: number;
  readonly after?: string | null;
}

interface Of {
  readonly id: string;
}

/** Values of the enums as the rest of the program spells them. */
export const connectivityEnums = {
  ConnectivityLevel: { NAMESPACE: 'namespace', WORKLOAD: 'workload', CLASS: 'class', POD: 'pod' },
  ConnectivityInclude: { NODES: 'nodes', INGRESS: 'ingress', NODES_AND_INGRESS: 'nodes,ingress' },
} as const;

@Resolver('Snapshot')
export class ConnectivityResolver {
  constructor(private readonly connectivityRows: ConnectivityService) {}

  @ResolveField()
  async connectivity(
    @Parent() { id }: Of,
    @Args() { first, after, ...question }: PageArguments & Record<string, unknown>,
  ): Promise<unknown> {
    const limit = readLimit(String(first), limitMax, limitMax);
    const { rows, walk, cursorOf, nextCursor } = await this.connectivityRows.page(id, question, {
      cursor: after,
      limit,
      maxRows: null,
    });
    const edges = rows.map((row) => ({ node: rowView(walk.view(row)), cursor: cursorOf(row) }));
    return { edges, pageInfo: { hasNextPage: nextCursor !== null, endCursor: edges.at(-1)?.cursor ?? null } };
  }

  @ResolveField()
  unreached(@Parent() of: Of, @Args() page: PageArguments & Record<string, unknown>): Promise<unknown> {
    return this.#reading(of, 'unreached', page, (item) => endView(item as ConnectivityEnd));
  }

  @ResolveField()
  unreaching(@Parent() of: Of, @Args() page: PageArguments & Record<string, unknown>): Promise<unknown> {
    return this.#reading(of, 'unreaching', page, (item) => endView(item as ConnectivityEnd));
  }

  @ResolveField()
  bidirectional(@Parent() of: Of, @Args() page: PageArguments & Record<string, unknown>): Promise<unknown> {
    return this.#reading(of, 'bidirectional', page, (item) => {
      const { source, destination, connections, reverse } = item as ConnectivityRow & { reverse: ConnectionsView };
      return {
        source: endView(source),
        destination: endView(destination),
        connections: connectionsView(connections),
        reverse: connectionsView(reverse),
      };
    });
  }

  async #reading(
    { id }: Of,
    reading: Reading,
    { first, after, ...question }: PageArguments & Record<string, unknown>,
    view: (item: unknown) => unknown,
  ): Promise<unknown> {
    const limit = readLimit(String(first), limitMax, limitMax);
    const page = await this.connectivityRows.readingPage(id, question, reading, {
      cursor: after,
      limit,
      maxRows: rowsMax,
    });
    const edges = page.items.map((item, i) => ({ node: view(item), cursor: page.cursorOf(i) }));
    return { edges, pageInfo: { hasNextPage: page.nextCursor !== null, endCursor: edges.at(-1)?.cursor ?? null } };
  }
}

/** REST's shapes with every field there, as GraphQL wants them. */
function rowView({ source, destination, connections, unknown, some }: ConnectivityRow): unknown {
  return {
    source: endView(source),
    destination: endView(destination),
    connections: connectionsView(connections),
    unknown: unknown === undefined ? null : connectionsView(unknown),
    some: some === true,
  };
}
