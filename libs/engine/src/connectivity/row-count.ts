import type { OutcomeId } from '../sets/outcomes.js';
import type { Ends } from './ends.js';
import type { Reach, ReachInput } from './reach.js';
import { SourceWalk } from './source-walk.js';

/** A running total. */
export interface Counted {
  readonly rows: number;
  /** Whether all of it was counted; false where it stopped above the limit. */
  readonly isExact: boolean;
}

/**
 * Counts rows without listing them: the sources of one unit are counted once, and the destinations behind one gate as
 * one weight. Where ends have members that differ, or families are to be folded, sources are walked instead, until
 * there are more rows than the limit.
 *
 * Cost: units of sources × gates that admit them; where walked, the rows up to the limit.
 */
export class RowCount {
  readonly #walk: SourceWalk;
  /** Before each position of `Destinations.gateUnits`, and at its end: the ends asked about of units with an address. */
  readonly #weights: Readonly<Record<'IPv4' | 'IPv6' | 'either', Uint32Array>>;
  readonly #isSimple: boolean;
  /** By unit: a block of either family. */
  readonly #anyBlock: Uint32Array;
  readonly #known = new Map<number, number>();

  constructor(
    readonly input: ReachInput,
    readonly reach: Reach,
    readonly sources: Uint32Array,
  ) {
    const { units, mode, destinations, ends, level } = input;
    this.#walk = new SourceWalk(units, mode, destinations);
    const weights = (has: (unit: number) => number): Uint32Array => {
      const sums = new Uint32Array(destinations.gateUnits.length + 1);
      destinations.gateUnits.forEach((unit, i) => (sums[i + 1] = sums[i] + (has(unit) ? this.#endsOf(unit) : 0)));
      return sums;
    };
    this.#weights = {
      IPv4: weights((unit) => units.has4[unit]),
      IPv6: weights((unit) => units.has6[unit]),
      either: weights((unit) => units.has4[unit] | units.has6[unit]),
    };
    this.#anyBlock = units.block4.map((block, unit) => (units.has4[unit] ? block : units.block6[unit]));
    this.#isSimple = level !== 'namespace' && haveOneUnit(ends, destinations.wanted);
  }

  /**
   * Yields the running total, so that whoever counts may take a breath; the last one is the answer. At most twice the
   * pairs of ends can be rows: where that is within the limit, nothing is counted.
   */
  *upTo(max: number): Iterable<Counted> {
    const { destinations } = this.input;
    const wanted = destinations.wanted.reduce((sum, one) => sum + one, 0);
    if (2 * this.sources.length * wanted <= max) return;
    let rows = 0;
    for (const source of this.sources) {
      const found = this.#rowsOf(source);
      rows += found ?? this.#walkedRowsOf(source);
      if (found === null && rows > max) {
        yield { rows, isExact: false };
        return;
      }
      yield { rows, isExact: true };
    }
  }

  /** By weights; null where they do not tell. */
  #rowsOf(source: number): number | null {
    const { ends, level, destinations } = this.input;
    const from = ends.unitOffsets[source];
    if (!this.#isSimple || ends.unitOffsets[source + 1] - from !== 1) return null;
    const unit = ends.units[from];
    const isPod = source < ends.podEnd;
    const key = unit * 2 + (isPod ? 0 : 1);
    let rows = this.#known.get(key);
    if (rows === undefined) this.#known.set(key, (rows = this.#rowsOfUnit(unit, isPod) ?? -1));
    if (rows < 0) return null;
    return level === 'pod' && isPod && destinations.wanted[source] ? rows - this.#ownRows(unit) : rows;
  }

  #rowsOfUnit(unit: number, isPod: boolean): number | null {
    const { units, families, mode, destinations, cut } = this.input;
    const { denyAll } = mode.cluster.index.outcomes;
    const with4 = families.IPv4 && units.has4[unit] === 1;
    const with6 = families.IPv6 && units.has6[unit] === 1;
    if (!with4 && !with6) return 0;
    if (with4 && with6 && !this.#saysSameInBoth(unit)) return null;
    const family = with4 && with6 ? 'either' : with4 ? 'IPv4' : 'IPv6';
    const weights = this.#weights[family];
    let rows = 0;
    this.#walk.pods(unit, family === 'either' ? this.#anyBlock : family === 'IPv4' ? units.block4 : units.block6, {
      unit: (other, outcome) => {
        if (cut(outcome) !== denyAll) rows += this.#endsOf(other, isPod);
      },
      stretch: (from, to, outcome) => {
        if (cut(outcome) !== denyAll) rows += weights[to] - weights[from];
      },
    });
    if (destinations.outsideUnits.length === 0) return rows;
    return rows + (with4 && with6 ? this.#foldedOutside(unit, isPod) : this.#plainOutside(unit, isPod, with4));
  }

  /** Rows to nodes and addresses from a source with one family. */
  #plainOutside(unit: number, isPod: boolean, with4: boolean): number {
    const { units, mode, cut } = this.input;
    const { denyAll } = mode.cluster.index.outcomes;
    let rows = 0;
    this.#walk.outside(unit, with4 ? units.block4 : units.block6, {
      unit: (other, outcome) => {
        if (cut(outcome) !== denyAll) rows += this.#endsOf(other, isPod);
      },
      stretch: () => undefined,
    });
    return rows;
  }

  /** The same from a source with both: what the families say is folded. */
  #foldedOutside(unit: number, isPod: boolean): number {
    const { units } = this.input;
    const outside = new Map<number, OutcomeId[]>();
    const meets = {
      unit: (other: number, outcome: OutcomeId) => {
        outside.set(other, [...(outside.get(other) ?? []), outcome]);
      },
      stretch: () => undefined,
    };
    this.#walk.outside(unit, units.block4, meets);
    this.#walk.outside(unit, units.block6, meets);
    let rows = 0;
    for (const [other, outcomes] of outside) {
      rows += this.#endsOf(other, isPod) * this.#rowsOfPair(outcomes, units.has4[other] + units.has6[other]);
    }
    return rows;
  }

  /** Whether the families of a source make no difference to pods: nobody tells its addresses, or theirs, apart. */
  #saysSameInBoth(unit: number): boolean {
    const { units, mode } = this.input;
    // The addresses of one block lie in the same ipBlocks, whatever their family.
    if (unit >= units.nodeEnd) return true;
    return unit < units.podEnd && mode.admission.isByClassOnly && mode.openedRuns(unit) !== null;
  }

  /** Rows of a pod with itself, which are none: they are taken off again. */
  #ownRows(unit: number): number {
    const { units, families, mode } = this.input;
    const { outcomes } = mode.cluster.index;
    const found: OutcomeId[] = [];
    for (const [isAsked, has, block] of [
      [families.IPv4, units.has4[unit], units.block4[unit]],
      [families.IPv6, units.has6[unit], units.block6[unit]],
    ] as const) {
      if (!isAsked || has === 0) continue;
      const egress = mode.egress.outcome(mode.egress.of[unit], units.classOf[unit], block);
      found.push(outcomes.both(egress, mode.ingress.outcome(mode.ingress.of[unit], units.classOf[unit], block)));
    }
    return this.#rowsOfPair(
      found.filter((outcome) => outcome !== outcomes.denyAll),
      found.length,
    );
  }

  /** Rows of two ends of which each is one unit; `pairs` are the families they share, denied ones not in `found`. */
  #rowsOfPair(found: readonly OutcomeId[], pairs: number): number {
    const { outcomes } = this.input.mode.cluster.index;
    const { cut } = this.input;
    if (found.length === 0) return 0;
    const some = cut(found.reduce((a, b) => outcomes.any(a, b)));
    const every = found.length < pairs ? outcomes.denyAll : cut(found.reduce((a, b) => outcomes.both(a, b)));
    return (every === outcomes.denyAll ? 0 : 1) + (some === every ? 0 : 1);
  }

  #walkedRowsOf(source: number): number {
    const { denyAll } = this.input.mode.cluster.index.outcomes;
    const { count, every, some } = this.reach.of(source);
    let rows = 0;
    for (let i = 0; i < count; i++) rows += (every[i] === denyAll ? 0 : 1) + (some[i] === every[i] ? 0 : 1);
    return rows;
  }

  /** How many ends a unit brings that are asked about; for sources that are no pods, only those made of pods. */
  #endsOf(unit: number, isPod = true): number {
    const { ends, destinations } = this.input;
    let found = 0;
    for (let i = ends.endOffsets[unit]; i < ends.endOffsets[unit + 1]; i++) {
      if (destinations.wanted[ends.ends[i]] && (isPod || ends.ends[i] < ends.podEnd)) found++;
    }
    return found;
  }
}

function haveOneUnit({ count, unitOffsets }: Ends, wanted: Uint8Array): boolean {
  for (let end = 0; end < count; end++) if (wanted[end] && unitOffsets[end + 1] - unitOffsets[end] !== 1) return false;
  return true;
}
