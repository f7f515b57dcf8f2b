import { calicoNetworkOf, calicoTunnelMtu, cidrHolds, familyOf, nodeAddress, sameSegment } from '#dataplane';
import type { CalicoNetwork, CalicoPool, Network, Node, Pod } from '#model';
import { caliLink } from './cali-link.js';
import { leavesBy } from './leaves-by.js';
import type { ChosenSource, Plugin, PodLink, Target, Tunnel, Way } from './plugin.js';
import { lost, plainWay, unsure } from './ways.js';

/** Routed links, and between nodes whatever the destination's pool says (dataplane E). */
export function calicoPlugin(network: Network, podMtu: number | null): Plugin {
  return new CalicoPlugin(network, network.calico as CalicoNetwork, podMtu);
}

type Ends = { readonly a: string | null; readonly b: string | null };

class CalicoPlugin implements Plugin {
  readonly name = 'calico';

  constructor(
    readonly network: Network,
    readonly calico: CalicoNetwork,
    readonly podMtu: number | null,
  ) {}

  link(pod: Pod): PodLink {
    return {
      podDevice: 'eth0',
      ...caliLink(this.calico.interfacePrefix, pod),
      bridge: null,
      mtu: this.podMtu,
    };
  }

  ways(from: Node, to: Node, destination: string | null): readonly Way[] {
    const family = destination === null ? 'IPv4' : familyOf(destination);
    const ends: Ends = { a: calicoAddress(from, family), b: calicoAddress(to, family) };
    if (this.#hasWireguard(from, to, family)) return [{ ...plainWay, tunnel: this.#wireguard(family, ends) }];
    const pool = this.#poolOf(destination);
    if (pool === null) return [this.#outsidePools(destination)];
    const decided = this.#byPool(pool, from, to, family, ends);
    if (this.calico.poolsProvenance !== 'assumed') return decided;
    const reason = 'POOLS_NOT_SEEN: no IPPool is in the snapshot; the one that calico-node makes by itself is assumed';
    return unsure(decided, reason);
  }

  sourceOfNode(node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource {
    const own = { address: calicoAddress(node, family), by: 'address of the node' };
    if (way?.tunnel == null) return own;
    const name = tunnelAnnotations[way.tunnel.encap.type];
    if (name === undefined) return own;
    const written = node.annotations[`projectcalico.org/${family}${name}`];
    if (written === undefined && way.tunnel.encap.type === 'WireGuard') return own;
    return { address: written ?? null, by: `address of ${way.tunnel.device}` };
  }

  sourceOfPod(node: Node, source: string | null, { address, isNode }: Target): ChosenSource | null {
    if (source === null || address === null) return null;
    const { pools, excludesHostsFromNat, natOutgoingAddress, natOutgoingInterface } = this.calico;
    const from = pools.find(({ cidr }) => cidrHolds(cidr, source));
    if (from?.natOutgoing !== true) return null;
    // Disabled pools count: their addresses are still pods'.
    if (pools.some(({ cidr }) => cidrHolds(cidr, address)) || (isNode && excludesHostsFromNat)) return null;
    const family = familyOf(address);
    const isFixed = natOutgoingAddress !== null && familyOf(natOutgoingAddress) === family;
    const chosen = isFixed ? natOutgoingAddress : calicoAddress(node, family);
    const by = `cali-nat-outgoing: natOutgoing of pool ${from.ref.name}`;
    const isFilterMet = natOutgoingInterface === null ? true : leavesBy(this.network, [natOutgoingInterface]);
    if (isFilterMet === false) return null;
    if (isFilterMet) return { address: chosen, by };
    const doubt = `NAT_INTERFACE_UNKNOWN: Calico translates only what leaves by ${natOutgoingInterface}, and no object shows by which interface this does`;
    return { address: null, by, doubt };
  }

  refusesOwnNode(): string | null {
    return this.calico.endpointToHostAction.value === 'Drop'
      ? 'ENDPOINT_TO_HOST_DROP: DefaultEndpointToHostAction is Drop'
      : null;
  }

  hairpin(node: Node, _pod: Pod, _annotated: boolean, vip: string): ChosenSource {
    return { address: calicoAddress(node, familyOf(vip)), by: 'the proxy masquerades a pod that reaches itself' };
  }

  /** The pool that decides: the one of the destination's address; of an address nobody knows, the first. */
  #poolOf(destination: string | null): CalicoPool | null {
    const { pools } = this.calico;
    if (destination === null) return pools.find(({ disabled }) => !disabled) ?? pools[0] ?? null;
    return pools.find(({ cidr }) => cidrHolds(cidr, destination)) ?? null;
  }

  #outsidePools(destination: string | null): Way {
    if (this.network.externalRouting === true) return plainWay;
    const reason = `OUTSIDE_POOLS: ${destination ?? 'the address'} is in no IPPool, so that Calico spreads no route to it`;
    const isExpected = this.calico.ipam === 'host-local';
    return { ...plainWay, delivery: isExpected ? 'conditional' : 'unreachable', reason };
  }

  #byPool(pool: CalicoPool, from: Node, to: Node, family: 'IPv4' | 'IPv6', ends: Ends): readonly Way[] {
    const mode = pool.ipipMode !== 'Never' ? pool.ipipMode : pool.vxlanMode;
    const kind = pool.ipipMode !== 'Never' ? 'IPIP' : 'VXLAN';
    if (mode === 'Never') return this.#unwrapped(from, to, ends);
    const { backend } = this.calico;
    if (kind === 'IPIP' && backend.value === 'vxlan') {
      const reason = `MODE_NOT_PROGRAMMED: the backend is vxlan, and nothing programs IPIP for pool ${pool.ref.name}`;
      return [{ ...plainWay, delivery: 'conditional', reason }];
    }
    if (kind === 'IPIP' && this.#hasNoRoutes()) return [lost(noRoutes)];
    const tunnelled: Way = { ...plainWay, tunnel: this.#tunnel(kind, family, ends) };
    if (mode === 'Always') return [tunnelled];
    return [isInSubnet(from, ends.b, family) ? { ...plainWay, routed: false } : { ...tunnelled, routed: true }];
  }

  #unwrapped(from: Node, to: Node, ends: Ends): readonly Way[] {
    if (this.#hasNoRoutes()) return [lost(noRoutes)];
    const { value, provenance } = sameSegment(this.network, from, to, ends);
    const assumptions =
      provenance === 'assumed'
        ? [
            {
              name: 'nodeSubnets',
              value: `${from.name} and ${to.name} are ${value === 'yes' ? '' : 'not '}on one L2 segment`,
              provenance,
            },
          ]
        : [];
    if (value === 'yes') return [{ ...plainWay, routed: false, assumptions }];
    if (this.network.externalRouting === true) return [{ ...plainWay, routed: true, assumptions }];
    const peering =
      this.calico.bgpPeers > 0
        ? 'routers between them must learn pod routes over BGP'
        : 'there is no BGP peer, so that routers between them do not know pod addresses';
    const reason = `NO_ENCAPSULATION_ACROSS_SUBNETS: ${from.name} and ${to.name} are in different subnets; ${peering}`;
    return [
      {
        ...plainWay,
        delivery: 'conditional',
        routed: true,
        reason,
        when: 'the fabric routes pod addresses',
        assumptions,
      },
    ];
  }

  #hasNoRoutes(): boolean {
    const { nodeToNodeMesh, bgpPeers, backend } = this.calico;
    return (
      nodeToNodeMesh === false && bgpPeers === 0 && backend.value === 'bird' && this.network.externalRouting !== true
    );
  }

  #tunnel(kind: 'IPIP' | 'VXLAN', family: 'IPv4' | 'IPv6', ends: Ends): Tunnel {
    const { vxlanPort } = this.calico;
    const device = kind === 'IPIP' ? 'tunl0' : family === 'IPv6' ? 'vxlan-v6.calico' : 'vxlan.calico';
    const overheadBytes = kind === 'IPIP' ? 20 : family === 'IPv6' ? 70 : 50;
    return {
      device,
      peerDevice: device,
      encap: {
        type: kind,
        outerSource: ends.a,
        outerDestination: ends.b,
        port: kind === 'IPIP' ? null : vxlanPort,
        overheadBytes,
      },
      mtu:
        calicoTunnelMtu(this.calico, kind, this.network.hostMtu.value) -
        (kind === 'VXLAN' && family === 'IPv6' && this.calico.vxlanMtu === null ? 20 : 0),
    };
  }

  #wireguard(family: 'IPv4' | 'IPv6', ends: Ends): Tunnel {
    const device = family === 'IPv6' ? 'wg-v6.cali' : 'wireguard.cali';
    const port = family === 'IPv6' ? 51821 : 51820;
    return {
      device,
      peerDevice: device,
      encap: {
        type: 'WireGuard',
        outerSource: ends.a,
        outerDestination: ends.b,
        port,
        overheadBytes: family === 'IPv6' ? 80 : 60,
      },
      mtu: calicoTunnelMtu(this.calico, 'WireGuard', this.network.hostMtu.value),
    };
  }

  #hasWireguard(from: Node, to: Node, family: 'IPv4' | 'IPv6'): boolean {
    const isOn = family === 'IPv6' ? this.calico.wireguardV6 : this.calico.wireguard;
    const key = `projectcalico.org/WireguardPublicKey${family === 'IPv6' ? 'V6' : ''}`;
    return isOn && [from, to].every(({ annotations }) => Object.hasOwn(annotations, key));
  }
}

const noRoutes =
  'NO_BGP_ROUTES: the node-to-node mesh is off and there is no BGP peer, so that no node learns pod routes';

const tunnelAnnotations: Readonly<Record<string, string>> = {
  IPIP: 'IPIPTunnelAddr',
  VXLAN: 'VXLANTunnelAddr',
  WireGuard: 'WireguardInterfaceAddr',
};

/** The address that Calico found for a node, else the node's own. */
function calicoAddress(node: Node, family: 'IPv4' | 'IPv6'): string | null {
  const written = node.annotations[`projectcalico.org/${family}Address`];
  return written === undefined ? nodeAddress(node, family) : written.split('/')[0];
}

/** Calico's own test: an annotation without mask holds nobody but the node, so that it always wraps. */
function isInSubnet(from: Node, to: string | null, family: 'IPv4' | 'IPv6'): boolean {
  const network = calicoNetworkOf(from, family);
  return network !== null && to !== null && cidrHolds(network, to);
}
