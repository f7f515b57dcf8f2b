import type { OutcomeId, Outcomes } from '../sets/outcomes.js';
import type { ConnectivityLevel } from './connectivity.js';
import type { Destinations } from './destinations.js';
import type { Ends } from './ends.js';
import type { ModeParts } from './mode-parts.js';
import { type Meets, SourceWalk } from './source-walk.js';
import type { Units } from './units.js';

/** Where one source gets to: destinations in ascending order, each with what every and what some pair may do. */
export interface Reached {
  readonly count: number;
  readonly destinations: Uint32Array;
  readonly every: Uint32Array;
  readonly some: Uint32Array;
}

/** What rows are to be found, and in what. */
export interface ReachInput {
  readonly units: Units;
  readonly mode: ModeParts;
  readonly ends: Ends;
  readonly level: ConnectivityLevel;
  readonly destinations: Destinations;
  readonly families: { readonly IPv4: boolean; readonly IPv6: boolean };
  /** Cuts an outcome to the connections that are asked about. */
  readonly cut: (outcome: OutcomeId) => OutcomeId;
}

/**
 * Says, source by source, which destinations are reached and how. Members of an end that differ are folded as they are
 * met: `every` keeps what all pairs may do, `some` what any may.
 *
 * Cost of one source: that of `SourceWalk` for each of its units and families, plus sorting what it reaches.
 */
export class Reach {
  readonly #outcomes: Outcomes;
  readonly #walk: SourceWalk;
  // What is known of each destination, where `#stampOf` is that of the source at hand.
  readonly #stampOf: Uint32Array;
  readonly #every: Uint32Array;
  readonly #some: Uint32Array;
  readonly #pairs: Float64Array;
  readonly #touched: Uint32Array;
  #touchedCount = 0;
  #stamp = 0;
  // Sources of one unit reach the same: the last answer is kept.
  #lastUnit = -1;
  #last: Reached = { count: 0, destinations: noNumbers, every: noNumbers, some: noNumbers };
  readonly #unitsWith4: Uint32Array;
  readonly #unitsWith6: Uint32Array;

  constructor(readonly input: ReachInput) {
    const { units, ends, mode, destinations } = input;
    this.#outcomes = mode.cluster.index.outcomes;
    this.#walk = new SourceWalk(units, mode, destinations);
    this.#stampOf = new Uint32Array(ends.count);
    this.#every = new Uint32Array(ends.count);
    this.#some = new Uint32Array(ends.count);
    this.#pairs = new Float64Array(ends.count);
    this.#touched = new Uint32Array(ends.count);
    this.#unitsWith4 = unitsWith(ends, units.has4);
    this.#unitsWith6 = unitsWith(ends, units.has6);
  }

  /** What a source reaches. Pairs without any connection are not in it. */
  of(source: number): Reached {
    const { ends, level, units } = this.input;
    const from = ends.unitOffsets[source];
    const isOneUnit = ends.unitOffsets[source + 1] - from === 1 && level !== 'namespace';
    const only = ends.units[from];
    if (!isOneUnit || this.#lastUnit !== only) {
      this.#meetAll(source, isOneUnit);
      this.#last = this.#collect(source, isOneUnit);
      // Nodes share a unit with hostNetwork pods, and have other destinations.
      this.#lastUnit = isOneUnit && only < units.podEnd ? only : -1;
    }
    return level === 'pod' ? withoutItself(this.#last, source) : this.#last;
  }

  #meetAll(source: number, isOneUnit: boolean): void {
    const { ends, families, units } = this.input;
    this.#stamp++;
    this.#touchedCount = 0;
    for (let i = ends.unitOffsets[source]; i < ends.unitOffsets[source + 1]; i++) {
      const unit = ends.units[i];
      // A pod makes no pair with itself; a workload of one replica is judged as if it had two.
      const leavesOutItself = !isOneUnit && ends.members[i] === 1;
      if (families.IPv4 && units.has4[unit]) this.#meetFamily(source, unit, leavesOutItself, 'IPv4');
      if (families.IPv6 && units.has6[unit]) this.#meetFamily(source, unit, leavesOutItself, 'IPv6');
    }
  }

  #meetFamily(source: number, unit: number, leavesOutItself: boolean, family: 'IPv4' | 'IPv6'): void {
    const { destinations, ends, units } = this.input;
    const blockOf = family === 'IPv4' ? units.block4 : units.block6;
    const unitsBefore = family === 'IPv4' ? destinations.with4 : destinations.with6;
    const { cellEnd, gateUnits } = destinations;
    const endMax = source < ends.podEnd ? ends.count : ends.podEnd;
    const add = (other: number, outcome: OutcomeId, pairs: number, isItself: boolean): void => {
      for (let i = ends.endOffsets[other]; i < ends.endOffsets[other + 1]; i++) {
        const end = ends.ends[i];
        // Rows have at least one end that is made of pods.
        if (!destinations.wanted[end] || end >= endMax) continue;
        const count = isItself && leavesOutItself && end === source ? pairs - 1 : pairs;
        if (count > 0) this.#add(end, outcome, count);
      }
    };
    const meets: Meets = {
      unit: (other, outcome) => add(other, outcome, 1, other === unit),
      stretch: (from, to, outcome) => {
        for (let at = from; at < to;) {
          const stop = Math.min(cellEnd[at], to);
          const isItself = gateUnits[at] <= unit && unit <= gateUnits[stop - 1] && holds(gateUnits, at, stop, unit);
          add(gateUnits[at], outcome, unitsBefore[stop] - unitsBefore[at], isItself);
          at = stop;
        }
      },
    };
    this.#walk.pods(unit, blockOf, meets);
    this.#walk.outside(unit, blockOf, meets);
  }

  #add(end: number, outcome: OutcomeId, pairs: number): void {
    if (this.#stampOf[end] !== this.#stamp) {
      this.#stampOf[end] = this.#stamp;
      this.#every[end] = outcome;
      this.#some[end] = outcome;
      this.#pairs[end] = pairs;
      this.#touched[this.#touchedCount++] = end;
      return;
    }
    this.#pairs[end] += pairs;
    if (this.#every[end] !== outcome) this.#every[end] = this.#outcomes.both(this.#every[end], outcome);
    if (this.#some[end] !== outcome) this.#some[end] = this.#outcomes.any(this.#some[end], outcome);
  }

  /** Sorts what was met, and settles what every pair may do: nothing, where some pair was not met at all. */
  #collect(source: number, isOneUnit: boolean): Reached {
    const { cut } = this.input;
    const { denyAll } = this.#outcomes;
    const destinations = this.#touched.slice(0, this.#touchedCount).sort();
    const every = new Uint32Array(destinations.length);
    const some = new Uint32Array(destinations.length);
    let count = 0;
    for (const end of destinations) {
      const any = cut(this.#some[end]);
      if (any === denyAll) continue;
      const areAllMet = this.#pairs[end] === this.#pairsOf(source, end, isOneUnit);
      destinations[count] = end;
      every[count] = areAllMet ? cut(this.#every[end]) : denyAll;
      some[count++] = any;
    }
    return { count, destinations, every, some };
  }

  /** How many pairs of units two ends make, in each family that is asked about. */
  #pairsOf(source: number, destination: number, isOneUnit: boolean): number {
    const { ends, families, units } = this.input;
    let pairs = 0;
    if (families.IPv4) pairs += this.#unitsWith4[source] * this.#unitsWith4[destination];
    if (families.IPv6) pairs += this.#unitsWith6[source] * this.#unitsWith6[destination];
    if (source !== destination || isOneUnit) return pairs;
    for (let i = ends.unitOffsets[source]; i < ends.unitOffsets[source + 1]; i++) {
      if (ends.members[i] !== 1) continue;
      if (families.IPv4) pairs -= units.has4[ends.units[i]];
      if (families.IPv6) pairs -= units.has6[ends.units[i]];
    }
    return pairs;
  }
}

const noNumbers = new Uint32Array(0);

/** By end: how many of its units have an address in a family. */
function unitsWith({ count, unitOffsets, units }: Ends, has: Uint8Array): Uint32Array {
  const found = new Uint32Array(count);
  for (let end = 0; end < count; end++) {
    for (let i = unitOffsets[end]; i < unitOffsets[end + 1]; i++) found[end] += has[units[i]];
  }
  return found;
}

/** Whether ascending numbers have one among positions `from..to`. */
function holds(ascending: Uint32Array, from: number, to: number, number: number): boolean {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low < to && ascending[low] === number;
}

function withoutItself(reached: Reached, source: number): Reached {
  const { count, destinations, every, some } = reached;
  const at = destinations.subarray(0, count).indexOf(source);
  if (at < 0) return reached;
  const without = (list: Uint32Array): Uint32Array => {
    const result = new Uint32Array(count - 1);
    result.set(list.subarray(0, at));
    result.set(list.subarray(at + 1, count), at);
    return result;
  };
  return { count: count - 1, destinations: without(destinations), every: without(every), some: without(some) };
}
