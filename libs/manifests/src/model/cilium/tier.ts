import { networkPolicyTier, type Tier } from '#model';

/**
 * Cilium's policies and Kubernetes' NetworkPolicies where Cilium is in charge: one union, in which denials go first (policy
 * semantics 4). Nothing in it is left to the implementation, except that a pod may reach itself through a Service.
 */
export const ciliumTier: Tier = { ...networkPolicyTier, name: 'Cilium', knobs: 'Hairpin' };
