import type { ConnectionSetId } from '../sets/connection-sets.js';
import type { Outcomes } from '../sets/outcomes.js';
import type { Sequences } from '../sets/sequences.js';
import type { AddressBlocks } from './address-blocks.js';
import type { Decisions } from './decide.js';
import type { PodClasses } from './pod-classes.js';
import type { IndexArrays } from './reachability-index.js';

/** The first numbers of outcomes and of connection sets, which every index has. */
const fixed = 3;

/** What the stages have made. */
export interface PackInput {
  readonly classes: PodClasses;
  readonly located: Pick<IndexArrays, 'podBlock4' | 'podBlock6' | 'nodeBlock4' | 'nodeBlock6'>;
  readonly decisions: Decisions;
  readonly outcomes: Outcomes;
  readonly blocks: AddressBlocks;
}

/**
 * The arrays of an index. Outcomes and connection sets of which no row speaks were only a step on the way and are left
 * out. Cost: linear in the runs, and in what is kept.
 */
export function packIndex({ classes, located, decisions, outcomes, blocks }: PackInput): IndexArrays {
  const { egressProfile, ingressProfile, profiles, rows } = decisions;
  const keptOutcomes = renumber(outcomesOf(rows, outcomes.size));
  const isKeptSet = new Uint8Array(outcomes.sets.size);
  for (const id of keptOutcomes.kept) {
    for (const set of [outcomes.allowed(id), outcomes.unknown(id), outcomes.ruled(id)]) isKeptSet[set] = 1;
  }
  const keptSets = renumber(isKeptSet);
  return {
    podClass: classes.podClass,
    ...located,
    classEnforcement: classes.enforcementOf,
    egressProfile,
    ingressProfile,
    ...packProfiles(profiles),
    ...packRows(rows, classes.end, keptOutcomes),
    outcomeAllowed: Uint32Array.from(keptOutcomes.kept, (id) => keptSets.newNumber[outcomes.allowed(id)]),
    outcomeUnknown: Uint32Array.from(keptOutcomes.kept, (id) => keptSets.newNumber[outcomes.unknown(id)]),
    outcomeRuled: Uint32Array.from(keptOutcomes.kept, (id) => keptSets.newNumber[outcomes.ruled(id)]),
    ...packSets(outcomes, keptSets.kept),
    starts4: Uint32Array.from(blocks.starts4),
    starts6: Uint32Array.from(blocks.starts6.flatMap(wordsOf)),
  };
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

function packRows(
  rows: Sequences,
  classEnd: number,
  { newNumber, kept }: Renumbered,
): Pick<IndexArrays, 'rowOffsets' | 'classStart' | 'classOutcome'> {
  const { words, size, length } = rows;
  const rowOffsets = new Uint32Array(size + 1);
  for (let i = 0; i < size; i++) rowOffsets[i + 1] = rows.end(i) / 2;
  const classStart = narrowest(classEnd, length / 2);
  const classOutcome = narrowest(kept.length, length / 2);
  for (let i = 0; i < classStart.length; i++) classStart[i] = words[2 * i];
  for (let i = 0; i < classOutcome.length; i++) classOutcome[i] = newNumber[words[2 * i + 1]];
  return { rowOffsets, classStart, classOutcome };
}

/** An array for numbers below `bound`, of two bytes each where these do. */
function narrowest(bound: number, length: number): Uint16Array | Uint32Array {
  return bound <= 2 ** 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/** By outcome: 1 where some row has it. */
function outcomesOf(rows: Sequences, size: number): Uint8Array {
  const { words, length } = rows;
  const used = new Uint8Array(size);
  for (let i = 1; i < length; i += 2) used[words[i]] = 1;
  return used;
}

interface Renumbered {
  readonly kept: readonly number[];
  readonly newNumber: Int32Array;
}

/** Numbers those that are used anew, in their order; the fixed ones are always kept. */
function renumber(isUsed: Uint8Array): Renumbered {
  const newNumber = new Int32Array(isUsed.length).fill(-1);
  const kept: number[] = [];
  for (let i = 0; i < isUsed.length; i++) if (i < fixed || isUsed[i] === 1) newNumber[i] = kept.push(i) - 1;
  return { kept, newNumber };
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
