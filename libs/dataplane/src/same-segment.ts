import { type Network, type Node, parseCidr, type Provenance } from '#model';
import { cidrHolds, familyOf, ofFamily } from './addresses.js';

/** Whether one node reaches another without a router, as far as anything tells. */
export interface Neighbourhood {
  readonly value: 'yes' | 'no' | 'unknown';
  readonly provenance: Provenance;
}

/**
 * Whether two nodes share an L2 segment, seen from `a` (dataplane 0.2): what a user said, else Calico's annotation with
 * its mask, else an assumed prefix. `addresses` are those that they speak to each other at.
 */
export function sameSegment(
  { nodeSubnets, assumedNodePrefix }: Network,
  a: Node,
  b: Node,
  addresses: { readonly a: string | null; readonly b: string | null },
): Neighbourhood {
  if (addresses.a === null || addresses.b === null) return { value: 'unknown', provenance: 'assumed' };
  const segmentOf = (node: Node, address: string): number =>
    nodeSubnets.findIndex(
      ({ cidr, nodes }) => cidrHolds(cidr, address) && (nodes === null || nodes.includes(node.name)),
    );
  const [ofA, ofB] = [segmentOf(a, addresses.a), segmentOf(b, addresses.b)];
  if (ofA >= 0 && ofB >= 0) return { value: ofA === ofB ? 'yes' : 'no', provenance: 'configured' };
  const annotated = calicoNetworkOf(a, familyOf(addresses.a));
  if (annotated !== null && parseCidr(annotated) !== null && !/\/(32|128)$/.test(annotated)) {
    return { value: cidrHolds(annotated, addresses.b) ? 'yes' : 'no', provenance: 'observed' };
  }
  const prefix = addresses.a.includes(':') ? 64 : assumedNodePrefix;
  return { value: cidrHolds(`${addresses.a}/${prefix}`, addresses.b) ? 'yes' : 'no', provenance: 'assumed' };
}

/** A node's address with its mask as Calico found it; null without the annotation or without a mask. */
export function calicoNetworkOf({ annotations }: Node, family: 'IPv4' | 'IPv6'): string | null {
  const text = annotations[`projectcalico.org/${family}Address`];
  return text !== undefined && text.includes('/') ? text : null;
}

/** The address at which a node is spoken to: the first that its object lists in a family. */
export function nodeAddress({ addresses }: Node, family: 'IPv4' | 'IPv6'): string | null {
  return ofFamily(addresses, family);
}
