import { adminTier, baselineTier, type Tier } from '#model';
import { builtInTiers } from '../../kinds/calico/tier.js';
import type { StoredTier } from '../stored-calico.js';

/** The order of a tier or policy that has none: after all that have one. */
export const lastOrder = Number.MAX_VALUE;

/** The order of a Kubernetes NetworkPolicy among the policies of the tier `default` (policy semantics 3.3). */
export const networkPolicyOrder = 1000;

/**
 * Calico's tiers by name, those that are always there included (policy semantics 3.2). What Calico puts into its first
 * and its last one are the policies of the Admin and Baseline tiers.
 */
export function calicoTiers(stored: readonly StoredTier[]): ReadonlyMap<string, Tier> {
  const { order, defaultAction } = builtInTiers.default;
  const own = stored.map(({ metadata: { name }, spec }) => tierOf(name, spec.order, spec.defaultAction));
  return new Map([
    ...[tierOf('default', order, defaultAction), ...own].map((tier): [string, Tier] => [tier.name, tier]),
    ['kube-admin', adminTier],
    ['adminnetworkpolicy', adminTier],
    ['kube-baseline', baselineTier],
    ['baselineadminnetworkpolicy', baselineTier],
  ]);
}

function tierOf(name: string, order: number | undefined, defaultAction: 'Deny' | 'Pass'): Tier {
  return {
    name,
    order: order ?? lastOrder,
    unmatched: defaultAction === 'Deny' ? 'Isolate' : 'Fallthrough',
    evaluation: 'FirstMatch',
    ties: 'ByName',
    // Kubernetes' policies are in the tier `default` and keep their knobs there.
    knobs: name === 'default' ? 'NetworkPolicy' : 'None',
  };
}
