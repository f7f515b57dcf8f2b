import { cidrHolds, type Neighbourhood } from '#dataplane';
import type { Network, Node } from '#model';
import type { Way } from './plugin.js';

/** A way that needs nothing to be decided. */
export const plainWay: Way = {
  when: null,
  delivery: 'delivered',
  reason: null,
  tunnel: null,
  routed: null,
  assumptions: [],
};

/** Packets leave as they are, and something between the nodes must know where pods are. */
export function overFabric({ externalRouting }: Network, reason: string): Way {
  if (externalRouting === true) return plainWay;
  return { ...plainWay, delivery: 'conditional', reason, when: 'the fabric routes pod addresses' };
}

/** Ways that rest on settings which nobody saw: none of them is sure. */
export function unsure(ways: readonly Way[], reason: string): readonly Way[] {
  return ways.map((way) => ({
    ...way,
    delivery: way.delivery === 'delivered' ? 'conditional' : way.delivery,
    reason: way.reason ?? reason,
  }));
}

/** Packets that do not get to the other node. */
export function lost(reason: string): Way {
  return { ...plainWay, delivery: 'unreachable', reason };
}

/** What a decision about neighbours rests on, where it is only assumed. */
export function neighbourAssumptions(from: Node, to: Node, { value, provenance }: Neighbourhood): Way['assumptions'] {
  if (provenance === 'observed' || value === 'unknown') return [];
  const what = `${from.name} and ${to.name} are ${value === 'yes' ? '' : 'not '}on one L2 segment`;
  return [{ name: 'nodeSubnets', value: what, provenance }];
}

/** Both ways where nobody knows whether two nodes are neighbours. */
export function byNeighbourhood(
  from: Node,
  to: Node,
  neighbours: Neighbourhood,
  ways: { readonly near: Way; readonly far: Way },
): readonly Way[] {
  const assumptions = neighbourAssumptions(from, to, neighbours);
  const near: Way = { ...ways.near, routed: false, assumptions };
  const far: Way = { ...ways.far, routed: true, assumptions };
  switch (neighbours.value) {
    case 'yes':
      return [near];
    case 'no':
      return [far];
    case 'unknown':
      return [
        { ...near, when: `${from.name} and ${to.name} are on one L2 segment` },
        { ...far, when: `${from.name} and ${to.name} are on different segments` },
      ];
  }
}

/** The first address after the base of a CIDR: the bridge's. */
export function gatewayOf(cidr: string): string {
  const [base] = cidr.split('/');
  if (base.includes(':')) return base.endsWith('::') ? `${base}1` : base;
  const octets = base.split('.').map(Number);
  octets[3] += 1;
  return octets.join('.');
}

/** The pod CIDR of a node that an address is in, else its first of the family. */
export function podCidrOf(
  cidrs: readonly string[],
  family: 'IPv4' | 'IPv6',
  address: string | null = null,
): string | null {
  const own = cidrs.filter((cidr) => cidr.includes(':') === (family === 'IPv6'));
  return own.find((cidr) => address !== null && cidrHolds(cidr, address)) ?? own[0] ?? null;
}
