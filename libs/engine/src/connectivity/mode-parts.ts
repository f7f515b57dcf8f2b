import { noAddress } from '../compile/address-blocks.js';
import type { Cluster } from '../query/cluster.js';
import { lazy } from '../query/lookups.js';
import type { Mode } from '../query/verdict.js';
import type { OutcomeId } from '../sets/outcomes.js';
import { Admission } from './admission.js';
import { Gates } from './gates.js';
import type { OpenedRuns } from './opened-runs.js';
import type { PodRows } from './pod-rows.js';
import type { Units } from './units.js';

/** Units of nodes and addresses that a source may open connections to, with what both sides say. */
export interface OpenedOutside {
  readonly units: readonly number[];
  readonly outcomes: readonly OutcomeId[];
}

interface OutsideAnswer {
  readonly gate: number;
  readonly among: Uint32Array;
  /** Those of `among` that have an address in the family, by block. */
  readonly byBlock: Uint32Array;
  readonly opened: OpenedOutside;
}

/** What the questions in one mode share: the gates of both directions, and the ingress gates turned around. */
export class ModeParts {
  readonly #egress: () => Gates;
  readonly #ingress: () => Gates;
  readonly #admission: () => Admission;
  // Neighbouring sources have the same gate: the last answers are kept.
  #runsOf: { readonly gate: number; readonly runs: OpenedRuns | null } | null = null;
  readonly #outsideOf = new Map<Uint32Array, OutsideAnswer>();

  constructor(
    readonly cluster: Cluster,
    readonly units: Units,
    readonly rows: PodRows,
    mode: Mode,
  ) {
    this.#egress = lazy(() => new Gates(cluster, units, 'Egress', mode));
    this.#ingress = lazy(() => new Gates(cluster, units, 'Ingress', mode));
    this.#admission = lazy(() => new Admission(cluster.index, units, rows, this.ingress));
  }

  get egress(): Gates {
    return this.#egress();
  }

  get ingress(): Gates {
    return this.#ingress();
  }

  get admission(): Admission {
    return this.#admission();
  }

  /** Makes all of it, in steps. */
  *prepare(): Iterable<void> {
    yield void this.egress;
    yield void this.ingress;
    yield* this.admission.prepare();
  }

  /** The classes of pods that a unit may open connections to; null where that depends on the addresses of pods. */
  openedRuns(unit: number): OpenedRuns | null {
    const gate = this.egress.of[unit];
    if (this.#runsOf?.gate !== gate) this.#runsOf = { gate, runs: this.#findRuns(gate) };
    return this.#runsOf.runs;
  }

  /**
   * Which of the units `among`, all of them nodes or addresses, a unit may open connections to; `blockOf` has the blocks
   * of one family. Cost: the block runs of the unit's profile + the units found, once for neighbours with one gate.
   */
  openedOutside(unit: number, among: Uint32Array, blockOf: Uint32Array): OpenedOutside {
    const gate = this.egress.of[unit];
    const last = this.#outsideOf.get(blockOf);
    if (last?.gate === gate && last.among === among) return last.opened;
    const byBlock = last?.among === among ? last.byBlock : sortedByBlock(among, blockOf);
    const { outcomes, blocks } = this.cluster.index;
    const opened = { units: [] as number[], outcomes: [] as OutcomeId[] };
    const open = (start: number, end: number, outcome: OutcomeId): void => {
      if (outcome === outcomes.denyAll) return;
      for (let i = firstAtBlock(byBlock, blockOf, start); i < byBlock.length && blockOf[byBlock[i]] < end; i++) {
        const both = outcomes.both(outcome, this.ingress.constant(this.ingress.of[byBlock[i]]));
        if (both === outcomes.denyAll) continue;
        opened.units.push(byBlock[i]);
        opened.outcomes.push(both);
      }
    };
    const profile = this.egress.profile(gate);
    if (profile < 0) open(0, blocks.end, this.egress.constant(gate));
    else this.rows.eachOutside(profile, (start, end, outcome) => open(start, end, this.egress.inForce(gate, outcome)));
    this.#outsideOf.set(blockOf, { gate, among, byBlock, opened });
    return opened;
  }

  #findRuns(gate: number): OpenedRuns | null {
    const { index } = this.cluster;
    const profile = this.egress.profile(gate);
    const runs = { count: 0, starts: [] as number[], ends: [] as number[], outcomes: [] as OutcomeId[] };
    const push = (start: number, end: number, outcome: OutcomeId): void => {
      if (outcome === index.outcomes.denyAll) return;
      runs.starts.push(start);
      runs.ends.push(end);
      runs.outcomes.push(outcome);
      runs.count++;
    };
    if (profile < 0) {
      push(0, index.arrays.egressProfile.length, this.egress.constant(gate));
      return runs;
    }
    const row = this.rows.only(profile);
    if (row === null) return null;
    this.rows.eachRun(row, (start, end, outcome) => push(start, end, this.egress.inForce(gate, outcome)));
    return runs;
  }
}

function sortedByBlock(among: Uint32Array, blockOf: Uint32Array): Uint32Array {
  return among.filter((unit) => blockOf[unit] !== noAddress).sort((a, b) => blockOf[a] - blockOf[b]);
}

/** The first position with a block at or above the given one. */
function firstAtBlock(byBlock: Uint32Array, blockOf: Uint32Array, block: number): number {
  let low = 0;
  let high = byBlock.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blockOf[byBlock[middle]] < block) low = middle + 1;
    else high = middle;
  }
  return low;
}
