import { Injectable } from '@nestjs/common';
import {
  bidirectional,
  connectivityAssumptions,
  ConnectivityWalk,
  type MutualPair,
  parseConnectivityQuestion,
  presetOf,
  unreached,
  unreaching,
  type WalkedRow,
} from '#engine';
import type { Assumption } from '#model';
import { connectivityTable, endsTable, mutualTable } from '#report';
import type { QuestionFields } from '../reachability/reachability.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import { type CursorScope, cursorOf, placeOf } from './connectivity-cursor.js';
import { FoundRows } from './found-rows.js';
import { RowCounts } from './row-counts.js';

/** Rows of a whole answer unless the question says otherwise. */
export const rowsMax = 5_000_000;

/** Rows on one page at most. */
export const limitMax = 10_000;

/** Which page of an answer is wanted. */
export interface PageQuery {
  readonly cursor?: string | null;
  readonly limit: number;
  /** Rows that the whole answer may have; null: as many as there are. */
  readonly maxRows: number | null;
}

/** One page of rows, with what is needed to show them. */
export interface RowPage {
  readonly snapshot: string;
  readonly walk: ConnectivityWalk;
  readonly rows: readonly WalkedRow[];
  readonly assumptions: readonly Assumption[];
  readonly cursorOf: (row: WalkedRow) => string;
  readonly nextCursor: string | null;
}

/** Ends that nobody reaches, ends that reach nobody, pairs that talk both ways. */
export type Reading = 'unreached' | 'unreaching' | 'bidirectional';

export interface ReadingPage {
  readonly head: Readonly<Record<string, unknown>>;
  readonly items: readonly unknown[];
  /** Behind the item at a position of `items`. */
  readonly cursorOf: (position: number) => string;
  readonly nextCursor: string | null;
}

interface Opened {
  readonly walk: ConnectivityWalk;
  readonly scope: CursorScope;
}

/** All connections of a snapshot, in pages and in streams. */
@Injectable()
export class ConnectivityService {
  readonly #counts = new RowCounts();

  constructor(private readonly snapshots: SnapshotsService) {}

  /** One page of rows. */
  async page(ref: string, fields: QuestionFields, { cursor, limit, maxRows }: PageQuery): Promise<RowPage> {
    const { walk, scope } = await this.#open(ref, fields, 'rows');
    const after = placeOf(scope, cursor);
    if (maxRows !== null) await this.#counts.refuseAbove(maxRows, walk, scope);
    const { items, isLast } = await new FoundRows(connectivityTable(walk), walk.rows(after)).take(limit);
    return {
      snapshot: scope.snapshot,
      walk,
      rows: items,
      assumptions: connectivityAssumptions(walk),
      cursorOf: (row) => cursorOf(scope, row),
      nextCursor: isLast ? null : cursorOf(scope, items[items.length - 1]),
    };
  }

  /**
   * All rows, to be written as they are found.
   * @throws ProblemError4xx 413 ANSWER_TOO_LARGE before anything is written
   */
  async rows(ref: string, fields: QuestionFields, maxRows: number): Promise<FoundRows<WalkedRow>> {
    const { walk, scope } = await this.#open(ref, fields, 'rows');
    await this.#counts.refuseAbove(maxRows, walk, scope);
    const head = { snapshot: scope.snapshot, assumptions: connectivityAssumptions(walk) };
    return new FoundRows(connectivityTable(walk, head), walk.rows());
  }

  /**
   * One of the classic readings, to be written as it is found.
   * @throws ProblemError4xx 413 ANSWER_TOO_LARGE where more rows than `maxRows` would have to be looked at
   */
  async reading(ref: string, fields: QuestionFields, reading: Reading, maxRows: number): Promise<Found> {
    return this.#read(await this.#open(ref, fields, reading), reading, maxRows);
  }

  /** One page of a reading. Items have no place of their own, so the pass is made again and items are counted off. */
  async readingPage(
    ref: string,
    fields: QuestionFields,
    reading: Reading,
    { cursor, limit, maxRows }: PageQuery & { maxRows: number },
  ): Promise<ReadingPage> {
    const opened = await this.#open(ref, fields, reading);
    const skipped = placeOf(opened.scope, cursor)?.source ?? 0;
    const found = await this.#read(opened, reading, maxRows);
    const { items, isLast } = await found.page(limit, skipped);
    const behind = (position: number): string =>
      cursorOf(opened.scope, { source: skipped + position + 1, destination: 0, some: false });
    return { head: found.table.head, items, cursorOf: behind, nextCursor: isLast ? null : behind(items.length - 1) };
  }

  async #read({ walk, scope }: Opened, reading: Reading, maxRows: number): Promise<Found> {
    await this.#counts.refuseAbove(maxRows, walk, scope);
    const { level, mode, from, to } = walk.question;
    const head = { snapshot: scope.snapshot, level, mode };
    if (reading === 'bidirectional') {
      const reverse = new ConnectivityWalk(walk.cluster, { ...walk.question, from: to, to: from });
      return new FoundRows(mutualTable(walk, head), bidirectional(walk, reverse));
    }
    return new FoundRows(endsTable(reading, walk, head), reading === 'unreached' ? unreached(walk) : unreaching(walk));
  }

  async #open(ref: string, fields: QuestionFields, list: string): Promise<Opened> {
    const question = list === 'rows' ? parseConnectivityQuestion(fields) : parseConnectivityQuestion(fields, ['nodes']);
    const preset = presetOf(fields.semantics);
    const { id } = await this.snapshots.resolve(ref);
    const cluster = await this.snapshots.openAs(id, fields, 'Cluster');
    const said = typeof fields.dataplane === 'string' ? fields.dataplane : null;
    const dataplane = preset === null ? said : `${said ?? ''} preset:${preset}`;
    return { walk: new ConnectivityWalk(cluster, question), scope: { snapshot: id, question, dataplane, list } };
  }
}

type Found = FoundRows<number> | FoundRows<MutualPair>;
