import type { Direction, Family } from '#model';
import { ConnectionSets } from '../sets/connection-sets.js';
import { type OutcomeId, Outcomes } from '../sets/outcomes.js';
import { AddressBlocks } from './address-blocks.js';
import { engineVersion } from './compile-input.js';

/**
 * The typed arrays of a compiled index; see docs/engine.md for the picture. `…Offsets[i]` to `…Offsets[i + 1]` is the
 * stretch of item i in the arrays it speaks of.
 */
export interface IndexArrays {
  /** By pod of the model: class number, 0 for a hostNetwork pod, -1 for a pod that is not live. */
  readonly podClass: Int32Array;
  /** By pod: its address block in each family, `noAddress` where it has none. */
  readonly podBlock4: Uint32Array;
  readonly podBlock6: Uint32Array;
  /** By node: the address block of its address in each family. */
  readonly nodeBlock4: Uint32Array;
  readonly nodeBlock6: Uint32Array;
  /** By class: 0 enforced, 1 not enforced, 2 unknown. */
  readonly classEnforcement: Uint8Array;
  /** By class: its profile in each direction. */
  readonly egressProfile: Uint32Array;
  readonly ingressProfile: Uint32Array;
  /** By profile: bit 0 isolated by a NetworkPolicy, bit 1 something may apply that is not understood. */
  readonly profileFlags: Uint8Array;
  /** By profile: runs over address blocks; run k begins at block `blockStart[k]` and has row `blockRow[k]`. */
  readonly profileOffsets: Uint32Array;
  readonly blockStart: Uint32Array;
  readonly blockRow: Uint32Array;
  /** By row: runs over classes; run k begins at class `classStart[k]` and has outcome `classOutcome[k]`. */
  readonly rowOffsets: Uint32Array;
  readonly classStart: Uint16Array | Uint32Array;
  readonly classOutcome: Uint16Array | Uint32Array;
  /** By outcome: the connection sets that are allowed, that are unknown, and that are ruled (see `Outcomes`). */
  readonly outcomeAllowed: Uint32Array;
  readonly outcomeUnknown: Uint32Array;
  readonly outcomeRuled: Uint32Array;
  /** By connection set: six lengths, then the intervals of the six dimensions. */
  readonly setOffsets: Uint32Array;
  readonly setNumbers: Uint32Array;
  /** First addresses of the address blocks; IPv6 as four 32-bit words each, highest first. */
  readonly starts4: Uint32Array;
  readonly starts6: Uint32Array;
}

export const isolatedFlag = 1;
export const notUnderstoodFlag = 2;
/** Some policy applies, though it may change nothing. */
export const appliesFlag = 4;

/** Says which connections each side of a pair allows. Immutable but for the memory of set operations. */
export class ReachabilityIndex {
  readonly sets: ConnectionSets;
  readonly outcomes: Outcomes;
  readonly blocks: AddressBlocks;
  readonly #samples: Uint16Array | Uint32Array;
  readonly stats: { readonly classes: number; readonly profiles: number; readonly bytes: number };

  constructor(readonly arrays: IndexArrays) {
    this.sets = setsOf(arrays);
    this.outcomes = new Outcomes(this.sets);
    for (const [i, allowed] of arrays.outcomeAllowed.entries()) {
      this.outcomes.intern(allowed, arrays.outcomeUnknown[i], arrays.outcomeRuled[i]);
    }
    this.blocks = blocksOf(arrays);
    this.#samples = sampleOf(arrays.classStart);
    const bytes = Object.values(arrays).reduce(
      (sum: number, array: IndexArrays[keyof IndexArrays]) => sum + array.byteLength,
      0,
    );
    this.stats = { classes: arrays.classEnforcement.length - 1, profiles: arrays.profileFlags.length, bytes };
  }

  /**
   * The last run of a row that begins at or below a class. All rows together are too large for a processor's cache, so
   * the sample, which is not, says first in which few runs to look.
   */
  #runAt(from: number, to: number, peerClass: number): number {
    const { classStart } = this.arrays;
    if (to - from <= sampleStep) return lastAtOrBelow(classStart, from, to, peerClass);
    const first = Math.ceil(from / sampleStep);
    const sampled = firstAbove(this.#samples, first, Math.ceil(to / sampleStep), peerClass) * sampleStep;
    return lastAtOrBelow(classStart, Math.max(from, sampled - sampleStep), Math.min(to, sampled), peerClass);
  }

  profileOf(direction: Direction, classNumber: number): number {
    return (direction === 'Egress' ? this.arrays.egressProfile : this.arrays.ingressProfile)[classNumber];
  }

  podBlock(pod: number, family: Family): number {
    return (family === 'IPv4' ? this.arrays.podBlock4 : this.arrays.podBlock6)[pod];
  }

  /**
   * What a subject's profile says of a peer given by class and address block. Cost: two binary searches, over the
   * profile's block runs and the row's class runs.
   */
  outcome(profile: number, peerClass: number, peerBlock: number): OutcomeId {
    const { profileOffsets, blockStart, blockRow, rowOffsets, classOutcome } = this.arrays;
    const row = blockRow[lastAtOrBelow(blockStart, profileOffsets[profile], profileOffsets[profile + 1], peerBlock)];
    return classOutcome[this.#runAt(rowOffsets[row], rowOffsets[row + 1], peerClass)];
  }
}

/** A sample for so many runs, which lie in one line of a processor's cache or two. */
const sampleStep = 32;

/** Every `sampleStep`th number of an array. */
function sampleOf<T extends Uint16Array | Uint32Array>(starts: T): T {
  const sample = starts.slice(0, Math.ceil(starts.length / sampleStep)) as T;
  for (let i = 0; i < sample.length; i++) sample[i] = starts[i * sampleStep];
  return sample;
}

/** The index as bytes: a header in JSON, then the arrays, each at a multiple of four bytes. */
export function encodeIndex(index: ReachabilityIndex): Uint8Array {
  const entries = Object.entries(index.arrays) as [keyof IndexArrays, IndexArrays[keyof IndexArrays]][];
  const header = asciiBytes(
    JSON.stringify({
      engineVersion,
      arrays: entries.map(([name, array]) => [name, array.BYTES_PER_ELEMENT, array.byteLength]),
    }),
  );
  const size = entries.reduce((sum, [, array]) => sum + aligned(array.byteLength), 4 + aligned(header.length));
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = 4 + aligned(header.length);
  for (const [, array] of entries) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += aligned(array.byteLength);
  }
  return bytes;
}

/**
 * The inverse of `encodeIndex`; the arrays are views of the bytes where these are aligned, else of a copy.
 * @throws Error where the bytes are of another engine version or cut short.
 */
export function decodeIndex(given: Uint8Array): ReachabilityIndex {
  const bytes = given.byteOffset % 4 === 0 ? given : given.slice();
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(asciiText(bytes.subarray(4, 4 + headerLength))) as Header;
  if (header.engineVersion !== engineVersion) {
    throw new Error(`the index is of engine version ${header.engineVersion}; this is version ${engineVersion}`);
  }
  const arrays: Record<string, IndexArrays[keyof IndexArrays]> = {};
  let at = bytes.byteOffset + 4 + aligned(headerLength);
  for (const [name, width, length] of header.arrays) {
    if (at + length > bytes.byteOffset + bytes.byteLength) throw new Error(`the index ends inside ${name}`);
    arrays[name] = viewOf(name, width, bytes.buffer as ArrayBuffer, at, length);
    at += aligned(length);
  }
  return new ReachabilityIndex(arrays as unknown as IndexArrays);
}

interface Header {
  readonly engineVersion: number;
  readonly arrays: readonly (readonly [name: string, bytesPerElement: number, byteLength: number])[];
}

function viewOf(
  name: string,
  width: number,
  buffer: ArrayBuffer,
  at: number,
  length: number,
): IndexArrays[keyof IndexArrays] {
  if (name === 'podClass') return new Int32Array(buffer, at, length / 4);
  if (width === 1) return new Uint8Array(buffer, at, length);
  return width === 2 ? new Uint16Array(buffer, at, length / 2) : new Uint32Array(buffer, at, length / 4);
}

function setsOf({ setOffsets, setNumbers }: IndexArrays): ConnectionSets {
  const sets = new ConnectionSets();
  for (let i = 0; i + 1 < setOffsets.length; i++) {
    let at = setOffsets[i] + 6;
    const set = Array.from({ length: 6 }, (_, dimension) => {
      const length = setNumbers[setOffsets[i] + dimension];
      return [...setNumbers.subarray(at, (at += length))];
    });
    sets.intern(set);
  }
  return sets;
}

function blocksOf({ starts4, starts6 }: IndexArrays): AddressBlocks {
  const wide: bigint[] = [];
  for (let i = 0; i < starts6.length; i += 4) {
    wide.push(starts6.subarray(i, i + 4).reduce((value, word) => (value << 32n) | BigInt(word), 0n));
  }
  return new AddressBlocks([...starts4], wide);
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

/** Position of the first element above `value` in `sorted[from..to)`; `to` where there is none. */
function firstAbove(sorted: Uint16Array | Uint32Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function asciiText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
