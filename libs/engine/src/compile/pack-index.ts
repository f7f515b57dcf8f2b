import type { ConnectionSetId } from '../sets/connection-sets.js';
import type { Outcomes } from '../sets/outcomes.js';
import type { Sequences } from '../sets/sequences.js';
import type { AddressBlocks } from './address-blocks.js';
import type { Decisions } from './decide.js';
import type { PodClasses } from './pod-classes.js';
import type { Located } from './locate.js';
import type { IndexArrays } from './reachability-index.js';

/** The first numbers of outcomes and of connection sets, which every index has. */
const fixed = 3;

/**
 * Makes the arrays of an index, and afterwards those of the next ones, of which only what is new is written. Outcomes
 * and connection sets of which no row speaks were only a step on the way and are left out.
 */
export class IndexPacker {
  #rowCount = 0;
  #rowOffsets = new Uint32Array(1);
  #classStart: Uint16Array | Uint32Array;
  #classOutcome: Uint16Array | Uint32Array = new Uint16Array(0);
  readonly #keptOutcomes = new Renumbering();
  readonly #keptSets = new Renumbering();

  constructor(
    readonly classes: PodClasses,
    readonly blocks: AddressBlocks,
    readonly outcomes: Outcomes,
  ) {
    this.#classStart = narrowest(classes.end, 0);
  }

  /** Bytes of the rows, as they stand in the index. */
  get bytes(): number {
    return this.#classStart.byteLength + this.#classOutcome.byteLength;
  }

  /** Cost: linear in the pods, the profiles and the outcomes, plus a copy of the rows that are known and the new ones. */
  pack(
    podClass: Int32Array,
    located: Located,
    { egressProfile, ingressProfile, profiles, rows }: Decisions,
  ): IndexArrays {
    if (rows.size > this.#rowCount) this.#addRows(rows);
    const { outcomes, blocks } = this;
    const sets = this.#keptSets;
    const outcomeAllowed = Uint32Array.from(this.#keptOutcomes.kept, (id) => sets.of(outcomes.allowed(id)));
    const outcomeUnknown = Uint32Array.from(this.#keptOutcomes.kept, (id) => sets.of(outcomes.unknown(id)));
    const outcomeRuled = Uint32Array.from(this.#keptOutcomes.kept, (id) => sets.of(outcomes.ruled(id)));
    return {
      podClass,
      ...located,
      classEnforcement: this.classes.enforcementOf,
      egressProfile,
      ingressProfile,
      ...packProfiles(profiles),
      rowOffsets: this.#rowOffsets,
      classStart: this.#classStart,
      classOutcome: this.#classOutcome,
      outcomeAllowed,
      outcomeUnknown,
      outcomeRuled,
      ...packSets(outcomes, sets.kept),
      starts4: Uint32Array.from(blocks.starts4),
      starts6: Uint32Array.from(blocks.starts6.flatMap(wordsOf)),
    };
  }

  #addRows(rows: Sequences): void {
    const { words, size, length } = rows;
    const from = rows.start(this.#rowCount);
    const kept = this.#keptOutcomes;
    for (let i = from + 1; i < length; i += 2) kept.of(words[i]);
    const newNumber = kept.numbers(this.outcomes.size);
    const rowOffsets = new Uint32Array(size + 1);
    for (let i = 0; i < size; i++) rowOffsets[i + 1] = rows.end(i) / 2;
    const classStart = narrowest(this.classes.end, length / 2);
    const classOutcome = narrowest(kept.kept.length, length / 2);
    classStart.set(this.#classStart);
    classOutcome.set(this.#classOutcome);
    for (let i = from / 2; i < classStart.length; i++) classStart[i] = words[2 * i];
    for (let i = from / 2; i < classOutcome.length; i++) classOutcome[i] = newNumber[words[2 * i + 1]];
    this.#rowCount = size;
    this.#rowOffsets = rowOffsets;
    this.#classStart = classStart;
    this.#classOutcome = classOutcome;
  }
}

function packProfiles(
  profiles: Sequences,
): Pick<IndexArrays, 'profileFlags' | 'profileOffsets' | 'blockStart' | 'blockRow'> {
  const { words, size, length } = profiles;
  const runs = (length - size) / 2;
  const profileFlags = new Uint8Array(size);
  const profileOffsets = new Uint32Array(size + 1);
  const blockStart = new Uint32Array(runs);
  const blockRow = new Uint32Array(runs);
  let at = 0;
  for (let i = 0; i < size; i++) {
    profileFlags[i] = words[profiles.start(i)];
    for (let k = profiles.start(i) + 1; k < profiles.end(i); k += 2, at++) {
      blockStart[at] = words[k];
      blockRow[at] = words[k + 1];
    }
    profileOffsets[i + 1] = at;
  }
  return { profileFlags, profileOffsets, blockStart, blockRow };
}

/** An array for numbers below `bound`, of two bytes each where these do. */
function narrowest(bound: number, length: number): Uint16Array | Uint32Array {
  return bound <= 2 ** 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/** Gives those that are asked for new numbers, in the order in which they are; the fixed ones come first. */
class Renumbering {
  readonly kept: number[] = [];
  #newNumber = new Int32Array(64).fill(-1);

  constructor() {
    for (let i = 0; i < fixed; i++) this.of(i);
  }

  of(number: number): number {
    if (number >= this.#newNumber.length) this.numbers(2 * number);
    if (this.#newNumber[number] < 0) this.#newNumber[number] = this.kept.push(number) - 1;
    return this.#newNumber[number];
  }

  /** New numbers by old ones, for old numbers below `size` at least; -1 for those that were not asked for. */
  numbers(size: number): Int32Array {
    if (size > this.#newNumber.length) {
      const larger = new Int32Array(size).fill(-1);
      larger.set(this.#newNumber);
      this.#newNumber = larger;
    }
    return this.#newNumber;
  }
}

function packSets(
  { sets }: Outcomes,
  kept: readonly ConnectionSetId[],
): Pick<IndexArrays, 'setOffsets' | 'setNumbers'> {
  const length = kept.reduce((sum, id) => sum + sets.get(id).reduce((part, list) => part + list.length + 1, 0), 0);
  const setOffsets = new Uint32Array(kept.length + 1);
  const setNumbers = new Uint32Array(length);
  let at = 0;
  kept.forEach((id, i) => {
    const set = sets.get(id);
    for (const intervals of set) setNumbers[at++] = intervals.length;
    for (const intervals of set) for (const value of intervals) setNumbers[at++] = value;
    setOffsets[i + 1] = at;
  });
  return { setOffsets, setNumbers };
}

function wordsOf(value: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffffffffn));
}
