import type { Network, Node, Provenance } from '#model';
import { canonicalCidr, cidrHolds } from '../addresses.js';
import { calicoNetworkOf, nodeAddress } from '../same-segment.js';

/** Which L2 segment each node is taken to be on (dataplane 0.2), and on what that rests. */
export interface Segments {
  /** By node name; nodes without an address are left out. */
  readonly keys: ReadonlyMap<string, string>;
  readonly provenance: Provenance;
}

/** Groups nodes instead of comparing each with each. Cost: linear in the nodes. */
export function segmentsOf({ nodeSubnets, assumedNodePrefix }: Network, nodes: readonly Node[]): Segments {
  const keys = new Map<string, string>();
  let provenance: Provenance = 'observed';
  for (const node of nodes) {
    const address = nodeAddress(node, 'IPv4');
    if (address === null) continue;
    const subnet = nodeSubnets.find(
      ({ cidr, nodes: named }) => cidrHolds(cidr, address) && (named === null || named.includes(node.name)),
    );
    const annotated = calicoNetworkOf(node, 'IPv4');
    if (subnet !== undefined) keys.set(node.name, `given ${subnet.cidr} ${subnet.nodes?.join(' ') ?? ''}`);
    else if (annotated !== null && !annotated.endsWith('/32'))
      keys.set(node.name, canonicalCidr(annotated) ?? annotated);
    else {
      keys.set(node.name, canonicalCidr(`${address}/${assumedNodePrefix}`) ?? address);
      provenance = 'assumed';
    }
  }
  return { keys, provenance };
}

/** How many segments there are. */
export function segmentCount({ keys }: Segments): number {
  return new Set(keys.values()).size;
}

/** Nodes that are not on the segment where most are. */
export function minority({ keys }: Segments): ReadonlySet<string> {
  const sizes = new Map<string, number>();
  for (const key of keys.values()) sizes.set(key, (sizes.get(key) ?? 0) + 1);
  const [largest] = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? [''];
  return new Set([...keys].filter(([, key]) => key !== largest).map(([name]) => name));
}
