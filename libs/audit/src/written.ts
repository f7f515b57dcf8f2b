import type { Direction, Policy, PolicyRule, RulePeer, RulePort } from '#model';

/** A rule with its place in the object. */
export interface WrittenRule {
  readonly policy: Policy;
  readonly direction: Direction;
  readonly number: number;
  readonly rule: PolicyRule;
  /** `spec.ingress[0]`. */
  readonly path: string;
}

/** The rules of the directions in which a policy applies; others are dead. */
export function writtenRules(policy: Policy): WrittenRule[] {
  return policy.directions.flatMap((direction) =>
    (direction === 'Ingress' ? policy.ingress : policy.egress).map((rule, number) => ({
      policy,
      direction,
      number,
      rule,
      path: rule.at === undefined ? `spec.${direction.toLowerCase()}[${number}]` : `${rule.at.list}[${rule.at.number}]`,
    })),
  );
}

/** Where in the object the subjects are selected. */
export function subjectPath({ ref }: Policy): string {
  if (ref.group === 'networking.k8s.io') return 'spec.podSelector';
  if (ref.group === 'cilium.io') return 'spec.endpointSelector';
  return ref.group === 'projectcalico.org' ? 'spec.selector' : 'spec.subject';
}

/** Where in the object a peer stands; peers of Calico's rules are sides of it, those of Cilium's in several lists. */
export function peerPath({ policy, direction, path }: WrittenRule, peer: RulePeer, number: number): string {
  if (policy.ref.group === 'projectcalico.org') return `${path}.${direction === 'Ingress' ? 'source' : 'destination'}`;
  if (policy.ref.group === 'cilium.io') return path;
  const element = `${path}.${direction === 'Ingress' ? 'from' : 'to'}[${number}]`;
  const isCore = policy.ref.group === 'networking.k8s.io';
  switch (peer.kind) {
    case 'Pods': {
      const hasPods = peer.pods.requirements.length > 0;
      if (!isCore) return hasPods ? `${element}.pods` : `${element}.namespaces`;
      return peer.namespaces.kind === 'Named' || hasPods ? `${element}.podSelector` : `${element}.namespaceSelector`;
    }
    case 'Addresses':
      return isCore ? `${element}.ipBlock` : `${element}.networks`;
    case 'Nodes':
      return `${element}.nodes`;
    default:
      return element;
  }
}

/** Where in the object an entry of the ports stands. */
export function portPath({ policy, path }: WrittenRule, port: RulePort, number: number): string {
  const { group, kind } = policy.ref;
  if (group === 'projectcalico.org') return `${path}.destination.ports`;
  if (group === 'cilium.io') return `${path}.toPorts`;
  return `${path}.${kind === 'ClusterNetworkPolicy' ? 'protocols' : 'ports'}[${number}]`;
}

/** `namespace/name`, or the name of what is in no namespace. */
export function nameOf({ ref }: Pick<Policy, 'ref'>): string {
  return ref.namespace === null ? ref.name : `${ref.namespace}/${ref.name}`;
}
