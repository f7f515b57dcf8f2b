import { networkPolicyTier, type Policy, type PolicyRule, type RulePeer } from '#model';
import { everyPod, outside } from './plain-peers.js';
import { ciliumTier } from './tier.js';

/**
 * Kubernetes' NetworkPolicies as Cilium reads them: an ipBlock never means nodes, and pods only under the knob. Beside
 * policies of Cilium they stand in its tier, where there are no knobs.
 */
export function kubernetesUnderCilium(policies: readonly Policy[], areCiliumsThere: boolean): readonly Policy[] {
  return policies.map((policy) => {
    if (policy.tier.name !== networkPolicyTier.name) return policy;
    const read = withPeers(policy, (peer) =>
      peer.kind !== 'Addresses'
        ? [peer]
        : [outside, ...(areCiliumsThere ? [] : [everyPod])].map((where) => both(where, peer)),
    );
    return areCiliumsThere ? { ...read, tier: ciliumTier } : read;
  });
}

function both(where: RulePeer, peer: RulePeer): RulePeer {
  return { kind: 'All', of: [where, peer] };
}

function withPeers(policy: Policy, read: (peer: RulePeer) => RulePeer[]): Policy {
  const rule = (one: PolicyRule): PolicyRule => (one.peers === null ? one : { ...one, peers: one.peers.flatMap(read) });
  return { ...policy, ingress: policy.ingress.map(rule), egress: policy.egress.map(rule) };
}
