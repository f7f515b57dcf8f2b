import type { ConnectivityWalk } from '#engine';
import { ProblemError4xx, problemOf } from '../problems/problem.js';
import { Turn } from '../turn.js';

/**
 * Counts the rows of a walk before the first is written.
 * @throws ProblemError4xx 413 ANSWER_TOO_LARGE, with the count and with what makes an answer shorter
 */
export async function refuseAbove(walk: ConnectivityWalk, maxRows: number): Promise<void> {
  const turn = new Turn();
  let counted = { rows: 0, isExact: true };
  for (const total of walk.count(maxRows)) {
    counted = total;
    if (turn.isOver()) await turn.next();
  }
  if (counted.rows <= maxRows) return;
  const detail =
    `the answer has ${counted.isExact ? '' : 'at least '}${counted.rows} rows; at most maxRows, ${maxRows}, are sent. ` +
    'Fewer come with from, to, protocol and port, or at a coarser level (pod, class, workload, namespace); format=json gives pages';
  const error = {
    code: 'ANSWER_TOO_LARGE',
    message: detail,
    path: 'maxRows',
    value: String(counted.rows),
    accepted: String(maxRows),
  };
  throw new ProblemError4xx(problemOf(413, 'ANSWER_TOO_LARGE', detail, [error]));
}
