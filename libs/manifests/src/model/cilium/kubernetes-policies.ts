import { networkPolicyTier, type Policy, type PolicyRule, type RulePeer } from '#model';
import { everyPod, outside } from './plain-peers.js';
import { ciliumTier } from './tier.js';

/**
 * Kubernetes' NetworkPolicies as Cilium reads them: an ipBlock never means nodes, and pods only under the knob. Beside
 * policies of Cilium they stand in its tier, where there are no knobs. Applied twice it changes nothing.
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

/** NetworkPolicies as they are without Cilium. */
export function kubernetesWithoutCilium(policies: readonly Policy[]): readonly Policy[] {
  return policies.map((policy) => {
    if (policy.ref.group !== 'networking.k8s.io') return policy;
    const read = withPeers(policy, (peer) => {
      if (peer.kind !== 'All' || peer.of[1].kind !== 'Addresses') return [peer];
      return peer.of[0].kind === 'External' ? [peer.of[1]] : [];
    });
    return policy.tier.name === ciliumTier.name ? { ...read, tier: networkPolicyTier } : read;
  });
}

function both(where: RulePeer, peer: RulePeer): RulePeer {
  return { kind: 'All', of: [where, peer] };
}

function withPeers(policy: Policy, read: (peer: RulePeer) => RulePeer[]): Policy {
  const rule = (one: PolicyRule): PolicyRule => (one.peers === null ? one : { ...one, peers: one.peers.flatMap(read) });
  return { ...policy, ingress: policy.ingress.map(rule), egress: policy.egress.map(rule) };
}
