import type { ConnectivityWalk } from '../connectivity/connectivity-walk.js';
import { PairCells } from '../connectivity/pair-cells.js';
import type { Reached, ReachInput } from '../connectivity/reach.js';
import { selectEnds } from '../connectivity/select-ends.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { CommonOutcomes } from './common-outcomes.js';
import type { MergedEnds } from './merged-ends.js';

type Families = ReachInput['families'];

/** One of the two snapshots, answering in the numbers of the merged ends and of the common outcomes. */
export class DiffSide {
  /** This snapshot's outcome under its common number. */
  readonly translate: (outcome: OutcomeId) => OutcomeId;
  /** By merged end: the end of this snapshot, -1 where it has none. */
  readonly own: Int32Array;
  readonly mergedOf: ReturnType<MergedEnds['mergedOf']>;
  readonly #cells: PairCells;
  readonly #denyAll: OutcomeId;
  /** By merged end: the families of a piece that has fewer than the endpoint it is cut from; undefined for others. */
  readonly #piece: (Families | undefined)[] = [];
  // The row at hand.
  readonly #destinations: Uint32Array;
  readonly #every: Uint32Array;
  readonly #some: Uint32Array;

  constructor(
    readonly walk: ConnectivityWalk,
    merged: MergedEnds,
    name: 'before' | 'after',
    common: CommonOutcomes,
  ) {
    this.own = name === 'before' ? merged.inBefore : merged.inAfter;
    this.mergedOf = merged.mergedOf(name);
    this.#findPieces(merged);
    this.translate = common.of(walk.cluster.index);
    this.#cells = new PairCells(walk.input);
    this.#denyAll = common.outcomes.denyAll;
    this.#destinations = new Uint32Array(merged.count);
    this.#every = new Uint32Array(merged.count);
    this.#some = new Uint32Array(merged.count);
  }

  /**
   * What a source may do, with all destinations or the given ones, which ascend; valid until the next call. Pairs
   * without any connection are left out.
   */
  row(source: number, destinations: readonly number[] | 'all'): Reached {
    const own = this.own[source];
    const count = own < 0 ? 0 : destinations === 'all' ? this.#wholeRow(source) : this.#cellsOf(source, destinations);
    return { count, destinations: this.#destinations, every: this.#every, some: this.#some };
  }

  /** @throws QuestionError as `selectEnds` */
  endsOfPeer(peer: string, field: 'from' | 'to'): number[] {
    const { cluster, input, ends } = this.walk;
    const { offsets, merged } = this.mergedOf;
    const found = selectEnds(cluster, input.units, ends, peer, field) ?? [];
    return [...found].flatMap((end) => [...merged.subarray(offsets[end], offsets[end + 1])]);
  }

  #wholeRow(source: number): number {
    const { offsets, merged } = this.mergedOf;
    const { count, destinations, every, some } = this.walk.reachedBy(this.own[source]);
    const { nodeEnd } = this.walk.ends;
    if (this.#piece[source] !== undefined) {
      const reached = [...destinations.subarray(0, count)];
      const ends = reached.flatMap((end) => [...merged.subarray(offsets[end], offsets[end + 1])]);
      return this.#cellsOf(
        source,
        ends.sort((a, b) => a - b),
      );
    }
    let at = 0;
    const addresses: number[] = [];
    for (let i = 0; i < count; i++) {
      const end = destinations[i];
      if (end < nodeEnd) this.#put(at++, merged[offsets[end]], this.translate(every[i]), this.translate(some[i]));
      else addresses.push(...merged.subarray(offsets[end], offsets[end + 1]));
    }
    // Pieces of addresses are in another order than the endpoints they are cut from.
    return this.#cellsOf(
      source,
      addresses.sort((a, b) => a - b),
      at,
    );
  }

  #cellsOf(source: number, destinations: readonly number[], from = 0): number {
    let at = from;
    for (const end of destinations) {
      if (this.own[end] < 0) continue;
      const families = this.#piece[source] ?? this.#piece[end];
      const { every, some } = this.#cells.of(this.own[source], this.own[end], families);
      const any = this.translate(some);
      if (any !== this.#denyAll) this.#put(at++, end, this.translate(every), any);
    }
    return at;
  }

  #findPieces(merged: MergedEnds): void {
    const { families, units } = this.walk.input;
    const { has4, has6, nodeEnd } = units;
    for (let end = merged.nodeEnd; end < merged.count; end++) {
      const { IPv4, IPv6 } = merged.familiesOf(end);
      const unit = nodeEnd + this.own[end] - this.walk.ends.nodeEnd;
      if ((IPv4 || has4[unit] === 0) && (IPv6 || has6[unit] === 0)) continue;
      this.#piece[end] = { IPv4: families.IPv4 && IPv4, IPv6: families.IPv6 && IPv6 };
    }
  }

  #put(at: number, end: number, every: OutcomeId, some: OutcomeId): void {
    this.#destinations[at] = end;
    this.#every[at] = every;
    this.#some[at] = some;
  }
}
