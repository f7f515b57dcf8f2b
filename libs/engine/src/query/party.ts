import type { Address, Family, Pod, PolicySemantics } from '#model';
import { formatAddress, parseAddress } from '#model';
import { noAddress } from '../compile/address-blocks.js';
import { clusterFamilies, podAddresses, podRole, type PodRole } from '../compile/liveness.js';
import type { Cluster } from './cluster.js';

/** One concrete end of a flow. */
export interface Party {
  readonly kind: 'Pod' | 'Node' | 'Address';
  /** Peer text: `pod:shop/web-1`, `node:node-1`, `ip:10.1.2.3`. */
  readonly text: string;
  /** For pods: the pod and its number in the model; else null and -1. */
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

export function partyOfPod({ model, lookups }: Cluster, podNumber: number): Party {
  const pod = model.pods[podNumber];
  const nodeNumber = pod.node === null ? undefined : lookups.nodeNumber().get(pod.node);
  const node = nodeNumber === undefined ? undefined : model.nodes[nodeNumber];
  const addresses =
    pod.origin === 'Template'
      ? clusterFamilies(model).map((family): PartyAddress => ({ family, address: null }))
      : known(podAddresses(pod, node));
  return { kind: 'Pod', text: `pod:${pod.namespace}/${pod.name}`, pod, podNumber, node: pod.node, addresses };
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
export function roleOf({ model, lookups }: Cluster, party: Party, semantics: PolicySemantics): PodRole | 'Outside' {
  if (party.pod === null) return 'Outside';
  const nodeNumber = party.node === null ? undefined : lookups.nodeNumber().get(party.node);
  return podRole(party.pod, nodeNumber === undefined ? undefined : model.nodes[nodeNumber], semantics);
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

function known(texts: readonly string[]): PartyAddress[] {
  return texts.flatMap((text) => {
    const address = parseAddress(text);
    return address === null ? [] : [{ family: address.family, address }];
  });
}
