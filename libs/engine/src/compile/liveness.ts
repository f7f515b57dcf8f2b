import type { Family, Node, Pod, PolicySemantics } from '#model';
import { noNode, parseAddress, parseCidr, podColumnsOf, podFlags, podPhases } from '#model';
import type { CompiledParts, CompileInput } from './compile-input.js';

/** What a pod is to traffic (policy semantics 0). */
export type PodRole =
  /** Finished, or without an address: no party to any connection. */
  | 'NotLive'
  /** A subject and a peer of policies. */
  | 'Ordinary'
  /** Indistinguishable from its node. */
  | 'HostNetwork';

/**
 * The role of a pod. A pod made from a template is live although its address is unknown; a hostNetwork pod has the
 * addresses of its node. Under `hostNetworkAs=pod` a hostNetwork pod is an ordinary one.
 */
export function podRole(pod: Pod, node: Node | undefined, semantics: PolicySemantics): PodRole {
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return 'NotLive';
  const hasAddress = pod.origin === 'Template' || pod.addresses.length > 0 || (pod.hostNetwork && nodeHasAddress(node));
  if (!hasAddress) return 'NotLive';
  return pod.hostNetwork && semantics.hostNetworkAs === 'node' ? 'HostNetwork' : 'Ordinary';
}

/** What the numbers of `podRolesOf` stand for. */
export const podRoleWords: readonly PodRole[] = ['NotLive', 'Ordinary', 'HostNetwork'];

/** The roles of all pods, by their number, as indexes into `podRoleWords`. Cost: linear in the pods. */
export function podRolesOf({ model, semantics }: Pick<CompileInput, 'model' | 'semantics'>): Uint8Array {
  const { length, flags, node } = podColumnsOf(model);
  const nodesWithAddress = Uint8Array.from(model.nodes, (one) => (nodeHasAddress(one) ? 1 : 0));
  const [notLive, ordinary, onNodeNetwork] = podRoleWords.map((_, i) => i);
  const finished = [podPhases.indexOf('Succeeded'), podPhases.indexOf('Failed')];
  const roles = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const phase = flags[i] & podFlags.phase;
    const hostNetwork = (flags[i] & podFlags.hostNetwork) !== 0;
    const hasAddress =
      (flags[i] & (podFlags.template | podFlags.hasIPv4 | podFlags.hasIPv6)) !== 0 ||
      (hostNetwork && node[i] !== noNode && nodesWithAddress[node[i]] === 1);
    if (phase === finished[0] || phase === finished[1] || !hasAddress) roles[i] = notLive;
    else roles[i] = hostNetwork && semantics.hostNetworkAs === 'node' ? onNodeNetwork : ordinary;
  }
  return roles;
}

/**
 * The addresses under which a live pod talks, at most one per family: its node's for a hostNetwork pod (its own where
 * the node is not in the snapshot or has none). Empty for a template, whose address nobody knows.
 */
export function podAddresses(pod: Pod, node: Node | undefined): readonly string[] {
  if (pod.origin === 'Template') return [];
  return pod.hostNetwork && nodeHasAddress(node) ? firstPerFamily(node.addresses) : pod.addresses;
}

/** A node's address in each family: the first that its object lists. */
export function firstPerFamily(addresses: readonly string[]): readonly string[] {
  const isIPv6 = (text: string): boolean => text.includes(':');
  return addresses.filter((text, i) => addresses.findIndex((other) => isIPv6(other) === isIPv6(text)) === i);
}

/**
 * The families that an address nobody knows may have: those of the pods' addresses and of the nodes' pod CIDRs; IPv4
 * where neither tells.
 */
export function clusterFamilies(model: CompiledParts): readonly Family[] {
  const found = new Set<Family>();
  let seen = 0;
  for (const flags of podColumnsOf(model).flags) seen |= flags;
  if ((seen & podFlags.hasIPv4) !== 0) found.add('IPv4');
  if ((seen & podFlags.hasIPv6) !== 0) found.add('IPv6');
  for (const node of model.nodes) {
    for (const cidr of node.podCidrs) {
      const range = parseCidr(cidr);
      if (range !== null) found.add(range.first.family);
    }
  }
  const families = (['IPv4', 'IPv6'] as const).filter((family) => found.has(family));
  return families.length > 0 ? families : ['IPv4'];
}

function nodeHasAddress(node: Node | undefined): node is Node {
  return node !== undefined && node.addresses.some((text) => parseAddress(text) !== null);
}
