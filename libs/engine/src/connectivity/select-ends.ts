import { type Address, parseAddress } from '#model';
import type { Cluster } from '../query/cluster.js';
import { resolvePeer } from '../query/resolve-peer.js';
import type { Ends } from './ends.js';
import type { Units } from './units.js';

/**
 * The ends to which a peer belongs, ascending: a row is kept where its end has some member among what the peer stands
 * for. A CIDR or address keeps the address block it lies in, whole. Null for no filter. Cost: that of `resolvePeer`.
 * @throws QuestionError PEER_NOT_FOUND, PEER_AMBIGUOUS
 */
export function selectEnds(
  cluster: Cluster,
  units: Units,
  ends: Ends,
  peer: string | null,
  field: 'from' | 'to',
): Uint32Array | null {
  if (peer === null) return null;
  const resolved = resolvePeer(cluster, peer, field);
  const blockOf = (address: Address): number => units.endpointOfBlock[cluster.index.blocks.blockOf(address)];
  const found = new Set<number>();
  if (resolved.kind === 'Service') {
    // A cluster IP stands for its Service there; here it is an address like others.
    const address = parseAddress(peer.replace(/^ip:/, ''));
    return address === null ? new Uint32Array(0) : Uint32Array.of(ends.nodeEnd + blockOf(address));
  }
  if (resolved.kind === 'Entries') return new Uint32Array(0);
  for (const party of resolved.parties) {
    if (party.pod !== null) found.add(ends.ofPod[party.podNumber]);
    else if (party.kind === 'Node') {
      found.add(ends.ofNode[cluster.lookups.nodeNumber().get(party.node as string) as number]);
    } else {
      for (const { address } of party.addresses) {
        if (address !== null) found.add(ends.nodeEnd + blockOf(address));
      }
    }
  }
  found.delete(-1);
  return Uint32Array.from(found).sort();
}
