import type { Cluster, Party } from '#engine';
import { resolvePeer, roleOf } from '#engine';
import { type Family, formatAddress, type Node, type Pod, QuestionError } from '#model';

/** One end of a flow, as a packet meets it. */
export type End = PodEnd | HostEnd | OutsideEnd;

export interface PodEnd {
  readonly kind: 'Pod';
  readonly party: Party;
  readonly pod: Pod;
  /** Null for a pod that no node runs yet. */
  readonly node: Node | null;
  /** Null where nobody knows it. */
  readonly address: string | null;
}

/** A node, or a pod in its node's network namespace. */
export interface HostEnd {
  readonly kind: 'Host';
  readonly party: Party;
  readonly node: Node;
  readonly address: string | null;
}

export interface OutsideEnd {
  readonly kind: 'Outside';
  readonly party: Party;
  readonly node: null;
  readonly address: string | null;
}

/** What a party of the engine is to packets, in one family. */
export function endOf(cluster: Cluster, party: Party, family: Family): End {
  const found = party.addresses.find((candidate) => candidate.family === family)?.address ?? null;
  const address = found === null ? null : formatAddress(found);
  const role = roleOf(cluster, party, { ...cluster.semantics, hostNetworkAs: 'node' });
  if (party.pod !== null && role !== 'HostNetwork') {
    return {
      kind: 'Pod',
      party,
      pod: party.pod,
      node: party.node === null ? null : nodeNamed(cluster, party.node),
      address,
    };
  }
  if (party.node !== null) return { kind: 'Host', party, node: nodeNamed(cluster, party.node), address };
  return { kind: 'Outside', party, node: null, address };
}

/** A node by name; one that pods name and the input does not have is a node of which nothing is known. */
export function nodeNamed({ model, lookups }: Cluster, name: string): Node {
  const number = lookups.nodeNumber().get(name);
  return number === undefined ? { ...unseenNode, name } : model.nodes[number];
}

const unseenNode: Omit<Node, 'name'> = {
  labels: {},
  annotations: {},
  addresses: [],
  podCidrs: [],
  kubeletVersion: null,
  operatingSystem: 'linux',
  providerId: null,
  ready: null,
  allocatablePods: null,
  conditions: [],
};

/** Pods are told apart by their numbers: the model may make a new record each time it is asked. */
export function isOnePod(client: PodEnd, server: End): boolean {
  return server.kind === 'Pod' && server.party.podNumber === client.party.podNumber;
}

/** Who an address belongs to, for policies; several owners count as nobody's. */
export function partyAt(cluster: Cluster, address: string): Party | null {
  return partyNamed(cluster, `ip:${address}`);
}

/** The one that a peer names, or the first of several; null for one that is not in the snapshot. */
export function partyNamed(cluster: Cluster, peer: string): Party | null {
  try {
    const resolved = resolvePeer(cluster, peer, 'from');
    return resolved.kind === 'Parties' ? (resolved.parties[0] ?? null) : null;
  } catch (error) {
    if (error instanceof QuestionError) return null;
    throw error;
  }
}
