import { cidrHolds, familyOf, nodeAddress, sameSegment } from '#dataplane';
import type { KubeRouterNetwork, Network, Node, Pod } from '#model';
import { kubeRouterTunnel } from './device-names.js';
import type { ChosenSource, Plugin, PodLink, Target, Way } from './plugin.js';
import { byNeighbourhood, gatewayOf, lost, overFabric, plainWay, podCidrOf } from './ways.js';

/** Pods on a bridge, routes from BGP, tunnels where nodes are no neighbours (dataplane C). */
export function kubeRouterPlugin(network: Network, nodes: readonly Node[], podMtu: number | null): Plugin {
  return new KubeRouterPlugin(network, network.kubeRouter as KubeRouterNetwork, nodes, podMtu);
}

class KubeRouterPlugin implements Plugin {
  readonly name = 'kube-router';

  constructor(
    readonly network: Network,
    readonly settings: KubeRouterNetwork,
    readonly nodes: readonly Node[],
    readonly podMtu: number | null,
  ) {}

  link(_pod: Pod): PodLink {
    return {
      podDevice: 'eth0',
      hostDevice: 'veth…',
      hostDeviceSource: 'random',
      bridge: this.settings.cniBridge,
      mtu: this.podMtu,
    };
  }

  ways(from: Node, to: Node, destination: string | null): readonly Way[] {
    const family = destination === null ? 'IPv4' : familyOf(destination);
    if (family === 'IPv6' && !this.settings.enableIpv6)
      return [lost('FAMILY_OFF: kube-router runs without --enable-ipv6 and makes no routes for IPv6')];
    const ends = { a: nodeAddress(from, family), b: nodeAddress(to, family) };
    const { overlay, overlayType } = this.settings;
    const tunnelled: Way = { ...plainWay, tunnel: this.#tunnel(ends) };
    if (overlay && overlayType === 'full') return [tunnelled];
    return byNeighbourhood(from, to, sameSegment(this.network, from, to, ends), {
      near: plainWay,
      far: overlay ? tunnelled : this.#withoutOverlay(from, to),
    });
  }

  sourceOfNode(node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource {
    if (way !== null) return { address: nodeAddress(node, family), by: 'address of the node: the route carries it' };
    const cidr = podCidrOf(podCidrsOf(node), family);
    return { address: cidr === null ? null : gatewayOf(cidr), by: `address of ${this.settings.cniBridge}` };
  }

  sourceOfPod(node: Node, source: string | null, { address, isNode }: Target): ChosenSource | null {
    if (!this.settings.podEgress || isNode || address === null) return null;
    const isPod = (text: string): boolean =>
      this.nodes.some((one) => podCidrsOf(one).some((cidr) => cidrHolds(cidr, text)));
    if (isPod(address) || (source !== null && !isPod(source))) return null;
    return { address: nodeAddress(node, familyOf(address)), by: 'kube-router: from pod subnets to outside them' };
  }

  refusesOwnNode(): string | null {
    return null;
  }

  hairpin(_node: Node, _pod: Pod, annotated: boolean, vip: string): ReturnType<Plugin['hairpin']> {
    if (this.settings.hairpin || annotated) return { address: vip, by: 'kube-router hairpin mode' };
    return { refused: 'HAIRPIN_OFF: kube-router runs without --hairpin-mode, and the Service is not annotated for it' };
  }

  #withoutOverlay(from: Node, to: Node): Way {
    const peers = this.settings.externalPeers
      ? 'external BGP peers must carry it'
      : 'no external BGP peer is configured';
    const reason = `NO_OVERLAY_ACROSS_SUBNETS: ${from.name} and ${to.name} are in different subnets and the overlay is off; ${peers}`;
    return overFabric(this.network, reason);
  }

  #tunnel({ a, b }: { readonly a: string | null; readonly b: string | null }): Way['tunnel'] {
    const { overlayEncap, fouPort } = this.settings;
    const isFou = overlayEncap === 'fou';
    return {
      device: b === null ? 'tun-…' : kubeRouterTunnel(b),
      peerDevice: a === null ? 'tun-…' : kubeRouterTunnel(a),
      encap: {
        type: isFou ? 'FOU' : 'IPIP',
        outerSource: a,
        outerDestination: b,
        port: isFou ? fouPort : null,
        overheadBytes: isFou ? 32 : 20,
      },
      mtu: this.network.hostMtu.value - (isFou ? 32 : 20),
    };
  }
}

/** kube-router's own annotation goes before what the node's spec says. */
function podCidrsOf({ annotations, podCidrs }: Node): readonly string[] {
  const written = annotations['kube-router.io/pod-cidrs'] ?? annotations['kube-router.io/pod-cidr'];
  return written === undefined ? podCidrs : written.split(',').map((cidr) => cidr.trim());
}
