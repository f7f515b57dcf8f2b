import type { Action, PolicySemantics, Tier } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';

/** What is left of a policy's rule once its peers are known to match: an action on a set of connections. */
export interface MatchedRule {
  readonly action: Action;
  readonly connections: ConnectionSetId;
}

/** The rules of one tier that match a pair of endpoints, in order; present only where the tier applies to the subject. */
export interface MatchedTier {
  readonly tier: Tier;
  readonly rules: readonly MatchedRule[];
}

/**
 * Which connections one direction allows, when the tiers that apply to the subject are asked in order (policy
 * semantics 2.1, 3.2). Each connection is decided by the first tier that decides it; what no tier decides is allowed.
 * Cost: linear in the rules, each step a remembered set operation.
 */
export function foldTiers(
  tiers: readonly MatchedTier[],
  semantics: PolicySemantics,
  sets: ConnectionSets,
): ConnectionSetId {
  let allowed = sets.none;
  let open = sets.all;
  for (const { tier, rules } of tiers) {
    const step = tier.evaluation === 'Union' ? foldUnion(rules, tier, semantics, sets) : foldFirstMatch(rules, sets);
    allowed = sets.union(allowed, sets.intersection(open, step.allowed));
    const decided = sets.union(step.allowed, step.denied);
    open = tier.unmatched === 'Isolate' ? sets.intersection(open, step.passed) : sets.difference(open, decided);
  }
  return sets.union(allowed, open);
}

interface TierStep {
  readonly allowed: ConnectionSetId;
  readonly denied: ConnectionSetId;
  /** Sent on to the next tier by a Pass, even where the tier isolates. */
  readonly passed: ConnectionSetId;
}

function foldUnion(
  rules: readonly MatchedRule[],
  tier: Tier,
  semantics: PolicySemantics,
  sets: ConnectionSets,
): TierStep {
  let allowed = rules.reduce((result, rule) => sets.union(result, rule.connections), sets.none);
  if (tier.exemptions === 'NetworkPolicy') {
    // Upstream leaves protocols without ports undefined; the knob says what an isolated direction does with them.
    if (semantics.otherProtocols === 'unfiltered') allowed = sets.union(allowed, sets.portless);
    if (semantics.otherProtocols === 'denied') allowed = sets.difference(allowed, sets.portless);
  }
  return { allowed, denied: sets.none, passed: sets.none };
}

function foldFirstMatch(rules: readonly MatchedRule[], sets: ConnectionSets): TierStep {
  const step = { Allow: sets.none, Deny: sets.none, Pass: sets.none };
  let open = sets.all;
  for (const { action, connections } of rules) {
    if (action === 'Log') continue;
    step[action] = sets.union(step[action], sets.intersection(open, connections));
    open = sets.difference(open, connections);
  }
  return { allowed: step.Allow, denied: step.Deny, passed: step.Pass };
}
