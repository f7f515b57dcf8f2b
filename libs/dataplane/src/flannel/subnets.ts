import type { FlannelConfig } from '#model';
import { parseAddress, parseCidr } from '#model';
import { prefixLengthOf } from '../addresses.js';

/** Which subnets flanneld gives to nodes when it allocates them itself (etcd), or why it exits. */
export type SubnetPlan =
  | { readonly kind: 'Plan'; readonly subnetLen: number; readonly nodes: number }
  | { readonly kind: 'Invalid'; readonly why: string };

/** The arithmetic of flanneld's own allocation (dataplane B.4). Only for IPv4. */
export function planSubnets({ network, subnetLen, subnetMin, subnetMax }: FlannelConfig): SubnetPlan {
  if (network === null) return { kind: 'Invalid', why: 'Network is not set' };
  const prefix = prefixLengthOf(network);
  const length = subnetLen === 0 ? defaultLength(prefix) : subnetLen;
  if (length === null)
    return { kind: 'Invalid', why: `Network ${network} is too small: at most /28 leaves room for subnets` };
  if (length > 30) return { kind: 'Invalid', why: `SubnetLen is ${length}; at most 30 is accepted` };
  if (length < prefix + 2) {
    return { kind: 'Invalid', why: `SubnetLen is ${length}; Network ${network} needs at least ${prefix + 2}` };
  }
  const range = parseCidr(network);
  if (range?.first.family !== 'IPv4' || range.last.family !== 'IPv4')
    return { kind: 'Invalid', why: 'Network is not IPv4' };
  const size = 2 ** (32 - length);
  const first = subnetMin === null ? range.first.value + size : valueOf(subnetMin);
  const last = subnetMax === null ? range.last.value + 1 - size : valueOf(subnetMax);
  for (const [name, value] of [
    ['SubnetMin', first],
    ['SubnetMax', last],
  ] as const) {
    if (value === null || value < range.first.value || value > range.last.value) {
      return { kind: 'Invalid', why: `${name} is not inside Network ${network}` };
    }
    if (value % size !== 0) return { kind: 'Invalid', why: `${name} is not the start of a /${length}` };
  }
  return { kind: 'Plan', subnetLen: length, nodes: Math.max(0, ((last as number) - (first as number)) / size + 1) };
}

/** Pods on a node with host-local IPAM: all addresses but network, gateway and broadcast. */
export function podsPerNode(subnetLen: number): number {
  return Math.max(0, 2 ** (32 - subnetLen) - 3);
}

/** Nodes whose pod CIDRs the controller manager can cut out of a network; the first subnet is used as well. */
export function nodesOfKubeMode(network: string, mask: number): number {
  return 2 ** Math.max(0, mask - prefixLengthOf(network));
}

function defaultLength(prefix: number): number | null {
  if (prefix > 28) return null;
  return prefix <= 22 ? 24 : prefix + 2;
}

function valueOf(text: string): number | null {
  const address = parseAddress(text);
  return address?.family === 'IPv4' ? address.value : null;
}
