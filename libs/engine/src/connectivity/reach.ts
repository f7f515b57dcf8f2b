import { noAddress } from '../compile/address-blocks.js';
import type { OutcomeId, Outcomes } from '../sets/outcomes.js';
import type { ConnectivityLevel } from './connectivity.js';
import type { Destinations } from './destinations.js';
import type { Ends } from './ends.js';
import type { ModeParts } from './mode-parts.js';
import { firstRunBehind, type OpenedRuns } from './opened-runs.js';
import type { SnapshotParts } from './snapshot-parts.js';
import type { Units } from './units.js';

/** Where one source gets to: destinations in ascending order, each with what every and what some pair may do. */
export interface Reached {
  readonly count: number;
  readonly destinations: Uint32Array;
  readonly every: Uint32Array;
  readonly some: Uint32Array;
}

/** What the walk is about. */
export interface ReachInput {
  readonly parts: SnapshotParts;
  readonly mode: ModeParts;
  readonly ends: Ends;
  readonly level: ConnectivityLevel;
  readonly destinations: Destinations;
  readonly families: { readonly IPv4: boolean; readonly IPv6: boolean };
  /** Connections asked about; outcomes are cut to them. */
  readonly cut: (outcome: OutcomeId) => OutcomeId;
}

/** One unit of the source at hand. */
interface From {
  readonly source: number;
  readonly unit: number;
  /** Whether the unit's only pod would be paired with itself. */
  readonly leavesOutItself: boolean;
  /** Rows have at least one end that is made of pods. */
  readonly isPod: boolean;
}

/** At most this many destinations, and no more than there are gates, are asked one by one instead of looking for gates. */
const oneByOneMax = 32;

/**
 * Says, source by source, which destinations are reached and how, never looking at destinations that are not. The
 * gates that admit the source (`Admission`) meet the runs of classes that its own gate lets it open to; whichever of
 * the two leads to fewer steps is walked. Members of an end that differ are folded as they are met: `every` keeps
 * what all pairs may do, `some` what any may.
 *
 * Cost of one source: its units × (gates that admit it + destinations reached, or destinations its own gate leaves).
 */
export class Reach {
  readonly #outcomes: Outcomes;
  readonly #units: Units;
  // What is known of each destination for the source at hand; `#stamp` says for which source.
  readonly #stampOf: Uint32Array;
  readonly #every: Uint32Array;
  readonly #some: Uint32Array;
  readonly #pairs: Float64Array;
  readonly #touched: Uint32Array;
  #touchedCount = 0;
  #stamp = 0;
  // What each ingress gate says to the unit at hand.
  readonly #gateStamp: Uint32Array;
  readonly #gateSays: Uint32Array;
  #unitStamp = 0;
  readonly #admitting: Uint32Array;
  // The unit whose answer is still there: sources of one unit reach the same.
  #lastUnit = -1;
  #last: Reached = { count: 0, destinations: noNumbers, every: noNumbers, some: noNumbers };
  readonly #unitsWith4: Uint32Array;
  readonly #unitsWith6: Uint32Array;

  constructor(readonly input: ReachInput) {
    const { parts, ends, mode } = input;
    this.#outcomes = parts.cluster.index.outcomes;
    this.#units = parts.units;
    this.#stampOf = new Uint32Array(ends.count);
    this.#every = new Uint32Array(ends.count);
    this.#some = new Uint32Array(ends.count);
    this.#pairs = new Float64Array(ends.count);
    this.#touched = new Uint32Array(ends.count);
    this.#gateStamp = new Uint32Array(mode.ingress.count);
    this.#gateSays = new Uint32Array(mode.ingress.count);
    this.#admitting = new Uint32Array(mode.ingress.count);
    this.#unitsWith4 = unitsWith(ends, parts.units.has4);
    this.#unitsWith6 = unitsWith(ends, parts.units.has6);
  }

  /** What a source reaches; valid until the next call. Pairs without any connection are not in it. */
  of(source: number): Reached {
    const { ends, level } = this.input;
    const from = ends.unitOffsets[source];
    const isOneUnit = ends.unitOffsets[source + 1] - from === 1 && level !== 'namespace';
    const isPodEnd = source < ends.podEnd;
    const only = ends.units[from];
    // Nodes and hostNetwork pods may share a unit; they are not listed with the same destinations.
    if (!isOneUnit || this.#lastUnit !== only || only >= this.#units.podEnd) {
      this.#walk(source, isOneUnit);
      this.#last = this.#collect(source, isOneUnit);
      this.#lastUnit = isOneUnit && isPodEnd ? only : -1;
    }
    return level === 'pod' ? withoutItself(this.#last, source) : this.#last;
  }

  #walk(source: number, isOneUnit: boolean): void {
    const { ends, families } = this.input;
    this.#stamp++;
    this.#touchedCount = 0;
    for (let i = ends.unitOffsets[source]; i < ends.unitOffsets[source + 1]; i++) {
      const unit = ends.units[i];
      // A pod makes no pair with itself; a workload of one replica is judged as if it had two.
      const leavesOutItself = !isOneUnit && ends.members[i] === 1;
      const from: From = { source, unit, leavesOutItself, isPod: source < ends.podEnd };
      if (families.IPv4 && this.#units.has4[unit])
        this.#walkFamily(from, this.#units.block4, this.input.destinations.with4);
      if (families.IPv6 && this.#units.has6[unit])
        this.#walkFamily(from, this.#units.block6, this.input.destinations.with6);
    }
  }

  /** `blockOf` and `unitsBefore` are those of the family. */
  #walkFamily(from: From, blockOf: Uint32Array, unitsBefore: Uint32Array): void {
    const { mode } = this.input;
    const opened = mode.openedRuns(from.unit);
    if (opened === null) this.#walkOneByOne(from, blockOf);
    else this.#walkRuns(from, opened, blockOf, unitsBefore);
    this.#walkOutside(from, blockOf);
  }

  #walkRuns(from: From, runs: OpenedRuns, blockOf: Uint32Array, unitsBefore: Uint32Array): void {
    const { destinations, mode } = this.input;
    const { podUnits, cellCount } = destinations;
    const { classOf } = this.#units;
    let opened = 0;
    for (let r = 0; r < runs.count; r++) {
      opened += firstOfClass(podUnits, classOf, runs.ends[r], 0, podUnits.length);
      opened -= firstOfClass(podUnits, classOf, runs.starts[r], 0, podUnits.length);
    }
    if (opened === 0) return;
    const block = blockOf[from.unit];
    if (opened <= Math.min(oneByOneMax, mode.ingress.count)) {
      this.#walkOpened(from, runs, blockOf, (gate) => mode.ingress.outcome(gate, classOf[from.unit], block));
      return;
    }
    this.#unitStamp++;
    let found = 0;
    let cells = 0;
    mode.admission.eachGate(from.unit, block, (gate, outcome) => {
      if (cellCount[gate] === 0) return;
      this.#gateStamp[gate] = this.#unitStamp;
      this.#gateSays[gate] = outcome;
      this.#admitting[found++] = gate;
      cells += cellCount[gate];
    });
    if (cells <= opened) {
      for (let i = 0; i < found; i++) this.#walkGate(from, this.#admitting[i], runs, unitsBefore);
      return;
    }
    this.#walkOpened(from, runs, blockOf, (gate) =>
      this.#gateStamp[gate] === this.#unitStamp ? this.#gateSays[gate] : this.#outcomes.denyAll,
    );
  }

  /** Every destination in the runs, each asked at its gate. */
  #walkOpened(from: From, runs: OpenedRuns, blockOf: Uint32Array, says: (gate: number) => OutcomeId): void {
    const { destinations, mode } = this.input;
    const { podUnits } = destinations;
    const { classOf } = this.#units;
    for (let r = 0; r < runs.count; r++) {
      const last = firstOfClass(podUnits, classOf, runs.ends[r], 0, podUnits.length);
      for (let i = firstOfClass(podUnits, classOf, runs.starts[r], 0, podUnits.length); i < last; i++) {
        const unit = podUnits[i];
        if (blockOf[unit] === noAddress) continue;
        const outcome = this.#outcomes.both(runs.outcomes[r], says(mode.ingress.of[unit]));
        if (outcome !== this.#outcomes.denyAll) this.#meetUnit(from, unit, outcome);
      }
    }
  }

  /** The destinations behind one gate that lie in the runs, cell by cell. */
  #walkGate(from: From, gate: number, runs: OpenedRuns, unitsBefore: Uint32Array): void {
    const { destinations, mode } = this.input;
    const { gateOffsets, gateUnits, cellEnd } = destinations;
    const { classOf } = this.#units;
    const [first, end] = [gateOffsets[gate], gateOffsets[gate + 1]];
    const lowest = classOf[gateUnits[first]];
    const highest = classOf[gateUnits[end - 1]];
    const ownGate = mode.ingress.of[from.unit] === gate;
    for (let r = firstRunBehind(runs, lowest); r < runs.count && runs.starts[r] <= highest; r++) {
      const outcome = this.#outcomes.both(runs.outcomes[r], this.#gateSays[gate]);
      if (outcome === this.#outcomes.denyAll) continue;
      let at = runs.starts[r] <= lowest ? first : firstOfClass(gateUnits, classOf, runs.starts[r], first, end);
      const last = runs.ends[r] > highest ? end : firstOfClass(gateUnits, classOf, runs.ends[r], first, end);
      while (at < last) {
        const stop = Math.min(cellEnd[at], last);
        const holdsSource = ownGate && gateUnits[at] <= from.unit && from.unit <= gateUnits[stop - 1];
        this.#meetCell(from, gateUnits[at], unitsBefore[stop] - unitsBefore[at], holdsSource, outcome);
        at = stop;
      }
    }
  }

  /** A source whose own gate tells the addresses of pods apart. */
  #walkOneByOne(from: From, blockOf: Uint32Array): void {
    const { destinations, mode } = this.input;
    const { classOf } = this.#units;
    const { denyAll } = this.#outcomes;
    const block = blockOf[from.unit];
    this.#unitStamp++;
    mode.admission.eachGate(from.unit, block, (gate, says) => {
      for (let at = destinations.gateOffsets[gate]; at < destinations.gateOffsets[gate + 1]; at++) {
        const unit = destinations.gateUnits[at];
        if (blockOf[unit] === noAddress) continue;
        const opened = mode.egress.outcome(mode.egress.of[from.unit], classOf[unit], blockOf[unit]);
        const outcome = opened === denyAll ? denyAll : this.#outcomes.both(opened, says);
        if (outcome !== denyAll) this.#meetUnit(from, unit, outcome);
      }
    });
  }

  /** Nodes, pods that cannot be told from them, and addresses: nothing stands at their own doors. */
  #walkOutside(from: From, blockOf: Uint32Array): void {
    const { mode, destinations } = this.input;
    const { units, outcomes } = mode.openedOutside(from.unit, destinations.outsideUnits, blockOf);
    for (let i = 0; i < units.length; i++) this.#meetUnit(from, units[i], outcomes[i]);
  }

  #meetUnit(from: From, unit: number, outcome: OutcomeId): void {
    this.#meetCell(from, unit, 1, unit === from.unit, outcome);
  }

  /** Adds `pairs` pairs with the ends of a unit (or of all units of its cell). */
  #meetCell(from: From, unit: number, pairs: number, holdsSource: boolean, outcome: OutcomeId): void {
    const { ends, destinations } = this.input;
    for (let i = ends.endOffsets[unit]; i < ends.endOffsets[unit + 1]; i++) {
      const end = ends.ends[i];
      if (!destinations.wanted[end] || (!from.isPod && end >= ends.podEnd)) continue;
      const isItself = holdsSource && from.leavesOutItself && end === from.source;
      const count = isItself ? pairs - 1 : pairs;
      if (count > 0) this.#add(end, outcome, count);
    }
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
      const isMet = this.#pairs[end] === this.#pairsOf(source, end, isOneUnit);
      const any = cut(this.#some[end]);
      if (any === denyAll) continue;
      destinations[count] = end;
      every[count] = isMet ? cut(this.#every[end]) : denyAll;
      some[count++] = any;
    }
    return { count, destinations, every, some };
  }

  /** How many pairs of units two ends make, in each family that is asked about. */
  #pairsOf(source: number, destination: number, isOneUnit: boolean): number {
    const { ends, families } = this.input;
    let pairs = 0;
    if (families.IPv4) pairs += this.#unitsWith4[source] * this.#unitsWith4[destination];
    if (families.IPv6) pairs += this.#unitsWith6[source] * this.#unitsWith6[destination];
    if (source !== destination || isOneUnit) return pairs;
    for (let i = ends.unitOffsets[source]; i < ends.unitOffsets[source + 1]; i++) {
      if (ends.members[i] !== 1) continue;
      if (families.IPv4) pairs -= this.#units.has4[ends.units[i]];
      if (families.IPv6) pairs -= this.#units.has6[ends.units[i]];
    }
    return pairs;
  }
}

const noNumbers = new Uint32Array(0);

/** By end: how many of its units have an address in a family. */
function unitsWith({ count, unitOffsets, units }: Ends, has: Uint8Array): Uint32Array {
  return Uint32Array.from({ length: count }, (_, end) => {
    let found = 0;
    for (let i = unitOffsets[end]; i < unitOffsets[end + 1]; i++) found += has[units[i]];
    return found;
  });
}

/** The first position in `list[from..to)`, whose classes ascend, with a class at or above the given one. */
function firstOfClass(list: Uint32Array, classOf: Int32Array, classNumber: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (classOf[list[middle]] < classNumber) low = middle + 1;
    else high = middle;
  }
  return low;
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
