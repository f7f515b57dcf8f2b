import { antreaOverhead, familyOf, mtuLeft, nodeAddress, sameSegment } from '#dataplane';
import type { AntreaNetwork, Network, Node, Pod } from '#model';
import type { ChosenSource, Plugin, PodLink, Target, Tunnel, Way } from './plugin.js';
import { byNeighbourhood, gatewayOf, overFabric, plainWay, podCidrOf, unsure } from './ways.js';

/** Pods on an Open vSwitch bridge, which forwards, translates and checks by itself (dataplane C.0, C.6). */
export function antreaPlugin(network: Network, podMtu: number | null): Plugin {
  return new AntreaPlugin(network, network.antrea as AntreaNetwork, podMtu);
}

class AntreaPlugin implements Plugin {
  readonly name = 'antrea';

  constructor(
    readonly network: Network,
    readonly antrea: AntreaNetwork,
    readonly podMtu: number | null,
  ) {}

  link({ name }: Pod): PodLink {
    return {
      podDevice: 'eth0',
      // The rest of the name is a digest over the container's id.
      hostDevice: `${name.slice(0, 8)}-…`,
      hostDeviceSource: 'random',
      bridge: this.antrea.ovsBridge,
      mtu: this.podMtu,
      gateway: this.antrea.gateway,
      leavesByGateway: true,
    };
  }

  ways(from: Node, to: Node, _destination: string | null): readonly Way[] {
    const { mode, from: configMap } = this.antrea;
    const outer = [from, to].every((node) => nodeAddress(node, 'IPv4') !== null) ? 'IPv4' : 'IPv6';
    const ends = { a: nodeAddress(from, outer), b: nodeAddress(to, outer) };
    const tunnelled = this.#tunnelled(outer, ends);
    if (configMap === null) {
      return unsure([tunnelled], configNotSeen);
    }
    if (mode === 'encap') return [tunnelled];
    const reason = `NO_ENCAPSULATION_ACROSS_SUBNETS: ${from.name} and ${to.name} are in different subnets; routers between them must know pod addresses`;
    const far = mode === 'hybrid' ? tunnelled : overFabric(this.network, reason);
    return byNeighbourhood(from, to, sameSegment(this.network, from, to, ends), { near: plainWay, far });
  }

  sourceOfNode(node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource {
    if (way !== null && way.tunnel === null) return { address: nodeAddress(node, family), by: 'address of the node' };
    const cidr = podCidrOf(node.podCidrs, family);
    return { address: cidr === null ? null : gatewayOf(cidr), by: `address of ${this.antrea.gateway}` };
  }

  sourceOfPod(node: Node, _source: string | null, { address, way }: Target): ChosenSource | null {
    const { mode, noSnat } = this.antrea;
    // In other modes the agent refuses to start with noSNAT.
    if (way !== null || address === null || (mode === 'noEncap' && noSnat)) return null;
    const by = 'ANTREA-POSTROUTING: from pods to what is no pod';
    return this.antrea.from === null
      ? { address: null, by, doubt: configNotSeen }
      : { address: nodeAddress(node, familyOf(address)), by };
  }

  refusesOwnNode(): string | null {
    return null;
  }

  hairpin(node: Node, _pod: Pod, _annotated: boolean, vip: string): ChosenSource {
    return this.sourceOfNode(node, null, familyOf(vip));
  }

  #tunnelled(outer: 'IPv4' | 'IPv6', { a, b }: { readonly a: string | null; readonly b: string | null }): Way {
    const { tunnel: kind, tunnelPort, encryption } = this.antrea;
    const plain = antreaOverhead({ ...this.antrea, mode: 'encap' });
    if (plain === null || kind === 'stt') {
      const reason = `TUNNEL_NOT_MODELLED: the tunnel ${kind} is of old versions of Antrea`;
      return { ...plainWay, delivery: 'conditional', reason };
    }
    const overheadBytes = plain + (outer === 'IPv6' ? 20 : 0);
    const isWireguard = encryption === 'wireguard';
    const device = isWireguard ? 'antrea-wg0' : 'antrea-tun0';
    const types = { geneve: 'Geneve', vxlan: 'VXLAN', gre: 'GRE' } as const;
    const tunnel: Tunnel = {
      device,
      peerDevice: device,
      encap: {
        type: isWireguard ? 'WireGuard' : types[kind],
        outerSource: a,
        outerDestination: b,
        port: isWireguard ? 51820 : tunnelPort,
        overheadBytes,
      },
      mtu: mtuLeft(this.network.hostMtu.value, overheadBytes),
    };
    return { ...plainWay, tunnel };
  }
}

const configNotSeen =
  'CONFIG_NOT_SEEN: antrea-agent.conf is not in the snapshot or cannot be read; the defaults of the agent are assumed';
