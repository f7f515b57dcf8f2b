/**
 * A set of small non-negative integers as sorted, disjoint, non-adjacent half-open runs, flat:
 * `[start, end, start, end, …]`. Classes are numbered so that what a selector picks lies close together, which makes
 * this an order of magnitude smaller than a bitset per selector.
 */
export type Runs = ArrayLike<number>;

/** Runs of ascending numbers without repetition. Cost: linear. */
export function runsOfAscending(numbers: Iterable<number>): number[] {
  const runs: number[] = [];
  for (const number of numbers) {
    if (runs.length > 0 && runs[runs.length - 1] === number) runs[runs.length - 1] = number + 1;
    else runs.push(number, number + 1);
  }
  return runs;
}

/** Cost: linear in the runs, times the logarithm of how many there are. */
export function unionOfRuns(all: readonly Runs[]): Runs {
  if (all.length === 0) return [];
  let level = all;
  while (level.length > 1) {
    const merged: Runs[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) merged.push(unionOfTwo(level[i], level[i + 1]));
    if (level.length % 2 === 1) merged.push(level[level.length - 1]);
    level = merged;
  }
  return level[0];
}

function unionOfTwo(a: Runs, b: Runs): Runs {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const takesA = j >= b.length || (i < a.length && a[i] <= b[j]);
    const start = takesA ? a[i++] : b[j++];
    const end = takesA ? a[i++] : b[j++];
    const last = result.length - 1;
    if (last > 0 && start <= result[last]) result[last] = Math.max(result[last], end);
    else result.push(start, end);
  }
  return result;
}

/** What is in `a` and not in `b`. Cost: linear in both. */
export function differenceOfRuns(a: Runs, b: Runs): number[] {
  const result: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let start = a[i];
    const end = a[i + 1];
    while (j < b.length && b[j + 1] <= start) j += 2;
    for (let k = j; k < b.length && b[k] < end; k += 2) {
      if (start < b[k]) result.push(start, b[k]);
      start = Math.max(start, b[k + 1]);
    }
    if (start < end) result.push(start, end);
  }
  return result;
}

/** Cost: linear in both. */
export function intersectionOfRuns(a: Runs, b: Runs): Runs {
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const start = Math.max(a[i], b[j]);
    const end = Math.min(a[i + 1], b[j + 1]);
    if (start < end) result.push(start, end);
    if (a[i + 1] < b[j + 1]) i += 2;
    else j += 2;
  }
  return result;
}

/** Cost: logarithmic. */
export function runsContain(runs: Runs, number: number): boolean {
  let low = 0;
  let high = runs.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (runs[2 * middle] <= number) low = middle + 1;
    else high = middle;
  }
  return low > 0 && number < runs[2 * low - 1];
}

/** The members, ascending. */
export function* membersOfRuns(runs: Runs): Iterable<number> {
  for (let i = 0; i < runs.length; i += 2) for (let n = runs[i]; n < runs[i + 1]; n++) yield n;
}
