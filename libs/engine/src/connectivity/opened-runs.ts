import type { OutcomeId } from '../sets/outcomes.js';

/** Runs of classes that a source's gate lets it open connections to, with what it says; ascending, none denied. */
export interface OpenedRuns {
  readonly count: number;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly outcomes: readonly OutcomeId[];
}

/** The first run that ends behind a class. Cost: logarithmic. */
export function firstRunBehind({ count, ends }: OpenedRuns, classNumber: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle] <= classNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}
