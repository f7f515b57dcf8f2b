import type { Runs } from '#engine';

/** The first member that two sets of runs share; -1 where they share none. Cost: linear in the runs of both. */
export function firstShared(a: Runs, b: Runs): number {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i], b[j]);
    if (start < Math.min(a[i + 1], b[j + 1])) return start;
    if (a[i + 1] < b[j + 1]) i += 2;
    else j += 2;
  }
  return -1;
}

/** Whether every member of one is in the other. Cost: linear in the runs of both. */
export function runsHold(outer: Runs, inner: Runs): boolean {
  let j = 0;
  for (let i = 0; i < inner.length; i += 2) {
    while (j < outer.length && outer[j + 1] <= inner[i]) j += 2;
    if (j >= outer.length || outer[j] > inner[i] || outer[j + 1] < inner[i + 1]) return false;
  }
  return true;
}
