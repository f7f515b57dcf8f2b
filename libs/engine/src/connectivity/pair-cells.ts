import { noAddress } from '../compile/address-blocks.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { ReachInput } from './reach.js';

/** What every and what some pair of members of two ends may do. */
export interface Cell {
  readonly every: OutcomeId;
  readonly some: OutcomeId;
}

/**
 * Answers for one pair of ends what `Reach` answers for a source and all its destinations, by asking every pair of
 * their units at both doors. Cost: the units of one end × those of the other.
 */
export class PairCells {
  constructor(readonly input: Omit<ReachInput, 'destinations'>) {}

  of(source: number, destination: number, families = this.input.families): Cell {
    const { ends, level, cut, units, mode } = this.input;
    const { block4, block6 } = units;
    const { denyAll } = mode.cluster.index.outcomes;
    const nothing: Cell = { every: denyAll, some: denyAll };
    if (source >= ends.podEnd && destination >= ends.podEnd) return nothing;
    if (level === 'pod' && source === destination) return nothing;
    let cell: Cell | null = null;
    for (let i = ends.unitOffsets[source]; i < ends.unitOffsets[source + 1]; i++) {
      for (let k = ends.unitOffsets[destination]; k < ends.unitOffsets[destination + 1]; k++) {
        if (source === destination && this.#isItself(source, i, k)) continue;
        const [from, to] = [ends.units[i], ends.units[k]];
        if (families.IPv4) cell = this.#with(cell, from, to, block4);
        if (families.IPv6) cell = this.#with(cell, from, to, block6);
      }
    }
    return cell === null ? nothing : { every: cut(cell.every), some: cut(cell.some) };
  }

  /** A pod makes no pair with itself; a workload of one replica is judged as if it had two. */
  #isItself(end: number, i: number, k: number): boolean {
    const { unitOffsets, members } = this.input.ends;
    const isOneUnit = unitOffsets[end + 1] - unitOffsets[end] === 1 && this.input.level !== 'namespace';
    return i === k && !isOneUnit && members[i] === 1;
  }

  #with(cell: Cell | null, from: number, to: number, blockOf: Uint32Array): Cell | null {
    if (blockOf[from] === noAddress || blockOf[to] === noAddress) return cell;
    const { mode, units } = this.input;
    const { classOf } = units;
    const { outcomes } = mode.cluster.index;
    const opened = mode.egress.outcome(mode.egress.of[from], classOf[to], blockOf[to]);
    const admitted = mode.ingress.outcome(mode.ingress.of[to], classOf[from], blockOf[from]);
    const outcome = outcomes.both(opened, admitted);
    if (cell === null) return { every: outcome, some: outcome };
    return { every: outcomes.both(cell.every, outcome), some: outcomes.any(cell.some, outcome) };
  }
}
