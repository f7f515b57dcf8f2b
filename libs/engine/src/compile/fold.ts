import type { Action, PolicySemantics, Tier } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';
import type { OutcomeId, Outcomes } from '../sets/outcomes.js';

/** What is left of a policy's rule once its peers are known to match: an action on a set of connections. */
export interface MatchedRule {
  readonly action: Action;
  readonly connections: ConnectionSetId;
  /** False where the rule may match or not: it depends on something that a snapshot does not show. */
  readonly certain: boolean;
}

/** The rules of one policy that match a pair of endpoints, in order. */
export interface MatchedPolicy {
  readonly tier: Tier;
  readonly order: number;
  /** Whether it isolates its subject, where its tier is one that isolates. */
  readonly isolates: boolean;
  readonly rules: readonly MatchedRule[];
}

/**
 * What one direction says of every connection, when the policies that apply to the subject are asked in evaluation
 * order (policy semantics 2.1, 3.2). What no tier decides is allowed.
 *
 * A rule that may match or not forks the evaluation, and so do policies of equal order that contradict each other where
 * their tier is ambiguous: a connection may then be at several places at once. What all branches agree on stands, the
 * rest is unknown; branches are taken for independent of each other. Cost: linear in the rules, each step a remembered
 * set operation.
 */
export function foldPolicies(
  policies: readonly MatchedPolicy[],
  semantics: PolicySemantics,
  outcomes: Outcomes,
): OutcomeId {
  const fold = new Fold(outcomes.sets);
  for (const { tier, members } of byTier(policies)) {
    if (tier.evaluation === 'Union') fold.union(tier, members, semantics);
    else fold.firstMatch(tier, members);
  }
  return fold.outcome(outcomes);
}

/** Sets of connections that may be where the name says, in some branch. */
class Fold {
  #open: ConnectionSetId;
  #allowed: ConnectionSetId;
  #denied: ConnectionSetId;
  /** Decided by a rule of a tier in which order counts. */
  #ruled: ConnectionSetId;
  /** Of which rules of equal order say different things. */
  #contradicted: ConnectionSetId;

  constructor(readonly sets: ConnectionSets) {
    this.#open = sets.all;
    this.#allowed = this.#denied = this.#ruled = this.#contradicted = sets.none;
  }

  union(tier: Tier, policies: readonly MatchedPolicy[], semantics: PolicySemantics): void {
    const { sets } = this;
    const allowed = (all: boolean): ConnectionSetId => {
      const joined = joinedBy(policies, 'Allow', all, sets);
      if (tier.knobs !== 'NetworkPolicy') return joined;
      // Upstream leaves protocols without ports undefined; the knob says what an isolated direction does with them.
      if (semantics.otherProtocols === 'unfiltered') return sets.union(joined, sets.portless);
      return semantics.otherProtocols === 'denied' ? sets.difference(joined, sets.portless) : joined;
    };
    const denied = sets.intersection(this.#open, joinedBy(policies, 'Deny', true, sets));
    const left = sets.difference(this.#open, joinedBy(policies, 'Deny', false, sets));
    const open = sets.intersection(left, allowed(true));
    const isIsolated = policies.some(({ isolates }) => isolates);
    this.#denied = sets.union(this.#denied, denied);
    this.#allowed = sets.union(this.#allowed, open);
    // Who is not isolated is allowed everything anyhow: that a rule decides is worth knowing.
    this.#ruled = sets.union(this.#ruled, isIsolated ? denied : sets.union(denied, open));
    this.#endTier(tier, isIsolated, sets.difference(left, allowed(false)), sets.none);
  }

  firstMatch(tier: Tier, policies: readonly MatchedPolicy[]): void {
    const { sets } = this;
    let passed = sets.none;
    for (let i = 0; i < policies.length;) {
      // Policies that nobody can put in order are asked one by one from the same place.
      const end = tier.ties === 'Ambiguous' ? endOfTie(policies, i) : i + 1;
      const group = { Allow: sets.none, Deny: sets.none, Pass: sets.none };
      let unmatched = this.#open;
      for (; i < end; i++) {
        const own = this.#ask(policies[i]);
        for (const action of deciding) {
          for (const other of deciding) {
            if (action !== other) this.#contradict(own[action], group[other]);
          }
        }
        for (const action of deciding) group[action] = sets.union(group[action], own[action]);
        unmatched = sets.intersection(unmatched, own.unmatched);
      }
      this.#allowed = sets.union(this.#allowed, group.Allow);
      this.#denied = sets.union(this.#denied, group.Deny);
      this.#ruled = sets.union(this.#ruled, sets.union(group.Allow, group.Deny));
      passed = sets.union(passed, group.Pass);
      this.#open = unmatched;
    }
    const isIsolated = policies.some(({ isolates }) => isolates);
    this.#endTier(tier, isIsolated, this.#open, passed);
  }

  outcome(outcomes: Outcomes): OutcomeId {
    const { sets } = this;
    const allowed = sets.union(this.#allowed, this.#open);
    const unknown = sets.intersection(allowed, this.#denied);
    const ruled = sets.union(sets.difference(this.#ruled, unknown), sets.intersection(this.#contradicted, unknown));
    return outcomes.intern(sets.difference(allowed, this.#denied), unknown, ruled);
  }

  /** What one policy does with the open connections. */
  #ask({ rules }: MatchedPolicy): Record<Deciding, ConnectionSetId> & { unmatched: ConnectionSetId } {
    const { sets } = this;
    const result = { Allow: sets.none, Deny: sets.none, Pass: sets.none, unmatched: this.#open };
    for (const { action, connections, certain } of rules) {
      if (action === 'Log') continue;
      result[action] = sets.union(result[action], sets.intersection(result.unmatched, connections));
      if (certain) result.unmatched = sets.difference(result.unmatched, connections);
    }
    return result;
  }

  #contradict(a: ConnectionSetId, b: ConnectionSetId): void {
    this.#contradicted = this.sets.union(this.#contradicted, this.sets.intersection(a, b));
  }

  #endTier(tier: Tier, isIsolated: boolean, unmatched: ConnectionSetId, passed: ConnectionSetId): void {
    if (tier.unmatched === 'Isolate' && isIsolated) {
      this.#denied = this.sets.union(this.#denied, unmatched);
      this.#open = passed;
    } else {
      this.#open = this.sets.union(unmatched, passed);
    }
  }
}

type Deciding = Exclude<Action, 'Log'>;
const deciding: readonly Deciding[] = ['Allow', 'Deny', 'Pass'];

/** The connections of all rules with an action, or of those that certainly match. */
function joinedBy(
  policies: readonly MatchedPolicy[],
  wanted: Deciding,
  all: boolean,
  sets: ConnectionSets,
): ConnectionSetId {
  let joined = sets.none;
  for (const { rules } of policies) {
    for (const { action, connections, certain } of rules) {
      if (action === wanted && (all || certain)) joined = sets.union(joined, connections);
    }
  }
  return joined;
}

function endOfTie(policies: readonly MatchedPolicy[], start: number): number {
  let end = start + 1;
  while (end < policies.length && policies[end].order === policies[start].order) end++;
  return end;
}

function* byTier(policies: readonly MatchedPolicy[]): Iterable<{ tier: Tier; members: readonly MatchedPolicy[] }> {
  for (let i = 0; i < policies.length;) {
    const start = i;
    const { tier } = policies[start];
    while (i < policies.length && policies[i].tier.name === tier.name) i++;
    yield { tier, members: policies.slice(start, i) };
  }
}
