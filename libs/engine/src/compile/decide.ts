import type { Direction, PolicySemantics } from '#model';
import type { OutcomeId, Outcomes } from '../sets/outcomes.js';
import type { Runs } from '../sets/runs.js';
import { type AddressBlocks, firstAddressBlock, unknownBlock } from './address-blocks.js';
import { foldTiers, type MatchedTier } from './fold.js';
import type { LoweredPolicies, LoweredPolicy, LoweredRule } from './lower-policies.js';
import type { PodClasses } from './pod-classes.js';
import { noNamedPorts } from './rule-connections.js';
import { isolatedFlag, notUnderstoodFlag } from './reachability-index.js';

/** Profiles and rows as they grow; the arrays of the index are made from it at the end. */
export interface Decisions {
  /** By class. */
  readonly egressProfile: Uint32Array;
  readonly ingressProfile: Uint32Array;
  /** By profile. */
  readonly profiles: readonly Profile[];
  /** By row: start and outcome of each run over the classes, flat. */
  readonly rows: readonly (readonly number[])[];
}

export interface Profile {
  readonly flags: number;
  /** Start and row of each run over the address blocks, flat. */
  readonly blocks: readonly number[];
}

/** What `decide` reads; the parts are made by the stages before it. */
export interface DecideInput {
  readonly classes: PodClasses;
  readonly blocks: AddressBlocks;
  readonly policies: LoweredPolicies;
  readonly semantics: PolicySemantics;
  readonly outcomes: Outcomes;
  /** Blocks in which some pod has its address; ascending, without repetition. */
  readonly podBlocks: readonly number[];
  /** Whether some pod's address in the family is unknown. */
  readonly hasUnknownAddress: Readonly<Record<'IPv4' | 'IPv6', boolean>>;
  /** Classes to which something may apply that is not understood. */
  readonly notUnderstood: Runs;
}

/**
 * Gives every class a profile per direction. Classes to which the same policies apply share a profile. A profile says,
 * for each stretch of address blocks that its own ipBlocks do not tell apart, which row of outcomes over peer classes
 * holds; so classes and addresses are combined only where a profile's ipBlocks cut the range of the pods. Rows are
 * shared by equality.
 *
 * Cost: linear in classes × policies that select them, plus, for each profile, the runs of its rules × its rules, once
 * per distinct set of ipBlock rules that match some block.
 */
export function decide(input: DecideInput): Decisions {
  const table = new ProfileTable(input);
  return {
    egressProfile: profilesOf('Egress', input, table),
    ingressProfile: profilesOf('Ingress', input, table),
    profiles: table.profiles,
    rows: table.rows,
  };
}

/** Walks each class through the policies that apply to it; classes at the same place of the walk share a profile. */
function profilesOf(direction: Direction, input: DecideInput, table: ProfileTable): Uint32Array {
  const { classes, policies, notUnderstood } = input;
  const walk = new PolicyWalk();
  const place = new Uint32Array(classes.end);
  for (const { subject, content } of policies[direction]) {
    for (let i = 0; i < subject.length; i += 2) {
      for (let c = subject[i]; c < subject[i + 1]; c++) place[c] = walk.step(place[c], content);
    }
  }
  const profile = new Uint32Array(classes.end);
  const profileAtPlace = new Map<number, number>();
  const portNumbers = new Map<object, number>();
  for (let c = 1; c < classes.end; c++) {
    const contents = walk.contentsAt(place[c]);
    const dependsOnPorts = contents.some((content) => policies.dependsOnPorts[content]);
    const ports = dependsOnPorts ? classes.namedPortsOf[c] : noNamedPorts;
    if (!portNumbers.has(ports)) portNumbers.set(ports, portNumbers.size);
    const key = place[c] * 2 ** 20 + (portNumbers.get(ports) as number);
    let number = profileAtPlace.get(key);
    if (number === undefined) {
      number = table.profileOf(contents.map((content) => policies.policy(content, ports)));
      profileAtPlace.set(key, number);
    }
    profile[c] = number;
  }
  for (let i = 0; i < notUnderstood.length; i += 2) {
    for (let c = notUnderstood[i]; c < notUnderstood[i + 1]; c++) profile[c] = table.unknownProfile(profile[c]);
  }
  return profile;
}

/** A trie of policy contents: equal sequences of policies end at the same place. */
class PolicyWalk {
  readonly #next = new Map<number, number>();
  readonly #parent = [0];
  readonly #content = [-1];
  readonly #contents: (readonly number[] | undefined)[] = [[]];

  step(place: number, content: number): number {
    const key = place * 2 ** 24 + content;
    let next = this.#next.get(key);
    if (next === undefined) {
      next = this.#parent.push(place) - 1;
      this.#content.push(content);
      this.#contents.push(undefined);
      this.#next.set(key, next);
    }
    return next;
  }

  contentsAt(place: number): readonly number[] {
    return (this.#contents[place] ??= [...this.contentsAt(this.#parent[place]), this.#content[place]]);
  }
}

/** A rule of a profile, with the tier it stands in. */
interface PlacedRule extends LoweredRule {
  readonly tier: number;
}

class ProfileTable {
  readonly profiles: Profile[] = [];
  readonly rows: number[][] = [];
  readonly #rowNumbers = new Map<string, number>();
  readonly #profileNumbers = new Map<string, number>();
  readonly #podBlockCount: Uint32Array;

  constructor(readonly input: DecideInput) {
    this.#podBlockCount = new Uint32Array(input.blocks.end + 1);
    for (const block of input.podBlocks) this.#podBlockCount[block + 1] = 1;
    for (let i = 1; i <= input.blocks.end; i++) this.#podBlockCount[i] += this.#podBlockCount[i - 1];
    // Profile 0: no policy applies, as for everything outside.
    this.#addProfile(0, [0, this.#row([0, input.outcomes.allowAll])]);
  }

  profileOf(policies: readonly LoweredPolicy[]): number {
    if (policies.length === 0) return 0;
    const tiers = [...new Set(policies.map(({ tier }) => tier))];
    const rules = policies.flatMap((policy) =>
      policy.rules.map((rule): PlacedRule => ({ ...rule, tier: tiers.indexOf(policy.tier) })),
    );
    const isolated = tiers.some((tier) => tier.unmatched === 'Isolate');
    const row = new RowBuilder(rules, tiers, this.input);
    return this.#addProfile(isolated ? isolatedFlag : 0, this.#blockRuns(rules, row));
  }

  /** The same profile, with every outcome unknown. */
  unknownProfile(profile: number): number {
    const flags = this.profiles[profile].flags | notUnderstoodFlag;
    return this.#addProfile(flags, [0, this.#row([0, this.input.outcomes.unknownAll])]);
  }

  /** Which row holds for which stretch of blocks: cuts the blocks at the borders of the profile's own ipBlocks. */
  #blockRuns(rules: readonly PlacedRule[], row: RowBuilder): number[] {
    const anywhere = rules.filter(({ blocks }) => blocks === null);
    const somewhere = rules.filter(({ blocks }) => blocks !== null);
    const plain = this.#row(row.build(anywhere));
    if (somewhere.length === 0) return [0, plain];
    const runs: number[] = [0, plain];
    for (const { start, end, rules: here } of stretches(somewhere, this.input.blocks.end)) {
      const active = new Set(here);
      const matching = rules.filter((rule) => rule.blocks === null || active.has(rule));
      const build = (): number[] => (this.#hasPods(start, end) ? row.build(matching) : row.buildOutside(matching));
      push(runs, start, active.size === 0 ? plain : this.#row(build()));
    }
    return this.#withUnknownAddresses(runs);
  }

  #hasPods(start: number, end: number): boolean {
    const { blocks, hasUnknownAddress } = this.input;
    const [start6] = blocks.blocksOf('IPv6');
    const family = start < start6 ? 'IPv4' : 'IPv6';
    return hasUnknownAddress[family] || this.#podBlockCount[end] > this.#podBlockCount[start];
  }

  /** Adds the rows for addresses that nobody knows: what all blocks of the family agree on stands. */
  #withUnknownAddresses(runs: readonly number[]): number[] {
    const result = [0, runs[1]];
    for (const family of ['IPv4', 'IPv6'] as const) {
      if (!this.input.hasUnknownAddress[family]) continue;
      const [start, end] = this.input.blocks.blocksOf(family);
      const possible = new Set<number>();
      for (let i = 0; i < runs.length; i += 2) {
        const runEnd = i + 2 < runs.length ? runs[i + 2] : Infinity;
        if (runs[i] < end && runEnd > start) possible.add(runs[i + 1]);
      }
      push(
        result,
        unknownBlock[family],
        this.#row(
          eitherOf(
            [...possible].map((n) => this.rows[n]),
            this.input.outcomes,
          ),
        ),
      );
    }
    push(result, firstAddressBlock, runs[1]);
    for (let i = 2; i < runs.length; i += 2) push(result, runs[i], runs[i + 1]);
    return result;
  }

  #row(runs: number[]): number {
    return interned(runs.join(), this.#rowNumbers, () => this.rows.push(runs) - 1);
  }

  #addProfile(flags: number, blocks: number[]): number {
    const key = `${flags}:${blocks.join()}`;
    return interned(key, this.#profileNumbers, () => this.profiles.push({ flags, blocks }) - 1);
  }
}

/** Rows of one profile: start and outcome of each run over the peer classes, flat. */
class RowBuilder {
  readonly #outcomeOf = new Map<string, OutcomeId>();

  constructor(
    readonly rules: readonly PlacedRule[],
    readonly tiers: readonly LoweredPolicy['tier'][],
    readonly input: DecideInput,
  ) {}

  /** Over all classes, the outside class included. */
  build(rules: readonly PlacedRule[]): number[] {
    const everywhere = rules.filter(({ classes }) => classes === null);
    const row = [0, this.#outcome(everywhere)];
    const somewhere = rules.filter(({ classes }) => classes !== null);
    for (const { start, rules: here } of stretches(somewhere, this.input.classes.end, 'classes')) {
      const active = new Set(here);
      push(
        row,
        start,
        this.#outcome(
          active.size === 0 ? everywhere : rules.filter((rule) => rule.classes === null || active.has(rule)),
        ),
      );
    }
    return row;
  }

  /** For blocks in which no pod lives: the outcome of the outside class, for all. */
  buildOutside(rules: readonly PlacedRule[]): number[] {
    return [0, this.#outcome(rules.filter(({ classes }) => classes === null))];
  }

  #outcome(rules: readonly PlacedRule[]): OutcomeId {
    const key = rules.map((rule) => `${rule.tier} ${rule.action} ${rule.connections}`).join();
    return interned(key, this.#outcomeOf, () => {
      const matched: MatchedTier[] = this.tiers.map((tier, i) => ({
        tier,
        rules: rules.filter((rule) => rule.tier === i),
      }));
      const { outcomes, semantics } = this.input;
      return outcomes.intern(foldTiers(matched, semantics, outcomes.sets), outcomes.sets.none);
    });
  }
}

interface Stretch {
  readonly start: number;
  readonly end: number;
  /** The rules that match there. */
  readonly rules: readonly PlacedRule[];
}

/**
 * Cuts `0..end` at the borders of the rules' runs; yields each stretch with the rules that match it, in the rules'
 * order, from the first border on. Cost: n log n in the runs, plus stretches × rules.
 */
function* stretches(
  rules: readonly PlacedRule[],
  end: number,
  axis: 'blocks' | 'classes' = 'blocks',
): Iterable<Stretch> {
  const borders: { at: number; rule: number; opens: boolean }[] = [];
  rules.forEach((rule, i) => {
    const runs = rule[axis] ?? [];
    for (let k = 0; k < runs.length; k += 2) {
      borders.push({ at: runs[k], rule: i, opens: true }, { at: runs[k + 1], rule: i, opens: false });
    }
  });
  borders.sort((a, b) => a.at - b.at);
  const open = new Set<number>();
  for (let i = 0; i < borders.length;) {
    const start = borders[i].at;
    for (; i < borders.length && borders[i].at === start; i++) {
      if (borders[i].opens) open.add(borders[i].rule);
      else open.delete(borders[i].rule);
    }
    if (start >= end) return;
    const here = [...open].sort((a, b) => a - b).map((rule) => rules[rule]);
    yield { start, end: i < borders.length ? Math.min(borders[i].at, end) : end, rules: here };
  }
}

/** Adds a run unless it continues the last one; a run at the same start replaces it. */
function push(runs: number[], start: number, value: number): void {
  const last = runs.length - 2;
  if (runs[last] === start) runs.splice(last, 2);
  if (runs[runs.length - 1] !== value || runs.length === 0) runs.push(start, value);
}

/** One of several rows holds, and nobody knows which. */
function eitherOf(rows: readonly (readonly number[])[], outcomes: Outcomes): number[] {
  const starts = [...new Set(rows.flatMap((row) => row.filter((_, i) => i % 2 === 0)))].sort((a, b) => a - b);
  const result: number[] = [];
  for (const start of starts) {
    const here = rows.map((row) => outcomeAt(row, start));
    push(
      result,
      start,
      here.reduce((a, b) => outcomes.either(a, b)),
    );
  }
  return result;
}

function outcomeAt(row: readonly number[], classNumber: number): OutcomeId {
  let i = 0;
  while (i + 2 < row.length && row[i + 2] <= classNumber) i += 2;
  return row[i + 1];
}

function interned(key: string, numbers: Map<string, number>, make: () => number): number {
  let number = numbers.get(key);
  if (number === undefined) {
    number = make();
    numbers.set(key, number);
  }
  return number;
}
