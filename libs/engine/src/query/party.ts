import type { Address, Family, Pod, PolicySemantics } from '#model';
import { formatAddress, noNode, podFlags } from '#model';
import { noAddress } from '../compile/address-blocks.js';
import { podRole, type PodRole } from '../compile/liveness.js';
import { outsideClass } from '../compile/pod-classes.js';
import type { Cluster } from './cluster.js';
import { wideAt } from './pods-by-address.js';

/** One concrete end of a flow. */
export interface Party {
  readonly kind: 'Pod' | 'Node' | 'Address';
  /** Peer text: `pod:shop/web-1`, `node:node-1`, `ip:10.1.2.3`. */
  readonly text: string;
  /** For pods: the pod and its number in the model; else null and -1. One that stands for pods nobody knows has -1 as well. */
  readonly pod: Pod | null;
  readonly podNumber: number;
  /** The node it is, or runs on; null where there is none or nobody knows. */
  readonly node: string | null;
  /** At most one per family; for a template those that it may have, with an unknown value. */
  readonly addresses: readonly PartyAddress[];
}

export interface PartyAddress {
  readonly family: Family;
  /** Null: nobody knows. */
  readonly address: Address | null;
}

export function partyOfPod(cluster: Cluster, podNumber: number): Party {
  const pod = cluster.model.pods.at(podNumber) as Pod;
  const text = `pod:${pod.namespace}/${pod.name}`;
  return { kind: 'Pod', text, pod, podNumber, node: pod.node, addresses: addressesOfPod(cluster, podNumber) };
}

/**
 * The addresses under which a pod talks, at most one per family: its node's for a hostNetwork pod, its own where the
 * node is not in the snapshot or has none; for a template those that it may have.
 */
function addressesOfPod({ lookups, model }: Cluster, pod: number): PartyAddress[] {
  const { flags, node, address4, address6 } = lookups.columns();
  if ((flags[pod] & podFlags.template) !== 0) return lookups.families().map((family) => ({ family, address: null }));
  if ((flags[pod] & podFlags.hostNetwork) !== 0 && node[pod] !== noNode && node[pod] < model.nodes.length) {
    const addresses = lookups.nodeAddresses(node[pod]);
    if (addresses.length > 0) return known(addresses);
  }
  const addresses: Address[] = [];
  if ((flags[pod] & podFlags.hasIPv4) !== 0) addresses.push({ family: 'IPv4', value: address4[pod] });
  if ((flags[pod] & podFlags.hasIPv6) !== 0) addresses.push({ family: 'IPv6', value: wideAt(address6, pod) });
  if ((flags[pod] & podFlags.IPv6First) !== 0) addresses.reverse();
  return known(addresses);
}

export function partyOfNode({ model, lookups }: Cluster, nodeNumber: number): Party {
  const { name } = model.nodes[nodeNumber];
  return {
    ...noPod,
    kind: 'Node',
    text: `node:${name}`,
    node: name,
    addresses: known(lookups.nodeAddresses(nodeNumber)),
  };
}

/** A node, spoken to at one of its addresses. */
export function partyOfNodeAddress(cluster: Cluster, nodeNumber: number, address: Address): Party {
  return { ...partyOfNode(cluster, nodeNumber), addresses: [{ family: address.family, address }] };
}

/** An address that is no pod and no node. */
export function partyOfAddress(address: Address): Party {
  return {
    ...noPod,
    kind: 'Address',
    text: `ip:${formatAddress(address)}`,
    node: null,
    addresses: [{ family: address.family, address }],
  };
}

/** What the party is to policies under the given knobs; nodes and addresses are no pods. */
export function roleOf(cluster: Cluster, party: Party, semantics: PolicySemantics): PodRole | 'Outside' {
  if (party.pod === null) return 'Outside';
  if (party.podNumber < 0) return 'Ordinary';
  if (semantics.hostNetworkAs === cluster.semantics.hostNetworkAs) {
    const podClass = cluster.index.arrays.podClass[party.podNumber];
    return podClass > outsideClass ? 'Ordinary' : podClass === outsideClass ? 'HostNetwork' : 'NotLive';
  }
  const nodeNumber = party.node === null ? undefined : cluster.lookups.nodeNumber().get(party.node);
  return podRole(party.pod, nodeNumber === undefined ? undefined : cluster.model.nodes[nodeNumber], semantics);
}

/** The party's address block in a family, as the index has it. */
export function blockOf({ index }: Cluster, party: Party, family: Family): number {
  if (party.pod !== null) return index.podBlock(party.podNumber, family);
  const found = party.addresses.find((candidate) => candidate.family === family);
  return found?.address == null ? noAddress : index.blocks.blockOf(found.address);
}

/** Families that both ends have, in the order IPv4, IPv6. */
export function commonFamilies(source: Party, destination: Party): readonly Family[] {
  const has = (party: Party, family: Family): boolean => party.addresses.some((address) => address.family === family);
  return (['IPv4', 'IPv6'] as const).filter((family) => has(source, family) && has(destination, family));
}

/** Whether two ends are on one node: a template may run anywhere. */
export function onSameNode(a: Party, b: Party): 'yes' | 'no' | 'maybe' {
  if (a.node !== null && b.node !== null) return a.node === b.node ? 'yes' : 'no';
  const mayBeAnywhere = (party: Party): boolean => party.pod?.origin === 'Template' && party.node === null;
  const isSomewhere = (party: Party): boolean => party.node !== null || mayBeAnywhere(party);
  return isSomewhere(a) && isSomewhere(b) ? 'maybe' : 'no';
}

const noPod = { pod: null, podNumber: -1 } as const;

function known(addresses: readonly Address[]): PartyAddress[] {
  return addresses.map((address) => ({ family: address.family, address }));
}
