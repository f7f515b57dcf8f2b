import {
  canonicalText,
  compareText,
  networkPolicyTier,
  type ObjectRef,
  type Policy,
  type PolicyRule,
  type RulePeer,
  type RulePort,
  type Selector,
  type SelectorRequirement,
} from '#model';
import type { StoredNetworkPolicy, StoredPeer, StoredRule, StoredSelector } from './stored-body.js';

/** A NetworkPolicy in the shape that all policy kinds share (policy semantics 1.1). */
export function policyOf(ref: ObjectRef, { spec }: StoredNetworkPolicy): Policy {
  const namespace = ref.namespace as string;
  const rule = ({ ports, from, to }: StoredRule): PolicyRule => {
    const peers = from ?? to ?? [];
    return {
      action: 'Allow',
      peers: peers.length === 0 ? null : peers.map((peer) => peerOf(peer, namespace)),
      ports: ports.length === 0 ? null : ports.map(portOf),
    };
  };
  return {
    ref,
    tier: networkPolicyTier,
    order: 0,
    subject: { namespaces: { kind: 'Named', name: namespace }, pods: selectorOf(spec.podSelector) },
    directions: (['Ingress', 'Egress'] as const).filter((direction) => spec.policyTypes.includes(direction)),
    ingress: spec.ingress.map(rule),
    egress: spec.egress.map(rule),
  };
}

/** A selector as requirements in canonical order; a matchLabel is an `In` with one value. */
export function selectorOf({ matchLabels, matchExpressions }: StoredSelector): Selector {
  const requirements = [
    ...Object.entries(matchLabels).map(([key, value]): SelectorRequirement => ({
      key,
      operator: 'In',
      values: [value],
    })),
    ...matchExpressions.map(({ key, operator, values }): SelectorRequirement => ({
      key,
      operator,
      values: [...new Set(values)].sort(compareText),
    })),
  ];
  const texts = new Map(requirements.map((requirement) => [canonicalText(requirement), requirement]));
  return { requirements: [...texts].sort(([a], [b]) => compareText(a, b)).map(([, requirement]) => requirement) };
}

function peerOf({ podSelector, namespaceSelector, ipBlock }: StoredPeer, namespace: string): RulePeer {
  if (ipBlock !== undefined) return { kind: 'Addresses', cidrs: [ipBlock.cidr], except: ipBlock.except };
  return {
    kind: 'Pods',
    namespaces:
      namespaceSelector === undefined
        ? { kind: 'Named', name: namespace }
        : { kind: 'Selected', selector: selectorOf(namespaceSelector) },
    pods: podSelector === undefined ? { requirements: [] } : selectorOf(podSelector),
  };
}

function portOf({ protocol, port, endPort }: StoredRule['ports'][number]): RulePort {
  if (typeof port === 'string') return { kind: 'Named', protocol, name: port };
  return { kind: 'Range', protocol, first: port ?? 1, last: endPort ?? port ?? 65535 };
}
