import { noAddress } from '../compile/address-blocks.js';
import type { ReachabilityIndex } from '../compile/reachability-index.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { Units } from './units.js';

/** The rows of profiles as pods see them: nearly always one row, whatever the pod's address. */
export class PodRows {
  /** Blocks of pods that are subjects; ascending. */
  readonly #podBlocks: readonly number[];

  constructor(
    readonly index: ReachabilityIndex,
    { block4, block6, podEnd }: Units,
  ) {
    const found = new Set([...block4.subarray(0, podEnd), ...block6.subarray(0, podEnd)]);
    found.delete(noAddress);
    this.#podBlocks = [...found].sort((a, b) => a - b);
  }

  /** The row that a profile has for every block in which a pod is; null where there are several. Cost: the blocks. */
  only(profile: number): number | null {
    const { profileOffsets, blockStart, blockRow } = this.index.arrays;
    const [from, to] = [profileOffsets[profile], profileOffsets[profile + 1]];
    let row: number | null = null;
    for (let k = from, i = 0; k < to && i < this.#podBlocks.length; k++) {
      const end = k + 1 < to ? blockStart[k + 1] : Infinity;
      if (this.#podBlocks[i] >= end) continue;
      if (row !== null && row !== blockRow[k]) return null;
      row = blockRow[k];
      while (i < this.#podBlocks.length && this.#podBlocks[i] < end) i++;
    }
    return row ?? blockRow[from];
  }

  /** What a row says of a class. Cost: a binary search over the row's runs. */
  outcome(row: number, peerClass: number): OutcomeId {
    const { rowOffsets, classStart, classOutcome } = this.index.arrays;
    let low = rowOffsets[row];
    let high = rowOffsets[row + 1];
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (classStart[middle] <= peerClass) low = middle;
      else high = middle;
    }
    return classOutcome[low];
  }

  /** The runs of a row: where each begins, where it ends, and its outcome. */
  eachRun(row: number, visit: (start: number, end: number, outcome: OutcomeId) => void): void {
    const { rowOffsets, classStart, classOutcome, egressProfile } = this.index.arrays;
    for (let k = rowOffsets[row]; k < rowOffsets[row + 1]; k++) {
      visit(classStart[k], k + 1 < rowOffsets[row + 1] ? classStart[k + 1] : egressProfile.length, classOutcome[k]);
    }
  }
}
