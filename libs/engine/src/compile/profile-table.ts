import type { Tier } from '#model';
import type { ConnectionSetId } from '../sets/connection-sets.js';
import { Sequences } from '../sets/sequences.js';
import { Sweep } from '../sets/sweep.js';
import { firstAddressBlock, unknownBlock } from './address-blocks.js';
import type { DecideInput } from './decide.js';
import type { LoweredRule, PolicyPlace } from './lower-policies.js';
import { outsideClass } from './pod-classes.js';
import { appliesFlag, isolatedFlag, notUnderstoodFlag } from './reachability-index.js';
import { type Grant, type PlacedRule, RowTable } from './row-table.js';
import { everywhere } from './rule-areas.js';

/** How many numbers the block runs of all profiles may have together. */
const profileNumbersMax = 2 ** 26;

/** What one policy says to a subject. */
export interface AppliedPolicy {
  readonly place: PolicyPlace;
  readonly rules: readonly LoweredRule[];
}

/**
 * The profiles of an index: which row holds for which stretch of address blocks. The blocks are cut at the borders of a
 * profile's own ipBlocks only. Profiles are shared by equality.
 */
export class ProfileTable {
  /** By profile: its flags, then start and row of each run over the address blocks. */
  readonly profiles = new Sequences(profileNumbersMax, 'numbers in runs of address blocks');
  readonly rowTable: RowTable;
  readonly #sweep = new Sweep();
  readonly #podBlockCount: Uint32Array;

  constructor(readonly input: DecideInput) {
    const { outcomes, semantics, lowering, classes, blocks } = input;
    this.rowTable = new RowTable(outcomes, semantics, lowering.areas.classLists, classes.end);
    this.#podBlockCount = new Uint32Array(blocks.end + 1);
    for (const block of input.podBlocks) this.#podBlockCount[block + 1] = 1;
    for (let i = 1; i <= blocks.end; i++) this.#podBlockCount[i] += this.#podBlockCount[i - 1];
    // Profile 0: no policy applies, as for everything outside.
    this.profiles.intern([0, 0, this.rowTable.constant(outcomes.allowAll)]);
  }

  /** The profile of subjects to which exactly these policies apply, given in evaluation order. */
  profileOf(policies: readonly AppliedPolicy[]): number {
    if (policies.length === 0) return 0;
    const isIsolated = policies.some(({ place }) => place.isolates);
    const flags = appliesFlag | (isIsolated ? isolatedFlag : 0);
    const { tier } = policies[0].place;
    const isUnion = tier.evaluation === 'Union' && policies.every(({ place }) => place.tier.name === tier.name);
    const isPlain = isUnion && isIsolated && policies.every(({ rules }) => rules.every(isPlainGrant));
    const runs = isPlain ? this.#runsOfUnion(tier, policies) : this.#runsInOrder(policies);
    return this.profiles.intern([flags, ...runs]);
  }

  /** The same profile, with every outcome unknown. */
  unknownProfile(profile: number): number {
    const flags = this.profiles.words[this.profiles.start(profile)] | notUnderstoodFlag;
    return this.profiles.intern([flags, 0, this.rowTable.constant(this.input.outcomes.unknownAll)]);
  }

  #runsOfUnion(tier: Tier, policies: readonly AppliedPolicy[]): number[] {
    const { sets } = this.input.outcomes;
    const grants: Grant[] = [];
    const toAll: ConnectionSetId[] = [];
    const byBlocks: LoweredRule[] = [];
    for (const { rules } of policies) {
      for (const rule of rules) {
        if (rule.blocks !== everywhere) byBlocks.push(rule);
        else if (rule.classes === everywhere) toAll.push(rule.connections);
        else grants.push(rule);
      }
    }
    const anywhere = sets.unionOf(toAll);
    const plain = this.rowTable.ofUnion(tier, anywhere, grants);
    const runs = [0, plain];
    if (byBlocks.length === 0) return runs;
    const stretches = this.#stretches(byBlocks).map(({ start, end, open }) => ({
      start,
      end,
      more: sets.unionOf(open.map((i) => byBlocks[i].connections)),
    }));
    for (const { start, end, more } of stretches) {
      if (more === sets.none) push(runs, start, plain);
      else if (this.#hasPods(start, end)) push(runs, start, this.rowTable.widened(tier, plain, more));
      else push(runs, start, this.#outside(tier, sets.union(anywhere, more)));
    }
    return this.#withUnknownAddresses(runs, (start, end) => {
      const here = stretches.filter((stretch) => stretch.start < end && stretch.end > start).map(({ more }) => more);
      const certain = here.reduce((a, b) => sets.intersection(a, b));
      return this.#doubtful(tier, plain, certain, sets.unionOf(here));
    });
  }

  /** For blocks in which no pod lives: the outcome of the outside class, for all. */
  #outside(tier: Tier, connections: ConnectionSetId): number {
    return this.rowTable.constant(this.rowTable.outcomeOfUnion(tier, connections));
  }

  /** The row of an address to which ipBlocks certainly allow `certain` and perhaps `possible`. */
  #doubtful(tier: Tier, plain: number, certain: ConnectionSetId, possible: ConnectionSetId): number {
    const { outcomes } = this.input;
    const { sets } = outcomes;
    const allowedWith = (outcome: number, more: ConnectionSetId): ConnectionSetId =>
      outcomes.allowed(this.rowTable.outcomeOfUnion(tier, sets.union(outcomes.allowed(outcome), more)));
    return this.rowTable.mapped(plain, (outcome) => {
      const allowed = allowedWith(outcome, certain);
      return outcomes.intern(allowed, sets.difference(allowedWith(outcome, possible), allowed));
    });
  }

  #runsInOrder(policies: readonly AppliedPolicy[]): number[] {
    const { places, rules } = placed(policies);
    const byBlocks = rules.filter(({ blocks }) => blocks !== everywhere);
    const plain = this.rowTable.ofPlaces(
      places,
      rules.filter(({ blocks }) => blocks === everywhere),
    );
    const runs = [0, plain];
    if (byBlocks.length === 0) return runs;
    // Few sets of rules meet in the many stretches of rules that list many addresses; equal ones are one list.
    const rows = new Map<readonly number[], { here: readonly PlacedRule[]; byPods?: number; outside?: number }>();
    const stretches = this.#stretches(byBlocks).map((stretch) => {
      const { start, end, open } = stretch;
      if (open.length === 0) return { ...stretch, row: plain };
      let known = rows.get(open);
      if (known === undefined) {
        const active = new Set<PlacedRule>(open.map((i) => byBlocks[i]));
        known = { here: rules.filter((rule) => rule.blocks === everywhere || active.has(rule)) };
        rows.set(open, known);
      }
      const row = this.#hasPods(start, end)
        ? (known.byPods ??= this.rowTable.ofPlaces(places, known.here))
        : (known.outside ??= this.rowTable.constant(
            this.rowTable.ofMatching(
              places,
              known.here.filter(({ classes }) => this.#holdsOutside(classes)),
            ),
          ));
      return { ...stretch, row };
    });
    for (const { start, row } of stretches) push(runs, start, row);
    return this.#withUnknownAddresses(runs, (start, end) => {
      const here = stretches.filter((stretch) => stretch.start < end && stretch.end > start);
      // An address that nobody knows is that of a pod, which outsiders are not meant by, and insiders always.
      const isByAddress = byBlocks.every(({ atUnknown }) => atUnknown === 'ByAddress');
      const within = new Set(
        here.map(({ open, row }) => {
          if (isByAddress) return row;
          const active = new Set<PlacedRule>(open.map((i) => byBlocks[i]));
          const meant = rules.filter(
            (rule) => rule.atUnknown === 'Always' || (rule.atUnknown === 'ByAddress' && active.has(rule)),
          );
          return this.rowTable.ofPlaces(places, meant);
        }),
      );
      return this.rowTable.either([...within]);
    });
  }

  #holdsOutside(classes: number): boolean {
    const { classLists } = this.input.lowering.areas;
    return classes === everywhere || classLists.words[classLists.start(classes)] === outsideClass;
  }

  /** The stretches of address blocks that rules tell apart, from the first address on. */
  #stretches(rules: readonly LoweredRule[]): { start: number; end: number; open: number[] }[] {
    const { lowering, blocks } = this.input;
    const sweep = this.#sweep;
    sweep.over(
      lowering.areas.blockLists,
      rules.map((rule) => rule.blocks),
      blocks.end,
    );
    const opens = Array.from({ length: sweep.stateCount }, (_, state) => sweep.openIn(state));
    return Array.from({ length: sweep.length }, (_, i) => ({
      start: Math.max(sweep.starts[i], firstAddressBlock),
      end: i + 1 < sweep.length ? sweep.starts[i + 1] : blocks.end,
      open: opens[sweep.states[i]],
    })).filter(({ start, end }) => start < end);
  }

  #hasPods(start: number, end: number): boolean {
    const { blocks, hasUnknownAddress } = this.input;
    const [start6] = blocks.blocksOf('IPv6');
    const mayHave = (start < start6 && hasUnknownAddress.IPv4) || (end > start6 && hasUnknownAddress.IPv6);
    return mayHave || this.#podBlockCount[end] > this.#podBlockCount[start];
  }

  /** Adds the rows for addresses that nobody knows, where some pod has such a one: `rowFor` knows the row of a family. */
  #withUnknownAddresses(runs: readonly number[], rowFor: (start: number, end: number) => number): number[] {
    const result = [0, runs[1]];
    for (const family of ['IPv4', 'IPv6'] as const) {
      if (!this.input.hasUnknownAddress[family]) continue;
      const [start, end] = this.input.blocks.blocksOf(family);
      push(result, unknownBlock[family], rowFor(start, end));
    }
    push(result, firstAddressBlock, runs[1]);
    for (let i = 2; i < runs.length; i += 2) push(result, runs[i], runs[i + 1]);
    return result;
  }
}

/**
 * Few rules are bound to addresses and to classes at once: named ports of an ipBlock's rule, and statements joined; and few
 * of a union deny.
 */
function isPlainGrant({ action, blocks, classes, certain, atUnknown }: LoweredRule): boolean {
  if (action !== 'Allow' || !certain) return false;
  return blocks === everywhere || (classes === everywhere && atUnknown === 'ByAddress');
}

/** The rules of policies in their order; policies whose rules are a union share a place. */
function placed(policies: readonly AppliedPolicy[]): { places: PolicyPlace[]; rules: PlacedRule[] } {
  const places: PolicyPlace[] = [];
  const rules: PlacedRule[] = [];
  for (const policy of policies) {
    const { tier } = policy.place;
    const last = places.length - 1;
    if (tier.evaluation !== 'Union' || places[last]?.tier.name !== tier.name) places.push(policy.place);
    else if (policy.place.isolates) places[last] = policy.place;
    for (const rule of policy.rules) rules.push({ ...rule, place: places.length - 1 });
  }
  return { places, rules };
}

/** Adds a run unless it continues the last one; a run at the same start replaces it. */
function push(runs: number[], start: number, value: number): void {
  const last = runs.length - 2;
  if (runs[last] === start) runs.length = last;
  if (runs.length === 0 || runs[runs.length - 1] !== value) runs.push(start, value);
}
