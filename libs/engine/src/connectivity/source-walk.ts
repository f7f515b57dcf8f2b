import { noAddress } from '../compile/address-blocks.js';
import type { OutcomeId, Outcomes } from '../sets/outcomes.js';
import type { Destinations } from './destinations.js';
import type { ModeParts } from './mode-parts.js';
import { firstRunBehind, type OpenedRuns } from './opened-runs.js';
import type { Units } from './units.js';

/** Takes what a walk meets. */
export interface Meets {
  /** One unit. */
  unit(unit: number, outcome: OutcomeId): void;
  /** Positions `from..to` of `Destinations.gateUnits`; some of these units may lack the family that is walked. */
  stretch(from: number, to: number, outcome: OutcomeId): void;
}

/** At most this many destinations, and no more than there are gates, are asked one by one instead of looking for gates. */
const oneByOneMax = 32;

/**
 * Walks from one source unit to all destination units that it reaches in one family, never looking at destinations
 * that are not reached. The gates that admit the source (`Admission`) meet the runs of classes that its own gate lets
 * it open to; whichever of the two leads to fewer steps is walked.
 *
 * Cost of one source: gates that admit it + stretches reached, or destinations that its own gate leaves.
 */
export class SourceWalk {
  readonly #outcomes: Outcomes;
  // What each ingress gate says to the unit at hand, where `#stampOf` is that of the unit.
  readonly #stampOf: Uint32Array;
  readonly #says: Uint32Array;
  readonly #admitting: Uint32Array;
  #stamp = 0;

  constructor(
    readonly units: Units,
    readonly mode: ModeParts,
    readonly destinations: Destinations,
  ) {
    this.#outcomes = mode.cluster.index.outcomes;
    this.#stampOf = new Uint32Array(mode.ingress.count);
    this.#says = new Uint32Array(mode.ingress.count);
    this.#admitting = new Uint32Array(mode.ingress.count);
  }

  /** Meets the units of pods that are subjects of policies. */
  pods(source: number, blockOf: Uint32Array, meets: Meets): void {
    const { destinations, mode } = this;
    const { classOf } = this.units;
    const runs = mode.openedRuns(source);
    if (runs === null) return this.#oneByOne(source, blockOf, meets);
    const opened = this.#countOpened(runs);
    const block = blockOf[source];
    if (opened <= Math.min(oneByOneMax, mode.ingress.count)) {
      const ask = (gate: number): OutcomeId => mode.ingress.outcome(gate, classOf[source], block);
      return this.#eachOpened(runs, blockOf, meets, ask);
    }
    this.#stamp++;
    let found = 0;
    let cells = 0;
    mode.admission.eachGate(source, block, (gate, outcome) => {
      if (destinations.cellCount[gate] === 0) return;
      this.#stampOf[gate] = this.#stamp;
      this.#says[gate] = outcome;
      this.#admitting[found++] = gate;
      cells += destinations.cellCount[gate];
    });
    if (cells <= opened) {
      for (let i = 0; i < found; i++) this.#behindGate(this.#admitting[i], runs, meets);
      return;
    }
    const { denyAll } = this.#outcomes;
    this.#eachOpened(runs, blockOf, meets, (gate) =>
      this.#stampOf[gate] === this.#stamp ? this.#says[gate] : denyAll,
    );
  }

  /** Meets nodes, pods that cannot be told from them, and addresses: nothing stands at their own doors. */
  outside(source: number, blockOf: Uint32Array, meets: Meets): void {
    const { units, outcomes } = this.mode.openedOutside(source, this.destinations.outsideUnits, blockOf);
    for (let i = 0; i < units.length; i++) meets.unit(units[i], outcomes[i]);
  }

  #countOpened({ count, starts, ends }: OpenedRuns): number {
    let opened = 0;
    for (let r = 0; r < count; r++) opened += this.#podsBelow(ends[r]) - this.#podsBelow(starts[r]);
    return opened;
  }

  #podsBelow(classNumber: number): number {
    const { podsBelow } = this.destinations;
    return podsBelow[Math.min(classNumber, podsBelow.length - 1)];
  }

  /** Every destination in the runs, each asked at its gate. */
  #eachOpened(runs: OpenedRuns, blockOf: Uint32Array, meets: Meets, says: (gate: number) => OutcomeId): void {
    const { podUnits } = this.destinations;
    for (let r = 0; r < runs.count; r++) {
      const last = this.#podsBelow(runs.ends[r]);
      for (let i = this.#podsBelow(runs.starts[r]); i < last; i++) {
        const unit = podUnits[i];
        if (blockOf[unit] === noAddress) continue;
        const outcome = this.#outcomes.both(runs.outcomes[r], says(this.mode.ingress.of[unit]));
        if (outcome !== this.#outcomes.denyAll) meets.unit(unit, outcome);
      }
    }
  }

  /** The destinations behind one gate that lie in the runs. */
  #behindGate(gate: number, runs: OpenedRuns, meets: Meets): void {
    const { gateOffsets, gateUnits } = this.destinations;
    const { classOf } = this.units;
    const [first, end] = [gateOffsets[gate], gateOffsets[gate + 1]];
    const lowest = classOf[gateUnits[first]];
    const highest = classOf[gateUnits[end - 1]];
    for (let r = firstRunBehind(runs, lowest); r < runs.count && runs.starts[r] <= highest; r++) {
      const outcome = this.#outcomes.both(runs.outcomes[r], this.#says[gate]);
      if (outcome === this.#outcomes.denyAll) continue;
      const from = runs.starts[r] <= lowest ? first : firstOfClass(gateUnits, classOf, runs.starts[r], first, end);
      const to = runs.ends[r] > highest ? end : firstOfClass(gateUnits, classOf, runs.ends[r], first, end);
      if (from < to) meets.stretch(from, to, outcome);
    }
  }

  /** For a source whose own gate tells the addresses of pods apart. */
  #oneByOne(source: number, blockOf: Uint32Array, meets: Meets): void {
    const { destinations, mode } = this;
    const { classOf } = this.units;
    const { denyAll } = this.#outcomes;
    const own = mode.egress.of[source];
    mode.admission.eachGate(source, blockOf[source], (gate, says) => {
      for (let at = destinations.gateOffsets[gate]; at < destinations.gateOffsets[gate + 1]; at++) {
        const unit = destinations.gateUnits[at];
        if (blockOf[unit] === noAddress) continue;
        const opened = mode.egress.outcome(own, classOf[unit], blockOf[unit]);
        const outcome = opened === denyAll ? denyAll : this.#outcomes.both(opened, says);
        if (outcome !== denyAll) meets.unit(unit, outcome);
      }
    });
  }
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
