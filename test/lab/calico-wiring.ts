import type { Cluster } from '#engine';
import type { CalicoNetwork, CalicoPool, Node, Pod } from '#model';
import { addresses } from './addresses.js';
import { kubeProxyRules } from './kube-proxy-rules.js';
import { podLinks } from './pod-links.js';
import { type TunnelEnd, tunnels } from './tunnels.js';
import type { NetnsOf, Rules, Wiring } from './wiring.js';

/** Felix and BIRD, or Felix alone where it programs VXLAN. */
export function calicoWiring(cluster: Cluster, netnsOf: NetnsOf): Wiring {
  return new CalicoWiring(cluster, netnsOf);
}

/** How a node gets to a block of addresses of another one. */
type Transit = 'IPIP' | 'VXLAN' | 'Plain';

class CalicoWiring implements Wiring {
  readonly podPrefix = 32;
  readonly #calico: CalicoNetwork;

  constructor(
    readonly cluster: Cluster,
    readonly netnsOf: NetnsOf,
  ) {
    this.#calico = cluster.dataplane.network.calico as CalicoNetwork;
  }

  async node(node: Node): Promise<void> {
    const netns = this.netnsOf(node.name);
    const { pools, vxlanVni, vxlanPort } = this.#calico;
    const peers = this.cluster.model.nodes.filter(({ name }) => name !== node.name);
    const through = (transit: Transit): { peer: Node; cidrs: string[] }[] =>
      peers
        .map((peer) => ({
          peer,
          cidrs: this.#blocksOf(peer).filter((block) => this.#transit(node, peer, block) === transit),
        }))
        .filter(({ cidrs }) => cidrs.length > 0);
    const endOf = (transit: 'IPIP' | 'VXLAN', device: string, overhead: number): TunnelEnd => ({
      device,
      local: addressOf(node),
      mtu: this.cluster.dataplane.network.hostMtu.value - overhead,
      address: `${tunnelAddressOf(node, transit)}/32`,
      peers: through(transit).map(({ peer, cidrs }) => ({ cidrs, outer: addressOf(peer) })),
    });
    if (pools.some(({ ipipMode }) => ipipMode !== 'Never')) await tunnels.ipip(netns, endOf('IPIP', 'tunl0', 20));
    if (pools.some(({ vxlanMode }) => vxlanMode !== 'Never')) {
      const vteps = through('VXLAN').map(({ peer }) => ({
        mac: addresses.macFor(peer.name),
        address: tunnelAddressOf(peer, 'VXLAN') as string,
      }));
      const mac = addresses.macFor(node.name);
      tunnels.vxlan(netns, { ...endOf('VXLAN', 'vxlan.calico', 50), vni: vxlanVni, port: vxlanPort, mac, vteps });
    }
    const gateway = addresses.gatewayOf(addresses.segmentOf(addressOf(node)));
    for (const { peer, cidrs } of through('Plain')) {
      // BIRD's next hop is the peer itself; off the link that resolves to the router before it.
      const isNear = addresses.segmentOf(addressOf(peer)) === addresses.segmentOf(addressOf(node));
      netns.batch(cidrs.map((cidr) => `route add ${cidr} via ${isNear ? addressOf(peer) : gateway} dev eth0`));
    }
    // What is in a block of this node and belongs to no pod goes nowhere else.
    netns.batch(this.#blocksOf(node).map((block) => `route add blackhole ${block}`));
  }

  pod(pod: Pod): void {
    podLinks.routed(this.netnsOf(pod.node as string), this.netnsOf(`${pod.namespace}/${pod.name}`), pod, {
      prefix: this.#calico.interfacePrefix,
      mtu: this.cluster.dataplane.podMtu.value as number,
    });
  }

  services(node: Node): Rules {
    return kubeProxyRules(this.cluster, node);
  }

  /** `cali-nat-outgoing`, and what node processes send into a tunnel under another address than the tunnel's. */
  masquerades(): readonly string[] {
    const { pools } = this.#calico;
    const tunnelled = pools.some(({ ipipMode }) => ipipMode !== 'Never') ? 'tunl0' : 'vxlan.calico';
    const foreign = '-m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL';
    return [
      ...pools.flatMap(({ cidr, natOutgoing }) =>
        natOutgoing
          ? [
              ...pools.map((to) => `POSTROUTING -s ${cidr} -d ${to.cidr} -j ACCEPT`),
              `POSTROUTING -s ${cidr} -j MASQUERADE`,
            ]
          : [],
      ),
      `POSTROUTING -o ${tunnelled} ${foreign} -j MASQUERADE`,
    ];
  }

  /** Blocks of addresses that a node has: those of its pods and of its tunnel's end. */
  #blocksOf(node: Node): string[] {
    const pods = [...this.cluster.model.pods].filter((pod) => pod.node === node.name && !pod.hostNetwork);
    const all = [
      ...pods.flatMap((pod) => pod.addresses),
      tunnelAddressOf(node, 'IPIP'),
      tunnelAddressOf(node, 'VXLAN'),
    ];
    const known = all.filter((address) => address !== undefined);
    return [...new Set(known.map((address) => addresses.blockOf(address, this.#poolOf(address).blockSize)))];
  }

  #poolOf(address: string): CalicoPool {
    return this.#calico.pools.find(({ cidr }) => addresses.holds(cidr, address)) as CalicoPool;
  }

  /** What the pool of the block says; `CrossSubnet` asks whether the peer is in the subnet that this node found itself in. */
  #transit(node: Node, peer: Node, block: string): Transit {
    const { ipipMode, vxlanMode } = this.#poolOf(block.split('/')[0]);
    const mode = ipipMode !== 'Never' ? ipipMode : vxlanMode;
    const subnet = node.annotations['projectcalico.org/IPv4Address'];
    if (mode === 'Never' || (mode === 'CrossSubnet' && addresses.holds(subnet, addressOf(peer)))) return 'Plain';
    return ipipMode !== 'Never' ? 'IPIP' : 'VXLAN';
  }
}

function addressOf({ annotations }: Node): string {
  return annotations['projectcalico.org/IPv4Address'].split('/')[0];
}

function tunnelAddressOf({ annotations }: Node, transit: 'IPIP' | 'VXLAN'): string | undefined {
  return annotations[`projectcalico.org/IPv4${transit}TunnelAddr`];
}
