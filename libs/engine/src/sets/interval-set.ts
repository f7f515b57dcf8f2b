/**
 * A set of integers as sorted, disjoint, non-adjacent closed intervals, flat: `[first, last, first, last, …]`. Equal
 * sets have equal lists, so a joined list is a key.
 */
export type IntervalSet = readonly number[];

/** Canonical form of any list of intervals. Cost: n log n. */
export function intervalSetOf(intervals: readonly (readonly [first: number, last: number])[]): IntervalSet {
  const sorted = intervals.filter(([first, last]) => first <= last).sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [first, last] of sorted) append(result, first, last);
  return result;
}

/** Cost: linear in both. */
export function unionOfIntervals(a: IntervalSet, b: IntervalSet): IntervalSet {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && a[i] <= b[j])) {
      append(result, a[i], a[i + 1]);
      i += 2;
    } else {
      append(result, b[j], b[j + 1]);
      j += 2;
    }
  }
  return result;
}

/** Cost: linear in both. */
export function intersectionOfIntervals(a: IntervalSet, b: IntervalSet): IntervalSet {
  const result: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const first = Math.max(a[i], b[j]);
    const last = Math.min(a[i + 1], b[j + 1]);
    if (first <= last) result.push(first, last);
    if (a[i + 1] < b[j + 1]) i += 2;
    else j += 2;
  }
  return result;
}

/** What is in `a` and not in `b`. Cost: linear in both. */
export function differenceOfIntervals(a: IntervalSet, b: IntervalSet): IntervalSet {
  const result: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let first = a[i];
    const last = a[i + 1];
    while (j < b.length && b[j + 1] < first) j += 2;
    for (let k = j; k < b.length && b[k] <= last; k += 2) {
      if (first < b[k]) result.push(first, b[k] - 1);
      first = Math.max(first, b[k + 1] + 1);
    }
    if (first <= last) result.push(first, last);
  }
  return result;
}

/** Cost: logarithmic. */
export function intervalsContain(set: IntervalSet, value: number): boolean {
  let low = 0;
  let high = set.length >>> 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (set[2 * middle + 1] < value) low = middle + 1;
    else high = middle;
  }
  return 2 * low < set.length && set[2 * low] <= value;
}

/** Adds an interval that begins at or after the last one's beginning. */
function append(result: number[], first: number, last: number): void {
  const end = result.length - 1;
  if (end > 0 && first <= result[end] + 1) result[end] = Math.max(result[end], last);
  else result.push(first, last);
}
