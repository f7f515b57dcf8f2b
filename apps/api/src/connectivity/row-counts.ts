import { LRUCache } from 'lru-cache';
import type { ConnectivityWalk, Counted } from '#engine';
import { canonicalText } from '#model';
import { ProblemError4xx, problemOf } from '../problems/problem.js';
import { Turn } from '../turn.js';
import type { CursorScope } from './connectivity-cursor.js';

/** How many rows questions have. Snapshots never change: however many ask the same, it is counted once. */
export class RowCounts {
  readonly #counts = new LRUCache<string, Promise<Counted>>({ max: 1000 });

  /**
   * Counts the rows of a walk before the first is written.
   * @throws ProblemError4xx 413 ANSWER_TOO_LARGE, with the count and with what makes an answer shorter
   */
  async refuseAbove(maxRows: number, walk: ConnectivityWalk, { snapshot, dataplane }: CursorScope): Promise<void> {
    const key = canonicalText([snapshot, walk.question, dataplane, maxRows]);
    let counting = this.#counts.get(key);
    if (counting === undefined) this.#counts.set(key, (counting = count(walk, maxRows)));
    const { rows, isExact } = await counting;
    if (rows > maxRows) throw tooLarge(`${isExact ? '' : 'at least '}${rows}`, rows, maxRows);
  }
}

async function count(walk: ConnectivityWalk, maxRows: number): Promise<Counted> {
  const turn = new Turn();
  let counted: Counted = { rows: 0, isExact: true };
  for (const total of walk.count(maxRows)) {
    counted = total;
    if (turn.isOver()) await turn.next();
  }
  return counted;
}

function tooLarge(count: string, rows: number, maxRows: number): ProblemError4xx {
  const detail =
    `the answer has ${count} rows; at most maxRows, ${maxRows}, are sent. ` +
    'Fewer come with from, to, protocol and port, or at a coarser level (pod, class, workload, namespace); format=json gives pages';
  const error = {
    code: 'ANSWER_TOO_LARGE',
    message: detail,
    path: 'maxRows',
    value: String(rows),
    accepted: String(maxRows),
  };
  return new ProblemError4xx(problemOf(413, 'ANSWER_TOO_LARGE', detail, [error]));
}
