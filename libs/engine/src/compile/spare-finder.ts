import { PairNumbers } from '../sets/pair-numbers.js';
import { Sequences } from '../sets/sequences.js';
import type { LoweredDirection } from './lower-policies.js';
import { PolicyWalk } from './policy-walk.js';
import type { ProfileTable } from './profile-table.js';

/**
 * Finds policies of one direction that nobody would miss: for every list of policies that meet on some class, the
 * profile without one of them is compared with the profile of all. A policy is given up at the first list in which it
 * counts, which is the first one as a rule.
 */
export class SpareFinder {
  readonly #plainOf = new Map<number, number>();
  readonly #plainRows = new Map<number, number>();
  readonly #plain = new Sequences();

  constructor(readonly table: ProfileTable) {}

  /**
   * Given in evaluation order. Cost: linear in classes × policies that select them, plus a profile for each list and for
   * each policy of it that has not been given up.
   */
  find(policies: readonly LoweredDirection[]): ReadonlySet<LoweredDirection> {
    const { classes, lowering, notUnderstood } = this.table.input;
    const spare = new Set(policies);
    const walk = new PolicyWalk();
    const place = new Uint32Array(classes.end);
    policies.forEach(({ subject }, number) => {
      for (let i = 0; i < subject.length; i += 2) {
        for (let c = subject[i]; c < subject[i + 1]; c++) place[c] = walk.step(place[c], number);
      }
    });
    for (let i = 0; i < notUnderstood.length; i += 2) {
      for (let c = notUnderstood[i]; c < notUnderstood[i + 1]; c++) {
        for (const number of walk.numbersAt(place[c])) spare.delete(policies[number]);
      }
    }
    const seen = new PairNumbers();
    for (let c = 1; c < classes.end; c++) {
      if (place[c] === 0) continue;
      const known = seen.size;
      if (seen.of(place[c], classes.portTableOf[c]) < known) continue;
      const here = walk.numbersAt(place[c]).map((number) => policies[number]);
      if (!here.some((policy) => spare.has(policy))) continue;
      const applied = here.map(({ content }) => ({
        place: lowering.placeOf(content),
        rules: lowering.rulesOf(content, classes.portTableOf[c]),
      }));
      const whole = this.#plainProfile(this.table.profileOf(applied));
      here.forEach((policy, i) => {
        if (!spare.has(policy)) return;
        const without = this.table.profileOf(applied.toSpliced(i, 1));
        if (this.#plainProfile(without) !== whole) spare.delete(policy);
      });
    }
    return spare;
  }

  /** Equal numbers for profiles that give the same answers, wherever these come from. */
  #plainProfile(profile: number): number {
    let plain = this.#plainOf.get(profile);
    if (plain === undefined) {
      const { profiles } = this.table;
      const runs: number[] = [];
      for (let i = profiles.start(profile) + 1; i < profiles.end(profile); i += 2) {
        const row = this.#plainRow(profiles.words[i + 1]);
        if (runs.length === 0 || runs[runs.length - 1] !== row) runs.push(profiles.words[i], row);
      }
      this.#plainOf.set(profile, (plain = this.#plain.intern(runs)));
    }
    return plain;
  }

  #plainRow(row: number): number {
    const { rowTable, input } = this.table;
    let plain = this.#plainRows.get(row);
    if (plain === undefined) {
      plain = rowTable.mapped(row, (outcome) => input.outcomes.plain(outcome));
      this.#plainRows.set(row, plain);
    }
    return plain;
  }
}
