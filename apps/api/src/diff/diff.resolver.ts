import { Args, Query, Resolver } from '@nestjs/graphql';
import { Access } from '../auth/access.js';
import { connectionsView, endView } from '../connectivity/connectivity-view.js';
import { limitMax, rowsMax } from '../connectivity/connectivity.service.js';
import { readLimit } from '../read-query.js';
import { DiffService } from './diff.service.js';

/** Values of the enums as the rest of the program spells them. */
export const diffEnums = {
  ChangeWord: {
    GAINED: 'gained',
    LOST: 'lost',
    CHANGED: 'changed',
    SOURCE_ADDED: 'sourceAdded',
    SOURCE_REMOVED: 'sourceRemoved',
    DESTINATION_ADDED: 'destinationAdded',
    DESTINATION_REMOVED: 'destinationRemoved',
  },
  EditWord: { ADDED: 'added', REMOVED: 'removed', MODIFIED: 'modified' },
} as const;

interface DiffArguments extends Record<string, unknown> {
  readonly from: string;
  readonly to: string;
  readonly first: number;
  readonly after?: string | null;
}

@Resolver()
export class DiffResolver {
  constructor(private readonly diffs: DiffService) {}

  @Query()
  @Access('viewer')
  async diff(@Args() { from, to, first, after, ...question }: DiffArguments): Promise<unknown> {
    const limit = readLimit(String(first), limitMax, limitMax);
    const page = await this.diffs.page(from, to, question, { cursor: after, limit, maxRows: rowsMax });
    const edges = page.changes.map((change, i) => ({
      node: {
        ...change,
        source: endView(change.source),
        destination: endView(change.destination),
        before: connectionsView(change.before),
        after: connectionsView(change.after),
        unknownBefore: change.unknownBefore === undefined ? null : connectionsView(change.unknownBefore),
        unknownAfter: change.unknownAfter === undefined ? null : connectionsView(change.unknownAfter),
        some: change.some === true,
      },
      cursor: page.cursorOf(i),
    }));
    const pageInfo = { hasNextPage: page.nextCursor !== null, endCursor: edges.at(-1)?.cursor ?? null };
    return { from: page.from, to: page.to, summary: page.summary, edges, pageInfo };
  }
}
