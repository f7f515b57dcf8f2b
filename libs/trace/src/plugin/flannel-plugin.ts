import {
  annotationKey,
  baseOf,
  cidrHolds,
  familyOf,
  flannelLink,
  nodeAddress,
  sameSegment,
  tunnelMtuOf,
} from '#dataplane';
import type { FlannelBackend, FlannelNetwork, Network, Node, Pod } from '#model';
import { parseAddress } from '#model';
import type { Encapsulation } from '../trace.js';
import type { ChosenSource, Plugin, PodLink, Target, Tunnel, Way } from './plugin.js';
import { byNeighbourhood, gatewayOf, lost, plainWay, podCidrOf } from './ways.js';

/** Pods on a bridge, nodes joined by one of flannel's back ends (dataplane B, C). */
export function flannelPlugin(network: Network, nodes: readonly Node[], podMtu: number | null): Plugin {
  return new FlannelPlugin(network, network.flannel as FlannelNetwork, nodes, podMtu);
}

const multicast = ['224.0.0.0/4', 'ff00::/8'];

/** Also the carrier of canal, whose pods hang on Calico's links. */
export class FlannelPlugin implements Plugin {
  readonly name: string = 'flannel';

  constructor(
    readonly network: Network,
    readonly flannel: FlannelNetwork,
    readonly nodes: readonly Node[],
    readonly podMtu: number | null,
  ) {}

  link(_pod: Pod): PodLink {
    return {
      podDevice: 'eth0',
      hostDevice: 'veth…',
      hostDeviceSource: 'random',
      bridge: this.flannel.bridge,
      mtu: this.podMtu,
    };
  }

  ways(from: Node, to: Node, destination: string | null): readonly Way[] {
    const { config } = this.flannel;
    if (config === null) {
      const reason = 'FLANNEL_CONFIG_UNKNOWN: net-conf.json could not be read as flanneld does';
      return [{ ...plainWay, delivery: 'unknown', reason }];
    }
    const family = destination === null ? 'IPv4' : familyOf(destination);
    const problem = this.#peerProblem(from, to, family, destination);
    if (problem !== null) return [lost(problem)];
    const addresses = { a: this.#publicAddress(from, family), b: this.#publicAddress(to, family) };
    const neighbours = sameSegment(this.network, from, to, addresses);
    const { backend } = config;
    const tunnelled: Way = { ...plainWay, tunnel: this.#tunnel(backend, family, addresses) };
    switch (backend.type) {
      case 'vxlan':
      case 'ipip':
        return backend.directRouting
          ? byNeighbourhood(from, to, neighbours, { near: plainWay, far: tunnelled })
          : [tunnelled];
      case 'udp':
      case 'wireguard':
      case 'ipsec':
        return [tunnelled];
      case 'host-gw': {
        const far = lost(
          `HOST_GW_NOT_ADJACENT: ${from.name} cannot install a route via ${addresses.b ?? to.name}, which is not on its link; flannel only logs it`,
        );
        return byNeighbourhood(from, to, neighbours, { near: plainWay, far });
      }
      case 'alloc':
      case 'tencent-vpc':
      case 'extension': {
        if (this.network.externalRouting === true) return [plainWay];
        const reason = `ROUTING_IS_EXTERNAL: the back end ${backend.type} leaves routes between nodes to somebody else`;
        return [
          { ...plainWay, delivery: 'conditional', reason, when: 'something outside flannel routes pod addresses' },
        ];
      }
    }
  }

  sourceOfNode(node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource {
    const cidr = podCidrOf(node.podCidrs, family);
    if (way === null) {
      return { address: cidr === null ? null : gatewayOf(cidr), by: `address of ${this.flannel.bridge}` };
    }
    if (way.tunnel?.device == null) return { address: nodeAddress(node, family), by: 'address of the node' };
    return { address: cidr === null ? null : baseOf(cidr), by: `address of ${way.tunnel.device}` };
  }

  sourceOfPod(node: Node, source: string | null, { address, way }: Target): ChosenSource | null {
    const family = address === null ? 'IPv4' : familyOf(address);
    if (address !== null && multicast.some((cidr) => cidrHolds(cidr, address))) return null;
    if (!this.flannel.ipMasq.value) return this.masqueradedByPlugin(node, address, way, family);
    const network = family === 'IPv4' ? this.flannel.config?.network : this.flannel.config?.ipv6Network;
    // Where the configuration is not known, pod addresses are taken to stay among pods.
    const staysInside = way !== null || (network != null && address !== null && cidrHolds(network, address));
    if (staysInside) return null;
    const isInside = network == null || source === null || cidrHolds(network, source);
    return isInside
      ? { address: nodeAddress(node, family), by: 'FLANNEL-POSTRTG: from the pod network to outside it' }
      : null;
  }

  refusesOwnNode(): string | null {
    return null;
  }

  hairpin(node: Node, _pod: Pod, _annotated: boolean, vip: string): ReturnType<Plugin['hairpin']> {
    if (!this.flannel.hairpin)
      return {
        refused: `HAIRPIN_OFF: ${this.flannel.bridge} does not send a frame back through the port it came from`,
      };
    return this.sourceOfNode(node, null, familyOf(vip));
  }

  /** Without `--ip-masq` the bridge plugin translates whatever leaves the node's own subnet (dataplane B.6). */
  protected masqueradedByPlugin(
    node: Node,
    address: string | null,
    way: Way | null,
    family: 'IPv4' | 'IPv6',
  ): ChosenSource | null {
    const isOwn = address !== null && node.podCidrs.some((cidr) => cidrHolds(cidr, address));
    if (isOwn) return null;
    const chosen = way === null ? nodeAddress(node, family) : this.sourceOfNode(node, way, family).address;
    return { address: chosen, by: 'bridge plugin: flanneld runs without --ip-masq' };
  }

  #annotation({ annotations }: Node, name: string): string | null {
    const key = annotationKey(this.flannel, name);
    return Object.hasOwn(annotations, key) ? annotations[key] : null;
  }

  #publicAddress(node: Node, family: 'IPv4' | 'IPv6'): string | null {
    const name = family === 'IPv4' ? 'public-ip' : 'public-ipv6';
    const written = this.#annotation(node, `${name}-overwrite`) ?? this.#annotation(node, name);
    return written !== null && parseAddress(written) !== null ? written : nodeAddress(node, family);
  }

  /** Why flanneld on `from` has no route to pods of `to`; null where it has (dataplane B.3). */
  #peerProblem(from: Node, to: Node, family: 'IPv4' | 'IPv6', destination: string | null): string | null {
    const { config } = this.flannel;
    if (family === 'IPv6' && config?.enableIPv6 !== true) return 'NO_IPV6: flannel does not carry IPv6 here';
    if (to.podCidrs.length === 0)
      return `NO_POD_CIDR: node ${to.name} has no podCIDR, and flanneld does not start there`;
    if (destination !== null && !to.podCidrs.some((cidr) => cidrHolds(cidr, destination)))
      return `OUTSIDE_POD_CIDR: ${destination} is not inside the podCIDR of ${to.name}, so that no route leads there`;
    // In manifests without annotations on any node nothing can be said.
    const isAnnotated = this.nodes.some((node) => this.#annotation(node, 'kube-subnet-manager') !== null);
    if (!isAnnotated || this.flannel.embedded) return null;
    if (this.#annotation(to, 'kube-subnet-manager') !== 'true')
      return `PEER_NOT_ANNOTATED: flanneld on ${to.name} has not written its annotations, so that no peer knows the node`;
    const [own, peer] = [from, to].map((node) => this.#annotation(node, 'backend-type') ?? '');
    const comparesTypes = ['vxlan', 'host-gw', 'ipip', 'wireguard'].includes(config?.backend.type ?? '');
    if (comparesTypes && own !== peer)
      return `PEER_TYPE_DIFFERS: ${from.name} runs ${own || 'another back end'}, ${to.name} ${peer || 'another'}; such peers are skipped`;
    return config?.backend.type === 'vxlan' ? this.#vtepProblem(from, to, family) : null;
  }

  #vtepProblem(from: Node, to: Node, family: 'IPv4' | 'IPv6'): string | null {
    const name = family === 'IPv4' ? 'backend-data' : 'backend-v6-data';
    const [own, peer] = [from, to].map((node) => vtepOf(this.#annotation(node, name)));
    if (own === null || peer === null) return null;
    if (own.vni !== peer.vni) return `VNI_DIFFERS: ${from.name} has VNI ${own.vni}, ${to.name} ${peer.vni}`;
    if (own.mac !== '' && own.mac === peer.mac)
      return `VTEP_MAC_TWICE: ${from.name} and ${to.name} both have the VTEP MAC ${own.mac}`;
    return null;
  }

  #tunnel(
    backend: FlannelBackend,
    family: 'IPv4' | 'IPv6',
    addresses: { readonly a: string | null; readonly b: string | null },
  ): Tunnel {
    const { device, deviceV6, overheadBytes } = flannelLink(backend);
    const name = family === 'IPv6' ? deviceV6 : device;
    return {
      device: name,
      peerDevice: name,
      encap: {
        type: encapsulations[backend.type] ?? 'UDP',
        outerSource: addresses.a,
        outerDestination: addresses.b,
        port: backend.type === 'ipip' || (backend.type === 'ipsec' && !backend.udpEncap) ? null : backend.port,
        overheadBytes,
      },
      mtu: tunnelMtuOf(this.network),
      ...(backend.type === 'udp' ? { userspace: 'flanneld' } : {}),
    };
  }
}

const encapsulations: Readonly<Partial<Record<FlannelBackend['type'], Encapsulation['type']>>> = {
  vxlan: 'VXLAN',
  ipip: 'IPIP',
  udp: 'UDP',
  wireguard: 'WireGuard',
  ipsec: 'ESP',
};

function vtepOf(text: string | null): { readonly vni: number; readonly mac: string } | null {
  try {
    const { VNI, VtepMAC } = JSON.parse(text ?? 'null') as { VNI?: unknown; VtepMAC?: unknown };
    return typeof VNI === 'number' ? { vni: VNI, mac: typeof VtepMAC === 'string' ? VtepMAC.toLowerCase() : '' } : null;
  } catch {
    return null;
  }
}
