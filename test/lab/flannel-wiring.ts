import { annotationKey, flannelLink } from '#dataplane';
import type { Cluster } from '#engine';
import type { FlannelConfig, FlannelNetwork, Node, Pod } from '#model';
import { addresses } from './addresses.js';
import { kubeProxyRules } from './kube-proxy-rules.js';
import type { Netns } from './netns.js';
import { podLinks } from './pod-links.js';
import { type TunnelEnd, tunnels } from './tunnels.js';
import type { NetnsOf, Rules, Wiring } from './wiring.js';

/** flanneld between nodes, and the bridge plugin at pods. */
export function flannelWiring(cluster: Cluster, netnsOf: NetnsOf): Wiring {
  return new FlannelWiring(cluster, netnsOf);
}

export class FlannelWiring implements Wiring {
  readonly podPrefix: number = 24;
  readonly flannel: FlannelNetwork;
  readonly config: FlannelConfig;

  constructor(
    readonly cluster: Cluster,
    readonly netnsOf: NetnsOf,
  ) {
    this.flannel = cluster.dataplane.network.flannel as FlannelNetwork;
    this.config = this.flannel.config as FlannelConfig;
  }

  async node(node: Node): Promise<void> {
    const netns = this.netnsOf(node.name);
    this.bridge(netns, node);
    const { backend, network } = this.config;
    const isNear = (peer: Node): boolean => segmentOf(peer) === segmentOf(node);
    const peers = this.cluster.model.nodes.filter(({ name }) => name !== node.name);
    const direct = peers.filter((peer) => backend.type === 'host-gw' || (backend.directRouting && isNear(peer)));
    for (const { podCidrs, addresses: own } of direct) {
      // Where the peer is not on the link the kernel refuses, and flanneld only logs it.
      netns.tries(`route add ${podCidrs[0]} via ${own[0]} dev eth0`);
    }
    const wrapped = peers.filter((peer) => !direct.includes(peer));
    const end: TunnelEnd = {
      device: flannelLink(backend).device ?? '',
      local: node.addresses[0],
      mtu: this.cluster.dataplane.network.hostMtu.value - flannelLink(backend).overheadBytes,
      address: `${baseOf(node)}/32`,
      peers: wrapped.map((peer) => ({ cidrs: [peer.podCidrs[0]], outer: peer.addresses[0] })),
    };
    switch (backend.type) {
      case 'vxlan': {
        const vteps = wrapped.map((peer) => ({ mac: this.#macOf(peer), address: baseOf(peer) }));
        tunnels.vxlan(netns, { ...end, vni: backend.vni, port: backend.port, mac: this.#macOf(node), vteps });
        break;
      }
      case 'ipip':
        await tunnels.ipip(netns, end);
        break;
      case 'udp':
        await tunnels.udp(netns, { ...end, address: `${baseOf(node)}/${network?.split('/')[1]}`, port: backend.port });
        break;
      case 'wireguard':
        tunnels.wireguard(netns, { ...end, port: backend.port });
        break;
      default:
        if (wrapped.length > 0) throw new Error(`the lab does not know flannel's ${backend.type}`);
    }
  }

  pod(pod: Pod, number: number): void {
    const node = this.cluster.model.nodes.find(({ name }) => name === pod.node) as Node;
    const [cidr] = node.podCidrs;
    podLinks.bridged(this.netnsOf(node.name), this.netnsOf(`${pod.namespace}/${pod.name}`), {
      device: `veth${number}`,
      bridge: this.flannel.bridge,
      hairpin: this.flannel.hairpin,
      address: `${pod.addresses[0]}/${cidr.split('/')[1]}`,
      gateway: addresses.gatewayOf(cidr),
      mtu: this.cluster.dataplane.podMtu.value as number,
    });
  }

  services(node: Node): Rules {
    return kubeProxyRules(this.cluster, node);
  }

  /** FLANNEL-POSTRTG; without `--ip-masq` the bridge plugin's chain of each pod. */
  masquerades(node: Node): readonly string[] {
    const network = this.config.network as string;
    const [own] = node.podCidrs;
    if (!this.flannel.ipMasq.value) return this.pluginMasquerades(node);
    return [
      'POSTROUTING -m mark --mark 0x4000/0x4000 -j RETURN',
      `POSTROUTING -s ${own} -d ${network} -j RETURN`,
      `POSTROUTING -s ${network} -d ${own} -j RETURN`,
      `POSTROUTING ! -s ${network} -d ${own} -j RETURN`,
      `POSTROUTING -s ${network} ! -d 224.0.0.0/4 -j MASQUERADE`,
      `POSTROUTING ! -s ${network} -d ${network} -j MASQUERADE`,
    ];
  }

  protected bridge(netns: Netns, { podCidrs: [cidr] }: Node): void {
    const { bridge } = this.flannel;
    netns.batch([
      `link add ${bridge} type bridge`,
      `addr add ${addresses.gatewayOf(cidr)}/${cidr.split('/')[1]} dev ${bridge}`,
      `link set ${bridge} mtu ${this.cluster.dataplane.podMtu.value} up`,
    ]);
  }

  protected pluginMasquerades({ name, podCidrs: [own] }: Node): readonly string[] {
    const pods = [...this.cluster.model.pods].filter((pod) => pod.node === name && !pod.hostNetwork);
    return pods.flatMap(({ addresses: [address] }) => [
      `POSTROUTING -s ${address} -d ${own} -j ACCEPT`,
      `POSTROUTING -s ${address} ! -d 224.0.0.0/4 -j MASQUERADE`,
    ]);
  }

  #macOf({ annotations }: Node): string {
    return (JSON.parse(annotations[annotationKey(this.flannel, 'backend-data')]) as { VtepMAC: string }).VtepMAC;
  }
}

function baseOf({ podCidrs: [cidr] }: Node): string {
  return cidr.split('/')[0];
}

function segmentOf({ addresses: [address] }: Node): string {
  return addresses.segmentOf(address);
}
