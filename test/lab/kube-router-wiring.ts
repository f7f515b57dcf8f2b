import { createHash } from 'node:crypto';
import type { Cluster } from '#engine';
import type { KubeRouterNetwork, Node, Pod } from '#model';
import { addresses } from './addresses.js';
import { backendOf } from './backend-of.js';
import { podLinks } from './pod-links.js';
import { tunnels } from './tunnels.js';
import type { NetnsOf, Rules, Wiring } from './wiring.js';

/** kube-router as network and as service proxy. */
export function kubeRouterWiring(cluster: Cluster, netnsOf: NetnsOf): Wiring {
  return new KubeRouterWiring(cluster, netnsOf);
}

class KubeRouterWiring implements Wiring {
  readonly podPrefix = 24;
  readonly #settings: KubeRouterNetwork;

  constructor(
    readonly cluster: Cluster,
    readonly netnsOf: NetnsOf,
  ) {
    this.#settings = cluster.dataplane.network.kubeRouter as KubeRouterNetwork;
  }

  async node(node: Node): Promise<void> {
    const netns = this.netnsOf(node.name);
    const [cidr] = node.podCidrs;
    const [local] = node.addresses;
    const { cniBridge, overlay, overlayType } = this.#settings;
    netns.batch([
      `link add ${cniBridge} type bridge`,
      `addr add ${addresses.gatewayOf(cidr)}/${cidr.split('/')[1]} dev ${cniBridge}`,
      `link set ${cniBridge} mtu ${this.#podMtu} up`,
    ]);
    for (const peer of this.cluster.model.nodes.filter(({ name }) => name !== node.name)) {
      const [outer] = peer.addresses;
      const isNear = addresses.segmentOf(outer) === addresses.segmentOf(local);
      if (isNear && !(overlay && overlayType === 'full')) {
        netns.batch([`route add ${peer.podCidrs[0]} via ${outer} dev eth0`]);
      } else if (overlay) {
        await tunnels.ipip(netns, {
          device: `tun-${createHash('sha256').update(outer.replaceAll('.', '')).digest('hex').slice(0, 11)}`,
          local,
          mtu: this.cluster.dataplane.network.hostMtu.value - 20,
          address: null,
          peers: [{ cidrs: [peer.podCidrs[0]], outer, route: ` src ${local}` }],
        });
      }
    }
  }

  pod(pod: Pod, number: number): void {
    const node = this.cluster.model.nodes.find(({ name }) => name === pod.node) as Node;
    const [cidr] = node.podCidrs;
    podLinks.bridged(this.netnsOf(node.name), this.netnsOf(`${pod.namespace}/${pod.name}`), {
      device: `veth${number}`,
      bridge: this.#settings.cniBridge,
      hairpin: this.#settings.bridgeHairpin,
      address: `${pod.addresses[0]}/${cidr.split('/')[1]}`,
      gateway: addresses.gatewayOf(cidr),
      mtu: this.#podMtu,
    });
  }

  /** IPVS is not in every kernel: the nat table stands in for it, and what IPVS would handle is marked for the rules behind it. */
  services(node: Node): Rules {
    const [own] = node.addresses;
    const nat = this.cluster.model.services.flatMap((service) => {
      const backend = backendOf(this.cluster, service);
      const [vip] = service.clusterIps;
      if (backend === null || vip === undefined) return [];
      const isLocal = service.externalTrafficPolicy === 'Local';
      const [address] = backend.addresses;
      const hairpins = this.#settings.hairpin || 'kube-router.io/service.hairpin' in service.annotations;
      const isSelf = `-s ${address} -d ${address} -m conntrack --ctstate DNAT --ctorigdst ${vip}`;
      return service.ports.flatMap(({ port, targetPort, nodePort }) => {
        const at = (to: string, toPort: number, keepsClient: boolean): string[] =>
          ['PREROUTING', 'OUTPUT'].flatMap((chain) => {
            const met = `${chain} -p tcp -d ${to} --dport ${toPort}`;
            const marked = keepsClient ? [] : [`${met} -j MARK --set-xmark ${handled}`];
            return [...marked, `${met} -j DNAT --to-destination ${address}:${targetPort ?? port}`];
          });
        return [
          ...at(vip, port, false),
          ...(hairpins ? [`POSTROUTING ${isSelf} -j SNAT --to-source ${vip}`] : []),
          ...(nodePort === null || (isLocal && backend.node !== node.name) ? [] : at(own, nodePort, isLocal)),
        ];
      });
    });
    return { nat, filter: [] };
  }

  masquerades(node: Node): readonly string[] {
    const [own] = node.podCidrs;
    const [address] = node.addresses;
    const { nodes } = this.cluster.model;
    const ends = this.#settings.masqueradeAll ? '' : `! -s ${own} ! -d ${own} `;
    const outside = [...nodes.map(({ podCidrs }) => podCidrs[0]), ...nodes.map((one) => one.addresses[0])];
    return [
      `POSTROUTING -m mark --mark ${handled} ${ends}-j SNAT --to-source ${address}`,
      ...(this.#settings.podEgress
        ? [
            ...outside.map((cidr) => `POSTROUTING -s ${own} -d ${cidr} -j ACCEPT`),
            `POSTROUTING -s ${own} -j MASQUERADE`,
          ]
        : []),
    ];
  }

  get #podMtu(): number {
    return this.cluster.dataplane.podMtu.value as number;
  }
}

const handled = '0x8000/0x8000';
