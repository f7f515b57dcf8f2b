import type { Family } from '#model';
import {
  differenceOfIntervals,
  intersectionOfIntervals,
  type IntervalSet,
  intervalSetOf,
  intervalsContain,
  unionOfIntervals,
} from './interval-set.js';
import { Sequences } from './sequences.js';

/**
 * What a connection can be, one dimension each: ports 1–65535 of the protocols that have ports; type × 256 + code of
 * ICMP and ICMPv6; the numbers of all other protocols.
 */
export const dimensions = ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'Other'] as const;
export type Dimension = (typeof dimensions)[number];

/** Bounds of each dimension, in the order of `dimensions`. */
const bounds: readonly (readonly [number, number])[] = [
  [1, 65535],
  [1, 65535],
  [1, 65535],
  [0, 65535],
  [0, 65535],
  [0, 255],
];

/** How many numbers all connection sets of one index may have together: 256 MB. */
export const intervalNumbersMax = 2 ** 25;

/** One interval set per dimension, in the order of `dimensions`. */
export type ConnectionSet = readonly IntervalSet[];

/** The number of an interned connection set. Equal sets have equal numbers within one `ConnectionSets`. */
export type ConnectionSetId = number;

/**
 * The connection sets of one index. Sets are interned: each distinct set has one number, and union, intersection and
 * difference are remembered by the numbers of their operands, so that folding the same rules again is a look-up.
 */
export class ConnectionSets {
  /** No connection at all. */
  readonly none: ConnectionSetId = 0;
  /** Every connection. */
  readonly all: ConnectionSetId = 1;
  /** Everything that has no ports. */
  readonly portless: ConnectionSetId;

  readonly #sets: ConnectionSet[] = [];
  readonly #keys = new Sequences(intervalNumbersMax, 'numbers of ports in distinct sets of connections');
  readonly #unions = new Map<number, ConnectionSetId>();
  readonly #intersections = new Map<number, ConnectionSetId>();
  readonly #differences = new Map<number, ConnectionSetId>();

  constructor() {
    this.intern(bounds.map(() => []));
    this.intern(bounds.map((bound) => bound));
    this.portless = this.intern(bounds.map((bound, i) => (i < 3 ? [] : bound)));
  }

  get size(): number {
    return this.#sets.length;
  }

  get(id: ConnectionSetId): ConnectionSet {
    return this.#sets[id];
  }

  /** @throws QuestionError INDEX_TOO_LARGE where all sets together have more than `intervalNumbersMax` numbers */
  intern(set: ConnectionSet): ConnectionSetId {
    const key: number[] = [];
    for (const intervals of set) {
      key.push(intervals.length);
      for (const value of intervals) key.push(value);
    }
    const id = this.#keys.intern(key);
    if (id === this.#sets.length) this.#sets.push(set);
    return id;
  }

  /** The connections of one dimension whose ports (types, numbers) are in `intervals`. */
  ofDimension(dimension: Dimension, intervals: IntervalSet): ConnectionSetId {
    const at = dimensions.indexOf(dimension);
    return this.intern(bounds.map((_, i) => (i === at ? intervals : [])));
  }

  /** Everything in one dimension. */
  wholeDimension(dimension: Dimension): ConnectionSetId {
    return this.ofDimension(dimension, bounds[dimensions.indexOf(dimension)]);
  }

  union(a: ConnectionSetId, b: ConnectionSetId): ConnectionSetId {
    if (a === b || b === this.none || a === this.all) return a;
    if (a === this.none || b === this.all) return b;
    return this.#remembered(this.#unions, Math.min(a, b), Math.max(a, b), unionOfIntervals);
  }

  /** The union of many at once: only the result is kept, so that n rules make no n sets on the way to it. */
  unionOf(ids: readonly ConnectionSetId[]): ConnectionSetId {
    if (ids.length === 0) return this.none;
    if (ids.length <= 2) return this.union(ids[0], ids[ids.length - 1]);
    if (ids.includes(this.all)) return this.all;
    return this.intern(
      dimensions.map((_, dimension) => {
        const intervals: (readonly [number, number])[] = [];
        for (const id of ids) {
          const set = this.#sets[id][dimension];
          for (let i = 0; i < set.length; i += 2) intervals.push([set[i], set[i + 1]]);
        }
        return intervalSetOf(intervals);
      }),
    );
  }

  intersection(a: ConnectionSetId, b: ConnectionSetId): ConnectionSetId {
    if (a === b || b === this.all || a === this.none) return a;
    if (a === this.all || b === this.none) return b;
    return this.#remembered(this.#intersections, Math.min(a, b), Math.max(a, b), intersectionOfIntervals);
  }

  /** What is in `a` and not in `b`. */
  difference(a: ConnectionSetId, b: ConnectionSetId): ConnectionSetId {
    if (a === b || a === this.none || b === this.all) return this.none;
    if (b === this.none) return a;
    return this.#remembered(this.#differences, a, b, differenceOfIntervals);
  }

  contains(id: ConnectionSetId, dimension: Dimension, value: number): boolean {
    if (id <= 1) return id === this.all;
    return intervalsContain(this.#sets[id][dimensions.indexOf(dimension)], value);
  }

  #remembered(
    memory: Map<number, ConnectionSetId>,
    a: ConnectionSetId,
    b: ConnectionSetId,
    operation: (a: IntervalSet, b: IntervalSet) => IntervalSet,
  ): ConnectionSetId {
    const key = a * 2 ** 26 + b;
    const known = memory.get(key);
    if (known !== undefined) return known;
    const [left, right] = [this.#sets[a], this.#sets[b]];
    const result = this.intern(left.map((intervals, i) => operation(intervals, right[i])));
    memory.set(key, result);
    return result;
  }
}

/** The dimension in which a protocol of a question lies; ICMP is a different protocol in each family. */
export function dimensionOf(protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP', family: Family): Dimension {
  return protocol === 'ICMP' && family === 'IPv6' ? 'ICMPv6' : protocol;
}
