import { networkPolicyTier, type Policy, type PolicyRule, type RulePeer, type Selector } from '#model';
import { identitySelector } from './identity-selector.js';
import { everyPod, not, outside } from './plain-peers.js';
import { ciliumTier } from './tier.js';

type Pods = Extract<RulePeer, { kind: 'Pods' }>;

/**
 * Kubernetes' NetworkPolicies as Cilium reads them: an ipBlock never means nodes, and pods only under the knob; pods are
 * selected by the labels of their identities. Beside policies of Cilium they stand in its tier, where there are no knobs.
 */
export function kubernetesUnderCilium(policies: readonly Policy[], areCiliumsThere: boolean): readonly Policy[] {
  return policies.map((policy) => {
    if (policy.tier.name !== networkPolicyTier.name) return policy;
    const subject = { ...policy.subject, pods: identitySelector(policy.subject.pods) };
    const read = withPeers({ ...policy, subject }, (peer) => {
      if (peer.kind === 'Pods') return selected(peer);
      if (peer.kind !== 'Addresses') return [peer];
      return [outside, ...(areCiliumsThere ? [] : [everyPod])].map((where) => both(where, peer));
    });
    return areCiliumsThere ? { ...read, tier: ciliumTier } : read;
  });
}

/**
 * The agent asks nothing else of whom a namespaceSelector means, so that one which only excludes is met by nodes and the
 * world too, which are in no namespace; until it asks for the name of the cluster besides, as later releases do.
 */
function selected({ namespaces, pods }: Pods): RulePeer[] {
  const peer: Pods = { kind: 'Pods', namespaces, pods: identitySelector(pods) };
  const isExcluding =
    namespaces.kind === 'Selected' &&
    namespaces.selector.requirements.length > 0 &&
    [namespaces.selector, pods].every(onlyExcludes);
  if (!isExcluding) return [peer];
  const what = 'whether this release of Cilium means nodes and the world by a namespaceSelector that only excludes';
  return [peer, both(not(everyPod), { kind: 'Undecidable', what })];
}

function onlyExcludes({ requirements }: Selector): boolean {
  return requirements.every(({ operator }) => operator === 'NotIn' || operator === 'DoesNotExist');
}

function both(one: RulePeer, other: RulePeer): RulePeer {
  return { kind: 'All', of: [one, other] };
}

function withPeers(policy: Policy, read: (peer: RulePeer) => RulePeer[]): Policy {
  const rule = (one: PolicyRule): PolicyRule => (one.peers === null ? one : { ...one, peers: one.peers.flatMap(read) });
  return { ...policy, ingress: policy.ingress.map(rule), egress: policy.egress.map(rule) };
}
