import { outsideClass } from '../compile/pod-classes.js';
import type { ReachabilityIndex } from '../compile/reachability-index.js';
import type { OutcomeId } from '../sets/outcomes.js';
import { lazy } from '../query/lookups.js';
import { type AddRun, StabbingTree } from '../sets/stabbing-tree.js';
import type { Gates } from './gates.js';
import type { PodRows } from './pod-rows.js';
import type { Units } from './units.js';

/**
 * The ingress gates turned around: for a source, the gates that do not deny it all. Built from the runs of the rows when
 * first asked, it answers in time of what it finds, so that no source is ever held against every profile.
 *
 * Most profiles have one row for all pods, and its runs stand in a tree over classes. Of a profile whose rows depend on
 * the address of a pod, rows that admit few classes stand in a second such tree and are looked at again when they are
 * found; rows that admit most classes, which hold for few addresses, stand in a tree over address blocks.
 */
export class Admission {
  /** Over classes: gate and outcome. */
  readonly #byClass: () => StabbingTree;
  /** Over classes, for rows that hold for some addresses only: gate and row. */
  readonly #byClassSomewhere: () => StabbingTree;
  /** Over address blocks: gate and row. */
  readonly #byBlock: () => StabbingTree;
  /** Over address blocks, for sources that are no pods: gate and outcome. */
  readonly #outside: () => StabbingTree;
  /** Gates that say the same to all. */
  readonly #constant: readonly number[];
  /** Whether what a pod is told never depends on its address. */
  readonly isByClassOnly: boolean;

  constructor(
    readonly index: ReachabilityIndex,
    readonly units: Units,
    readonly rows: PodRows,
    readonly gates: Gates,
  ) {
    const { denyAll } = index.outcomes;
    const classEnd = index.arrays.egressProfile.length;
    const all = Array.from({ length: gates.count }, (_, gate) => gate);
    this.#constant = all.filter((gate) => gates.profile(gate) < 0);
    const profiled = all.filter((gate) => gates.profile(gate) >= 0);
    const onlyRow = new Map(profiled.map((gate) => [gate, rows.only(gates.profile(gate))]));
    const addressed = profiled.filter((gate) => onlyRow.get(gate) === null);
    this.isByClassOnly = addressed.length === 0;
    const addAdmitted = (
      gate: number,
      row: number,
      add: (start: number, end: number, outcome: OutcomeId) => void,
    ): void =>
      rows.eachRun(row, (start, end, outcome) => {
        const inForce = gates.inForce(gate, outcome);
        if (inForce !== denyAll) add(start, end, inForce);
      });
    const admitsMost = (gate: number, row: number): boolean => {
      let admitted = 0;
      addAdmitted(gate, row, (start, end) => (admitted += end - start));
      return 2 * admitted > classEnd;
    };
    this.#byClass = lazyTree(classEnd, (add) => {
      for (const [gate, row] of onlyRow) {
        if (row !== null) addAdmitted(gate, row, (start, end, outcome) => add(start, end, gate, outcome));
      }
    });
    this.#byClassSomewhere = lazyTree(classEnd, (add) => {
      for (const gate of addressed) {
        for (const row of rows.distinct(gates.profile(gate))) {
          if (!admitsMost(gate, row)) addAdmitted(gate, row, (start, end) => add(start, end, gate, row));
        }
      }
    });
    this.#byBlock = lazyTree(index.blocks.end, (add) => {
      for (const gate of addressed) {
        rows.eachBlockRun(gates.profile(gate), (start, end, row) => {
          if (admitsMost(gate, row)) add(start, end, gate, row);
        });
      }
    });
    this.#outside = lazyTree(index.blocks.end, (add) => {
      for (const gate of profiled) {
        rows.eachOutside(gates.profile(gate), (start, end, outcome) => {
          const inForce = gates.inForce(gate, outcome);
          if (inForce !== denyAll) add(start, end, gate, inForce);
        });
      }
    });
  }

  /** Makes the trees, in steps. */
  *prepare(): Iterable<void> {
    for (const tree of [this.#byClass, this.#byClassSomewhere, this.#byBlock, this.#outside]) yield void tree();
  }

  /**
   * Visits the gates that let something through to a source, given by unit and by its block in one family, with what
   * they say. Cost: the gates visited.
   */
  eachGate(source: number, block: number, visit: (gate: number, outcome: OutcomeId) => void): void {
    const { index, gates, rows, units } = this;
    const { denyAll } = index.outcomes;
    const sourceClass = units.classOf[source];
    for (const gate of this.#constant) visit(gate, gates.constant(gate));
    if (sourceClass === outsideClass) {
      this.#outside().find(block, visit);
      return;
    }
    this.#byClass().find(sourceClass, visit);
    const ask = (gate: number, row: number): void => {
      const outcome = gates.inForce(gate, rows.outcome(row, sourceClass));
      if (outcome !== denyAll) visit(gate, outcome);
    };
    this.#byClassSomewhere().find(sourceClass, (gate, row) => {
      if (rows.at(gates.profile(gate), block) === row) ask(gate, row);
    });
    this.#byBlock().find(block, ask);
  }
}

function lazyTree(size: number, runs: (add: AddRun) => void): () => StabbingTree {
  return lazy(() => new StabbingTree(size, runs));
}
