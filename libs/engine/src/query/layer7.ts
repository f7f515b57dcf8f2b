import type { PolicySemantics } from '#model';
import { foldPolicies, type MatchedPolicy } from '../compile/fold.js';
import type { ConnectionSetId } from '../sets/connection-sets.js';
import type { Outcomes } from '../sets/outcomes.js';
import type { Replay, ReplayedRule } from './replay.js';

/**
 * The kinds of rules of layer 7 that restrict connections further which one end allows, sorted. A connection is free of
 * them where it would be allowed without the rules that carry them too (policy semantics 4), but not where only nobody
 * isolates the pod: such rules restrict a pod that no policy isolates. Cost: two folds.
 */
export function layer7Kinds(
  { policies }: Replay,
  allowed: ConnectionSetId,
  semantics: PolicySemantics,
  outcomes: Outcomes,
): string[] {
  const { sets } = outcomes;
  // A tier that leaves these two ends alone restricts nothing.
  const asked = policies.filter(({ exempt }) => !exempt);
  const restricting = asked.flatMap(({ matching }) => matching.filter(isRestricting));
  if (restricting.length === 0) return [];
  const withoutThem = asked.map(({ policy: { tier, order }, isolates, matching }): MatchedPolicy => ({
    tier,
    order,
    isolates: isolates || (tier.unmatched === 'Isolate' && matching.some(isRestricting)),
    rules: matching.filter((rule) => !isRestricting(rule)),
  }));
  const free = outcomes.allowed(foldPolicies(withoutThem, semantics, outcomes));
  const restricted = sets.difference(allowed, free);
  const kinds = restricting
    .filter(({ connections }) => sets.intersection(connections, restricted) !== sets.none)
    .flatMap(({ layer7 }) => layer7);
  return [...new Set(kinds)].sort();
}

function isRestricting({ action, layer7 }: ReplayedRule): boolean {
  return action === 'Allow' && layer7.length > 0;
}
