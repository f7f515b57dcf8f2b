import {
  adminTier,
  baselineTier,
  type Direction,
  type ObjectRef,
  type PodSelection,
  type Policy,
  type PolicyRule,
  type PortProtocol,
  type RulePeer,
  type RulePort,
} from '#model';
import { selectorOf } from './policies.js';
import type { StoredPodPeer, StoredTieredPeer, StoredTieredPolicy, StoredTieredRule } from './stored-body.js';

/** The BaselineAdminNetworkPolicy goes after every ClusterNetworkPolicy of the Baseline tier (policy semantics 2.4). */
const afterEveryPriority = 1001;

/** A policy of policy.networking.k8s.io in the shape that all policy kinds share (policy semantics 2). */
export function tieredPolicyOf(ref: ObjectRef, { spec }: Pick<StoredTieredPolicy, 'spec'>): Policy {
  const isBaseline = ref.kind === 'BaselineAdminNetworkPolicy' || spec.tier === 'Baseline';
  const rules = { Ingress: spec.ingress, Egress: spec.egress };
  return {
    ref,
    tier: isBaseline ? baselineTier : adminTier,
    order: spec.priority ?? afterEveryPriority,
    subject: selectionOf(spec.subject),
    directions: (['Ingress', 'Egress'] as const).filter((direction: Direction) => rules[direction].length > 0),
    ingress: spec.ingress.map(ruleOf),
    egress: spec.egress.map(ruleOf),
  };
}

/** Field paths of peers that have no property which is known, and so fail closed. */
export function unknownPeersIn({ spec }: Pick<StoredTieredPolicy, 'spec'>): string[] {
  const unknown = (rules: readonly StoredTieredRule[], direction: string): string[] =>
    rules.flatMap(({ from, to }, i) =>
      (from ?? to ?? []).flatMap((peer, k) =>
        isUnknown(peer) ? [`spec.${direction}[${i}].${from === undefined ? 'to' : 'from'}[${k}]`] : [],
      ),
    );
  return [...unknown(spec.ingress, 'ingress'), ...unknown(spec.egress, 'egress')];
}

function ruleOf(rule: StoredTieredRule): PolicyRule {
  const peers = rule.from ?? rule.to ?? [];
  const action = rule.action === 'Accept' ? 'Allow' : rule.action;
  // What cannot be read must not open anything: an Allow then speaks of nobody, a Deny or Pass denies everybody.
  if (peers.some(isUnknown)) {
    return action === 'Allow' ? { action, peers: [], ports: null } : { action: 'Deny', peers: null, ports: null };
  }
  return { action, peers: peers.map(peerOf), ports: portsOf(rule) };
}

function isUnknown(peer: StoredTieredPeer): boolean {
  return Object.keys(peer).length === 0;
}

function peerOf(peer: StoredTieredPeer): RulePeer {
  if (peer.networks !== undefined) return { kind: 'Addresses', cidrs: peer.networks, except: [] };
  if (peer.nodes !== undefined) return { kind: 'Nodes', nodes: selectorOf(peer.nodes) };
  if (peer.domainNames !== undefined) {
    const what = `which addresses have the names ${peer.domainNames.join(', ')}`;
    return { kind: 'All', of: [{ kind: 'External' }, { kind: 'Undecidable', what }] };
  }
  return { kind: 'Pods', ...selectionOf(peer) };
}

function selectionOf({ namespaces, pods }: StoredPodPeer): PodSelection {
  const everything = { matchLabels: {}, matchExpressions: [] };
  return {
    namespaces: { kind: 'Selected', selector: selectorOf(namespaces ?? pods?.namespaceSelector ?? everything) },
    pods: selectorOf(pods?.podSelector ?? everything),
  };
}

function portsOf({ ports, protocols }: StoredTieredRule): RulePort[] | null {
  if (ports !== undefined) {
    return ports.map(({ portNumber, portRange, namedPort }): RulePort => {
      if (portNumber !== undefined) return range(portNumber.protocol, portNumber.port, portNumber.port);
      if (portRange !== undefined) return range(portRange.protocol, portRange.start, portRange.end);
      return { kind: 'Named', protocol: null, name: namedPort ?? '' };
    });
  }
  if (protocols === undefined) return null;
  return protocols.map(({ tcp, udp, sctp, destinationNamedPort }): RulePort => {
    const destination = (tcp ?? udp ?? sctp)?.destinationPort;
    if (destination === undefined) return { kind: 'Named', protocol: null, name: destinationNamedPort ?? '' };
    const protocol = tcp !== undefined ? 'TCP' : udp !== undefined ? 'UDP' : 'SCTP';
    const { start, end } = destination.range ?? { start: destination.number ?? 0, end: destination.number ?? 0 };
    return range(protocol, start, end);
  });
}

function range(protocol: PortProtocol, first: number, last: number): RulePort {
  return { kind: 'Range', protocol, first, last };
}
