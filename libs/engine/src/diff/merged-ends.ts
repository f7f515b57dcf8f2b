import type { AddressRange, Family } from '#model';
import { AddressBlocks, firstAddressBlock } from '../compile/address-blocks.js';
import { type AddressEndpoint, shownRanges } from '../connectivity/address-endpoints.js';
import type { ConnectivityEnd } from '../connectivity/connectivity.js';
import type { Ends } from '../connectivity/ends.js';
import type { Units } from '../connectivity/units.js';

/** One snapshot's part in a comparison. */
export interface EndsOfSnapshot {
  readonly ends: Ends;
  readonly units: Units;
  readonly blocks: AddressBlocks;
}

/**
 * The ends of two snapshots, those that are known by the same name made one, in the order of ends. Addresses that
 * either snapshot tells apart are told apart here, so one address endpoint of a snapshot may be several ends.
 */
export class MergedEnds {
  readonly count: number;
  /** One more than the last end that is made of pods, and than the last node. */
  readonly podEnd: number;
  readonly nodeEnd: number;
  /** By merged end: the end it is in each snapshot, -1 where there is none. */
  readonly inBefore: Int32Array;
  readonly inAfter: Int32Array;
  /** Both snapshots' address blocks, cut wherever one of them cuts. */
  readonly blocks: AddressBlocks;
  readonly #addresses: readonly AddressEndpoint['ranges'][];

  /** Cost: linear in the ends and address blocks of both. */
  constructor(
    readonly before: EndsOfSnapshot,
    readonly after: EndsOfSnapshot,
  ) {
    const [inBefore, inAfter]: [number[], number[]] = [[], []];
    const add = (a: number, b: number): void => {
      inBefore.push(a);
      inAfter.push(b);
    };
    this.#mergeStretch(0, before.ends.podEnd, 0, after.ends.podEnd, add);
    this.podEnd = inBefore.length;
    this.#mergeStretch(before.ends.podEnd, before.ends.nodeEnd, after.ends.podEnd, after.ends.nodeEnd, add);
    this.nodeEnd = inBefore.length;
    this.blocks = cutByBoth(before.blocks, after.blocks);
    this.#addresses = this.#mergeAddresses(add);
    this.inBefore = Int32Array.from(inBefore);
    this.inAfter = Int32Array.from(inAfter);
    this.count = inBefore.length;
  }

  /** By end of one snapshot: the merged ends that it is, ascending. */
  mergedOf(side: 'before' | 'after'): { readonly offsets: Uint32Array; readonly merged: Uint32Array } {
    const own = side === 'before' ? this.inBefore : this.inAfter;
    const { count } = this[side].ends;
    const offsets = new Uint32Array(count + 1);
    for (const end of own) if (end >= 0) offsets[end + 1]++;
    for (let end = 0; end < count; end++) offsets[end + 1] += offsets[end];
    const next = offsets.slice();
    const merged = new Uint32Array(offsets[count]);
    own.forEach((end, number) => {
      if (end >= 0) merged[next[end]++] = number;
    });
    return { offsets, merged };
  }

  /** The families of a merged end's addresses; a piece may have fewer than the endpoint it is cut from. */
  familiesOf(end: number): Readonly<Record<Family, boolean>> {
    const ranges = end < this.nodeEnd ? null : this.#addresses[end - this.nodeEnd];
    const has = (family: Family): boolean => ranges === null || ranges.some((range) => range.family === family);
    return { IPv4: has('IPv4'), IPv6: has('IPv6') };
  }

  /** Shows an end as the later snapshot has it, or else the earlier. */
  describe(end: number, family: Family | null): ConnectivityEnd {
    if (end >= this.nodeEnd) {
      const shown = this.#addresses[end - this.nodeEnd].filter((range) => family === null || range.family === family);
      return { kind: 'AddressBlock', ranges: shown.map(({ text }) => text) };
    }
    const [a, b] = [this.inBefore[end], this.inAfter[end]];
    return b >= 0 ? this.after.ends.describe(b, family) : this.before.ends.describe(a, family);
  }

  #mergeStretch(a: number, aEnd: number, b: number, bEnd: number, add: (a: number, b: number) => void): void {
    const { before, after } = this;
    while (a < aEnd || b < bEnd) {
      const keyA = a < aEnd ? before.ends.keyOf(a) : null;
      const keyB = b < bEnd ? after.ends.keyOf(b) : null;
      if (keyA === keyB) add(a++, b++);
      else if (keyB === null || (keyA !== null && keyA < keyB)) add(a++, -1);
      else add(-1, b++);
    }
  }

  /** Pieces that lie in one endpoint of each snapshot, together; by their first piece. */
  #mergeAddresses(add: (a: number, b: number) => void): AddressEndpoint['ranges'][] {
    const { before, after, blocks } = this;
    const ranges = new Map<string, AddressRange[]>();
    for (let block = firstAddressBlock; block < blocks.end; block++) {
      const range = blocks.rangeOf(block);
      const a = before.units.endpointOfBlock[before.blocks.blockOf(range.first)];
      const b = after.units.endpointOfBlock[after.blocks.blockOf(range.first)];
      const key = `${a} ${b}`;
      const known = ranges.get(key);
      if (known === undefined) {
        ranges.set(key, [range]);
        add(before.ends.nodeEnd + a, after.ends.nodeEnd + b);
      } else known.push(range);
    }
    return [...ranges.values()].map(shownRanges);
  }
}

function cutByBoth(before: AddressBlocks, after: AddressBlocks): AddressBlocks {
  const union = <T extends number | bigint>(a: ArrayLike<T>, b: ArrayLike<T>): T[] =>
    [...new Set([...Array.from(a), ...Array.from(b)])].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
  return new AddressBlocks(union(before.starts4, after.starts4), union(before.starts6, after.starts6));
}
