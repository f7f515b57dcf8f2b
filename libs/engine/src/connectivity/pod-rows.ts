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

  /**
   * What a profile says of what is no pod: the stretches of address blocks for which it has an outcome. Cost: the
   * profile's block runs.
   */
  eachOutside(profile: number, visit: (start: number, end: number, outcome: OutcomeId) => void): void {
    const { rowOffsets, classOutcome } = this.index.arrays;
    // The outside class is the first of all.
    this.eachBlockRun(profile, (start, end, row) => visit(start, end, classOutcome[rowOffsets[row]]));
  }

  /** The stretches of address blocks for which a profile has a row. Cost: the profile's block runs. */
  eachBlockRun(profile: number, visit: (start: number, end: number, row: number) => void): void {
    const { profileOffsets, blockStart, blockRow } = this.index.arrays;
    const last = profileOffsets[profile + 1];
    for (let k = profileOffsets[profile]; k < last; k++) {
      visit(blockStart[k], k + 1 < last ? blockStart[k + 1] : this.index.blocks.end, blockRow[k]);
    }
  }

  /** The different rows of a profile. */
  distinct(profile: number): ReadonlySet<number> {
    const { profileOffsets, blockRow } = this.index.arrays;
    return new Set(blockRow.subarray(profileOffsets[profile], profileOffsets[profile + 1]));
  }

  /** The row that a profile has for a block. Cost: a binary search over the profile's block runs. */
  at(profile: number, block: number): number {
    const { profileOffsets, blockStart, blockRow } = this.index.arrays;
    return blockRow[lastAtOrBelow(blockStart, profileOffsets[profile], profileOffsets[profile + 1], block)];
  }

  /** What a row says of a class. Cost: a binary search over the row's runs. */
  outcome(row: number, peerClass: number): OutcomeId {
    const { rowOffsets, classStart, classOutcome } = this.index.arrays;
    return classOutcome[lastAtOrBelow(classStart, rowOffsets[row], rowOffsets[row + 1], peerClass)];
  }

  /** The runs of a row: where each begins, where it ends, and its outcome. */
  eachRun(row: number, visit: (start: number, end: number, outcome: OutcomeId) => void): void {
    const { rowOffsets, classStart, classOutcome, egressProfile } = this.index.arrays;
    for (let k = rowOffsets[row]; k < rowOffsets[row + 1]; k++) {
      visit(classStart[k], k + 1 < rowOffsets[row + 1] ? classStart[k + 1] : egressProfile.length, classOutcome[k]);
    }
  }
}

/** Position of the last element at or below `value` in `sorted[from..to)`; the first is never above it. */
function lastAtOrBelow(sorted: Uint16Array | Uint32Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}
