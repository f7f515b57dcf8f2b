import type { PolicySemantics, Tier } from '#model';
import type { ConnectionSetId } from '../sets/connection-sets.js';
import type { OutcomeId, Outcomes } from '../sets/outcomes.js';
import { PairNumbers } from '../sets/pair-numbers.js';
import { Sequences } from '../sets/sequences.js';
import { type RunLists, Sweep } from '../sets/sweep.js';
import { foldPolicies, type MatchedRule } from './fold.js';
import type { LoweredRule, PolicyPlace } from './lower-policies.js';
import { everywhere } from './rule-areas.js';

/** How many numbers all rows of one index may have together, two for each run: 512 MB while it is compiled. */
export const rowNumbersMax = 2 ** 27;

/** A rule of a profile, with the number of its policy's place among those of the profile. */
export interface PlacedRule extends LoweredRule {
  readonly place: number;
}

/** Connections that are allowed to the classes of a list. */
export interface Grant {
  /** Number of a list of classes. */
  readonly classes: number;
  readonly connections: ConnectionSetId;
}

/**
 * The rows of an index: for runs over the peer classes, what one direction allows. Rows are shared by equality, and
 * those made from the same rules are made once.
 *
 * A row under one tier of the `Union` kind (every NetworkPolicy) is a plain union, and a row for addresses that ipBlocks
 * add something to is another row widened. Rules of other tiers are folded in their order for every distinct set of
 * rules that match. Cost of a row: that of a sweep over the runs of its rules.
 */
export class RowTable {
  /** By row: start and outcome of each run over the classes. */
  readonly rows = new Sequences(rowNumbersMax, 'numbers in rows of outcomes');
  readonly #sweep = new Sweep();
  readonly #grantKeys = new Sequences();
  readonly #rowOfGrants: number[] = [];
  readonly #widenings = new PairNumbers();
  readonly #widened: number[] = [];
  readonly #tiers = new Map<string, { readonly number: number; readonly outcomes: Map<ConnectionSetId, OutcomeId> }>();
  #scratch = new Uint32Array(1024);
  /** What an outcome has become in the `mapped` of number `#mapping`; see there. */
  #mappedTo = new Int32Array(1024);
  #mappedIn = new Int32Array(1024);
  #mapping = 0;

  constructor(
    readonly outcomes: Outcomes,
    readonly semantics: PolicySemantics,
    readonly classLists: RunLists,
    readonly classEnd: number,
  ) {}

  /** The row that says the same of every class. */
  constant(outcome: OutcomeId): number {
    return this.rows.intern([0, outcome]);
  }

  /** What a `Union` tier that isolates says of a peer to which the rules allow these connections, and deny none. */
  outcomeOfUnion(tier: Tier, connections: ConnectionSetId): OutcomeId {
    const { outcomes: known } = this.#tier(tier);
    let outcome = known.get(connections);
    if (outcome === undefined) {
      const rule: MatchedRule = { action: 'Allow', connections, certain: true };
      outcome = foldPolicies([{ tier, order: 0, isolates: true, rules: [rule] }], this.semantics, this.outcomes);
      known.set(connections, outcome);
    }
    return outcome;
  }

  #tier({ name }: Tier): { readonly number: number; readonly outcomes: Map<ConnectionSetId, OutcomeId> } {
    let known = this.#tiers.get(name);
    if (known === undefined) this.#tiers.set(name, (known = { number: this.#tiers.size, outcomes: new Map() }));
    return known;
  }

  /** The row of one `Union` tier: `toAll` is allowed to every peer, and each grant to the classes of its list. */
  ofUnion(tier: Tier, toAll: ConnectionSetId, grants: readonly Grant[]): number {
    const { sets } = this.outcomes;
    const merged = mergedGrants(grants, sets.union.bind(sets)).filter(
      ({ connections }) => sets.union(toAll, connections) !== toAll,
    );
    const key = [this.#tier(tier).number, toAll];
    for (const { classes, connections } of merged) key.push(classes, connections);
    const number = this.#grantKeys.intern(key);
    if (number === this.#rowOfGrants.length) {
      const lists = merged.map(({ classes }) => classes);
      this.#sweep.over(this.classLists, lists, this.classEnd);
      const row = this.#rowOfSweep((open) => {
        const connections = sets.unionOf([toAll, ...open.map((i) => merged[i].connections)]);
        return this.outcomeOfUnion(tier, connections);
      });
      this.#rowOfGrants.push(row);
    }
    return this.#rowOfGrants[number];
  }

  /** The row of a `Union` tier in which `more` is allowed to every peer as well. */
  widened(tier: Tier, row: number, more: ConnectionSetId): number {
    const { outcomes } = this;
    if (more === outcomes.sets.none) return row;
    const number = this.#widenings.of(row, more);
    if (number === this.#widened.length) {
      const wider = this.mapped(row, (outcome) =>
        this.outcomeOfUnion(tier, outcomes.sets.union(outcomes.allowed(outcome), more)),
      );
      this.#widened.push(wider);
    }
    return this.#widened[number];
  }

  /** The row in which each outcome has become another. */
  mapped(row: number, map: (outcome: OutcomeId) => OutcomeId): number {
    const { rows } = this;
    this.#mapping++;
    if (this.outcomes.size > this.#mappedTo.length) {
      this.#mappedTo = new Int32Array(2 * this.outcomes.size);
      this.#mappedIn = new Int32Array(2 * this.outcomes.size);
    }
    const [mappedTo, mappedIn, mapping] = [this.#mappedTo, this.#mappedIn, this.#mapping];
    const [start, end] = [rows.start(row), rows.end(row)];
    this.#reserve(end - start);
    const { words } = rows;
    const scratch = this.#scratch;
    let length = 0;
    let last = -1;
    for (let i = start; i < end; i += 2) {
      const before = words[i + 1];
      if (mappedIn[before] !== mapping) {
        mappedIn[before] = mapping;
        mappedTo[before] = map(before);
      }
      const outcome = mappedTo[before];
      if (outcome === last) continue;
      last = outcome;
      scratch[length++] = words[i];
      scratch[length++] = outcome;
    }
    return rows.internWords(scratch, length);
  }

  /** The row of rules that are folded in their order; they must speak of classes or of everything. */
  ofPlaces(places: readonly PolicyPlace[], rules: readonly PlacedRule[]): number {
    const bound = rules.filter(({ classes }) => classes !== everywhere);
    const lists = bound.map(({ classes }) => classes);
    this.#sweep.over(this.classLists, lists, this.classEnd);
    return this.#rowOfSweep((open) => {
      const matching = new Set(open.map((i) => bound[i]));
      return this.ofMatching(
        places,
        rules.filter((rule) => rule.classes === everywhere || matching.has(rule)),
      );
    });
  }

  /** What the policies at these places say when exactly these rules match. */
  ofMatching(places: readonly PolicyPlace[], rules: readonly PlacedRule[]): OutcomeId {
    const matched = places.map((place) => ({ ...place, rules: [] as MatchedRule[] }));
    for (const rule of rules) matched[rule.place].rules.push(rule);
    return foldPolicies(matched, this.semantics, this.outcomes);
  }

  /** The row of which one of several holds, and nobody knows which: what all say stands, the rest is unknown. */
  either(rows: readonly number[]): number {
    return rows.reduce((a, b) => this.#eitherOf(a, b));
  }

  #eitherOf(a: number, b: number): number {
    const { rows, outcomes } = this;
    if (a === b) return a;
    const { words } = rows;
    let i = rows.start(a);
    let j = rows.start(b);
    const row: number[] = [];
    while (i < rows.end(a) || j < rows.end(b)) {
      const startA = i < rows.end(a) ? words[i] : Infinity;
      const startB = j < rows.end(b) ? words[j] : Infinity;
      if (startA <= startB) i += 2;
      if (startB <= startA) j += 2;
      const outcome = outcomes.either(words[i - 1], words[j - 1]);
      if (row.length === 0 || row[row.length - 1] !== outcome) row.push(Math.min(startA, startB), outcome);
    }
    return rows.intern(row);
  }

  /** Turns the sweep's stretches into a row; each state's outcome is worked out once. */
  #rowOfSweep(outcomeOf: (open: number[]) => OutcomeId): number {
    const { starts, states, length, stateCount } = this.#sweep;
    const outcomes = new Int32Array(stateCount).fill(-1);
    this.#reserve(2 * length);
    const scratch = this.#scratch;
    let filled = 0;
    let last = -1;
    for (let i = 0; i < length; i++) {
      const state = states[i];
      let outcome = outcomes[state];
      if (outcome < 0) outcomes[state] = outcome = outcomeOf(this.#sweep.openIn(state));
      if (outcome === last) continue;
      last = outcome;
      scratch[filled++] = starts[i];
      scratch[filled++] = outcome;
    }
    return this.rows.internWords(scratch, filled);
  }

  #reserve(length: number): void {
    if (length > this.#scratch.length) this.#scratch = new Uint32Array(Math.max(length, 2 * this.#scratch.length));
  }
}

/** One grant for each list of classes, by list. */
function mergedGrants(
  grants: readonly Grant[],
  union: (a: ConnectionSetId, b: ConnectionSetId) => ConnectionSetId,
): Grant[] {
  const merged: Grant[] = [];
  for (const grant of grants.toSorted((a, b) => a.classes - b.classes)) {
    const last = merged[merged.length - 1] as Grant | undefined;
    if (last?.classes !== grant.classes) merged.push(grant);
    else {
      merged[merged.length - 1] = {
        classes: grant.classes,
        connections: union(last.connections, grant.connections),
      };
    }
  }
  return merged;
}
