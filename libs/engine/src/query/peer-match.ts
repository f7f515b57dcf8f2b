import type { Address, AddressRange, Policy, PolicySemantics, RulePeer, Tier } from '#model';
import { peerStatements, rangeContains, selectorMatches } from '#model';
import { rangesOfCidrs } from '../compile/node-addresses.js';
import type { Cluster } from './cluster.js';
import { isNodeLike } from './pair.js';
import { onSameNode, type Party, type roleOf } from './party.js';

/** `maybe`: it depends on something that a snapshot does not show. */
export type Match = 'yes' | 'no' | 'maybe';

/** The other end of a connection, at one address that it has or may have. */
export interface PeerAtAddress {
  readonly cluster: Cluster;
  /** The pod whose policies are asked. */
  readonly subject: Party;
  readonly peer: Party;
  readonly role: ReturnType<typeof roleOf>;
  readonly address: Address | null;
  readonly semantics: PolicySemantics;
  /** The port the connection is opened from; undefined: nobody says. */
  readonly sourcePort: number | undefined;
}

/** Whether a rule of a tier speaks of an end. Cost: linear in the statements and their CIDRs. */
export function peersMatch(peers: readonly RulePeer[] | null, tier: Tier, end: PeerAtAddress): Match {
  return peers === null ? 'yes' : someOf(peers.map((peer) => peerMatches(peer, tier, end)));
}

/** Whether a pod that is ordinary under the knobs is a pod to a tier: to most, a hostNetwork pod never is. */
export function isPodTo(tier: Tier, { pod }: Pick<Party, 'pod'>): boolean {
  return pod !== null && !(tier.knobs !== 'NetworkPolicy' && pod.hostNetwork);
}

/** The ranges at whose borders these rules tell addresses apart. */
export function rangesInRules({ lookups }: Cluster, rules: Policy['ingress']): AddressRange[] {
  return rules.flatMap(({ peers }) =>
    [...peerStatements(peers)].flatMap((statement) => lookups.nodeAddressIndex().rangesOf(statement)),
  );
}

function peerMatches(peer: RulePeer, tier: Tier, end: PeerAtAddress): Match {
  switch (peer.kind) {
    case 'All':
      return negation(someOf(peer.of.map((part) => negation(peerMatches(part, tier, end)))));
    case 'Not':
      return negation(peerMatches(peer.of, tier, end));
    case 'Pods':
      return word(end.role === 'Ordinary' && isPodTo(tier, end.peer) && isSelected(peer, end));
    case 'Addresses': {
      // Node addresses, which hostNetwork pods have, are always matched; pod addresses only under the knob.
      const isHidden = end.role === 'Ordinary' && end.peer.pod?.hostNetwork === false;
      if (tier.knobs === 'NetworkPolicy' && isHidden && end.semantics.podIpInIpBlock === 'no') return 'no';
      return word(isInside(rangesOfCidrs(peer.cidrs), end) && !isInside(rangesOfCidrs(peer.except), end));
    }
    case 'Nodes':
      return word(isInside(end.cluster.lookups.nodeAddressIndex().matching(peer.nodes), end));
    case 'External': {
      const { peer: party, address } = end;
      const isTaken = isInside(end.cluster.lookups.nodeAddressIndex().taken(), end);
      return word(party.pod === null && address !== null && !isTaken);
    }
    case 'OwnNode':
      return isNodeLike(end.peer, end.role) ? onSameNode(end.subject, end.peer) : 'no';
    case 'Undecidable': {
      const { sourcePort: port } = end;
      if (peer.sourcePorts === undefined || port === undefined) return 'maybe';
      return word(peer.sourcePorts.some(({ first, last }) => first <= port && port <= last));
    }
  }
}

function isSelected({ namespaces, pods }: RulePeer & { kind: 'Pods' }, { cluster, peer }: PeerAtAddress): boolean {
  if (peer.pod === null || !selectorMatches(pods, peer.pod.labels)) return false;
  const { namespace } = peer.pod;
  return namespaces.kind === 'Named'
    ? namespaces.name === namespace
    : selectorMatches(namespaces.selector, cluster.lookups.labelsOfNamespace(namespace));
}

function isInside(ranges: readonly AddressRange[], { address }: PeerAtAddress): boolean {
  return address !== null && ranges.some((range) => rangeContains(range, address));
}

function someOf(matches: readonly Match[]): Match {
  return matches.includes('yes') ? 'yes' : matches.includes('maybe') ? 'maybe' : 'no';
}

function negation(match: Match): Match {
  return match === 'yes' ? 'no' : match === 'no' ? 'yes' : 'maybe';
}

function word(is: boolean): Match {
  return is ? 'yes' : 'no';
}
