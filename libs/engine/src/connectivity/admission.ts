import { outsideClass } from '../compile/pod-classes.js';
import type { ReachabilityIndex } from '../compile/reachability-index.js';
import type { OutcomeId } from '../sets/outcomes.js';
import { StabbingTree } from '../sets/stabbing-tree.js';
import type { Gates } from './gates.js';
import type { PodRows } from './pod-rows.js';
import type { Units } from './units.js';

/**
 * The ingress gates turned around: for a source, the gates that do not deny it all. Built once from the runs of the
 * rows, it answers in time of what it finds, so that no source is ever held against every profile. Profiles whose rows
 * do not depend on the address of a pod stand in a tree over classes; the others in a tree over address blocks.
 */
export class Admission {
  /** Over classes: gate and outcome. */
  readonly #byClass: StabbingTree;
  /** Over address blocks: gate and row. */
  readonly #byBlock: StabbingTree;
  /** Gates that say the same to all. */
  readonly #constant: readonly number[];

  constructor(
    readonly index: ReachabilityIndex,
    readonly units: Units,
    readonly rows: PodRows,
    readonly gates: Gates,
  ) {
    const { profileOffsets, blockStart, blockRow, egressProfile } = index.arrays;
    const { denyAll } = index.outcomes;
    const all = Array.from({ length: gates.count }, (_, gate) => gate);
    this.#constant = all.filter((gate) => gates.profile(gate) < 0);
    const profiled = all.filter((gate) => gates.profile(gate) >= 0);
    const onlyRow = profiled.map((gate) => [gate, rows.only(gates.profile(gate))] as const);
    this.#byClass = new StabbingTree(egressProfile.length, (add) => {
      for (const [gate, row] of onlyRow) {
        if (row === null) continue;
        rows.eachRun(row, (start, end, outcome) => {
          const inForce = gates.inForce(gate, outcome);
          if (inForce !== denyAll) add(start, end, gate, inForce);
        });
      }
    });
    this.#byBlock = new StabbingTree(index.blocks.end, (add) => {
      for (const [gate, only] of onlyRow) {
        if (only !== null) continue;
        const profile = gates.profile(gate);
        const last = profileOffsets[profile + 1];
        for (let k = profileOffsets[profile]; k < last; k++) {
          let admits = false;
          rows.eachRun(blockRow[k], (_start, _end, outcome) => (admits ||= gates.inForce(gate, outcome) !== denyAll));
          if (admits) add(blockStart[k], k + 1 < last ? blockStart[k + 1] : index.blocks.end, gate, blockRow[k]);
        }
      }
    });
  }

  /** Whether what a pod is told never depends on its address. */
  get isByClassOnly(): boolean {
    return this.#byBlock.isEmpty;
  }

  /**
   * Visits the gates that let something through to a source, given by unit and by its block in one family, with what
   * they say. Cost: the gates visited; for nodes and addresses, all gates.
   */
  eachGate(source: number, block: number, visit: (gate: number, outcome: OutcomeId) => void): void {
    const { index, gates, rows, units } = this;
    const { denyAll } = index.outcomes;
    const sourceClass = units.classOf[source];
    if (sourceClass === outsideClass) {
      for (let gate = 0; gate < gates.count; gate++) {
        const outcome = gates.outcome(gate, outsideClass, block);
        if (outcome !== denyAll) visit(gate, outcome);
      }
      return;
    }
    for (const gate of this.#constant) visit(gate, gates.constant(gate));
    this.#byClass.find(sourceClass, visit);
    this.#byBlock.find(block, (gate, row) => {
      const outcome = gates.inForce(gate, rows.outcome(row, sourceClass));
      if (outcome !== denyAll) visit(gate, outcome);
    });
  }
}
