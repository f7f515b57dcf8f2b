import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  type ConnectivityChange,
  type DiffQuestion,
  type DiffSummary,
  DiffWalk,
  noChanges,
  parseConnectivityQuestion,
  type WalkedChange,
  presetOf,
} from '#engine';
import { canonicalText, QuestionError } from '#model';
import { changesTable } from '#report';
import { EditStore } from '#store';
import { type CursorScope, cursorOf, placeOf } from '../connectivity/connectivity-cursor.js';
import { rowsMax } from '../connectivity/connectivity.service.js';
import { FoundRows } from '../connectivity/found-rows.js';
import { refuse } from '../problems/problem.js';
import type { QuestionFields } from '../reachability/reachability.service.js';
import { SnapshotsService } from '../snapshots/snapshots.service.js';
import { Turn } from '../turn.js';

/** Which page of a diff is wanted. */
export interface DiffPageQuery {
  readonly cursor?: string | null;
  readonly limit: number;
  /** Changes that the whole diff may have. */
  readonly maxRows: number;
}

/** One page of changes; the summary is that of the whole diff. */
export interface DiffPage {
  readonly from: string;
  readonly to: string;
  readonly level: DiffQuestion['level'];
  readonly mode: DiffQuestion['mode'];
  readonly summary: DiffSummary;
  readonly changes: readonly ConnectivityChange[];
  readonly nextCursor: string | null;
  /** Behind the change at a position of `changes`. */
  readonly cursorOf: (position: number) => string;
}

interface Opened {
  readonly from: string;
  readonly to: string;
  readonly walk: DiffWalk;
  readonly scope: CursorScope;
}

/** Where two snapshots and the edits between them meet. */
@Injectable()
export class DiffService {
  /** By snapshots and question; snapshots never change, and neither do their differences. */
  readonly #summaries = new LRUCache<string, DiffSummary>({ max: 1000 });

  constructor(
    private readonly snapshots: SnapshotsService,
    private readonly edits: EditStore,
  ) {}

  /** One page of changes, with the summary of all. */
  async page(from: string, to: string, fields: QuestionFields, query: DiffPageQuery): Promise<DiffPage> {
    const opened = await this.#open(from, to, fields);
    const { walk, scope } = opened;
    const after = placeOf(scope, query.cursor);
    const summary = await this.#summary(opened, query.maxRows);
    const { items, isLast } = await new FoundRows(changesTable(walk), walk.changes(after)).take(query.limit);
    const behind = (position: number): string => cursorOf(scope, items[position]);
    return {
      from: opened.from,
      to: opened.to,
      level: walk.question.level,
      mode: walk.question.mode,
      summary,
      changes: items.map((change) => walk.view(change)),
      nextCursor: isLast ? null : behind(items.length - 1),
      cursorOf: behind,
    };
  }

  /**
   * All changes, to be written as they are found.
   * @throws ProblemError4xx 413 ANSWER_TOO_LARGE before anything is written
   */
  async changes(from: string, to: string, fields: QuestionFields, maxRows: number): Promise<FoundRows<WalkedChange>> {
    const opened = await this.#open(from, to, fields);
    const summary = await this.#summary(opened, maxRows);
    const head = { from: opened.from, to: opened.to, summary };
    return new FoundRows(changesTable(opened.walk, head), opened.walk.changes());
  }

  async #open(fromRef: string, toRef: string, fields: QuestionFields): Promise<Opened> {
    const question = namingPeers(() =>
      parseConnectivityQuestion({ ...fields, from: fields.source, to: fields.destination }, ['nodes']),
    );
    const preset = presetOf(fields.semantics);
    const [from, to] = [await this.snapshots.resolve(fromRef), await this.snapshots.resolve(toRef)];
    const [before, after, edits] = await Promise.all([
      this.snapshots.openAs(from.id, fields, 'Cluster'),
      this.snapshots.openAs(to.id, fields, 'Cluster'),
      this.edits.between(from, to),
    ]);
    const { dataplane } = fields;
    const steps = DiffWalk.opening(before, after, edits, question);
    const turn = new Turn();
    const next = (): IteratorResult<void, DiffWalk> => namingPeers(() => steps.next());
    let step = next();
    while (step.done !== true) {
      if (turn.isOver()) await turn.next();
      step = next();
    }
    const walk = step.value;
    const said = typeof dataplane === 'string' ? dataplane : null;
    const under = preset === null ? said : `${said ?? ''} preset:${preset}`;
    return {
      from: from.id,
      to: to.id,
      walk,
      scope: { snapshot: `${from.id} ${to.id}`, question, dataplane: under, list: 'diff' },
    };
  }

  /** Counts all changes, once for each question. */
  async #summary({ walk, scope }: Opened, maxRows: number): Promise<DiffSummary> {
    const key = canonicalText([scope.snapshot, scope.question, scope.dataplane]);
    let summary = this.#summaries.get(key);
    if (summary === undefined) this.#summaries.set(key, (summary = await counted(walk, maxRows)));
    const total = Object.values(summary).reduce((sum, count) => sum + count, 0);
    if (total > maxRows) throw tooLarge(String(total), maxRows);
    return summary;
  }
}

/** @throws ProblemError4xx 413 ANSWER_TOO_LARGE as soon as there are more changes than may be sent */
async function counted(walk: DiffWalk, maxRows: number): Promise<DiffSummary> {
  const turn = new Turn();
  const counts = noChanges();
  const most = Math.max(maxRows, rowsMax);
  let total = 0;
  for (const change of walk.changes()) {
    if (change === null) {
      if (turn.isOver()) await turn.next();
      continue;
    }
    walk.count(change, counts);
    if (++total > most) throw tooLarge(`more than ${most}`, maxRows);
  }
  return counts;
}

function tooLarge(total: string, maxRows: number): Error {
  return refuse(
    413,
    'ANSWER_TOO_LARGE',
    `the diff has ${total} changes; at most maxRows, ${maxRows}, are sent. Fewer come with source, destination, protocol and port, or at a coarser level (pod, class, workload, namespace)`,
    'maxRows',
    String(maxRows),
  );
}

/** Of a diff, `from` and `to` are snapshots: the peers are its source and destination. */
function namingPeers<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof QuestionError) || (error.field !== 'from' && error.field !== 'to')) throw error;
    const field = error.field === 'from' ? 'source' : 'destination';
    throw new QuestionError(error.code, error.message.replace(/^(from|to)\b/, field), field, error.accepted);
  }
}
