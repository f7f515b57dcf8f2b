import { baseOf, cidrHolds, ciliumOverhead, familyOf, mtuLeft, nodeAddress, sameSegment } from '#dataplane';
import type { CiliumNetwork, Network, Node, Pod } from '#model';
import { leavesBy } from './leaves-by.js';
import type { ChosenSource, Plugin, PodLink, Target, Tunnel, Way } from './plugin.js';
import { sparedByAgent } from './spared-by-agent.js';
import { byNeighbourhood, overFabric, plainWay, unsure } from './ways.js';

/** Routed links with programs on them; between nodes a tunnel, or plain routes that agents or the fabric know (dataplane C.0). */
export function ciliumPlugin(network: Network, podMtu: number | null): Plugin {
  return new CiliumPlugin(network, network.cilium as CiliumNetwork, podMtu);
}

class CiliumPlugin implements Plugin {
  readonly name = 'cilium';

  constructor(
    readonly network: Network,
    readonly cilium: CiliumNetwork,
    readonly podMtu: number | null,
  ) {}

  link(_pod: Pod): PodLink {
    return {
      podDevice: 'eth0',
      hostDevice: 'lxc…',
      hostDeviceSource: 'random',
      bridge: null,
      mtu: this.podMtu,
      gateway: 'cilium_host',
    };
  }

  ways(from: Node, to: Node, destination: string | null): readonly Way[] {
    const { from: configMap } = this.cilium;
    const decided = this.#decidedWays(from, to, destination === null ? 'IPv4' : familyOf(destination));
    return configMap === null ? unsure(decided, configNotSeen) : decided;
  }

  sourceOfNode(node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource {
    if (way !== null && way.tunnel === null) return { address: nodeAddress(node, family), by: 'address of the node' };
    return { address: this.#hostAddress(node, family), by: 'address of cilium_host' };
  }

  sourceOfPod(node: Node, source: string | null, { address, isNode, way }: Target): ChosenSource | null {
    if (address === null) return null;
    const { masqueradeV4, masqueradeV6, nativeCidrV4, nativeCidrV6, routing, bpfMasquerade } = this.cilium;
    const family = familyOf(address);
    const [isOn, nativeCidr] = family === 'IPv4' ? [masqueradeV4, nativeCidrV4] : [masqueradeV6, nativeCidrV6];
    if (!isOn || way !== null || (nativeCidr !== null && cidrHolds(nativeCidr, address))) return null;
    // Without a tunnel nodes know the way back to pods; through one they do not, so that their peers are hidden from them.
    if (isNode && routing === 'native') return null;
    const by = `Cilium masquerades (${bpfMasquerade ? 'eBPF' : 'iptables'})`;
    const doubt = this.#doubt(address, nativeCidr);
    if (doubt !== null) return { address: null, by, doubt };
    return this.#isSpared(address) ? null : { address: nodeAddress(node, family), by };
  }

  refusesOwnNode(): string | null {
    return null;
  }

  hairpin(_node: Node, _pod: Pod, _annotated: boolean, vip: string): ChosenSource {
    const by = 'Cilium gives a pod that reaches itself an address set aside for this';
    return { address: familyOf(vip) === 'IPv4' ? loopbackAddress : null, by };
  }

  #decidedWays(from: Node, to: Node, family: 'IPv4' | 'IPv6'): readonly Way[] {
    // Nodes speak to each other over IPv4 where they have it, whatever they carry.
    const outer = [from, to].every((node) => nodeAddress(node, 'IPv4') !== null) ? 'IPv4' : 'IPv6';
    const ends = { a: nodeAddress(from, outer), b: nodeAddress(to, outer) };
    const { routing, autoDirectNodeRoutes, ipam, encryption } = this.cilium;
    if (encryption !== null || routing === 'tunnel') return [{ ...plainWay, tunnel: this.#tunnel(outer, ends) }];
    if (isOfCloud(ipam)) return [this.#overCloud()];
    const nodes = `${from.name} and ${to.name}`;
    const far = overFabric(
      this.network,
      `NATIVE_ROUTING: Cilium leaves pod addresses to the network between ${nodes}; no object shows its routes`,
    );
    if (!autoDirectNodeRoutes) return [far];
    const inner = { a: nodeAddress(from, family), b: nodeAddress(to, family) };
    return byNeighbourhood(from, to, sameSegment(this.network, from, to, inner), { near: plainWay, far });
  }

  #overCloud(): Way {
    const value = 'security groups and routes of the cloud let pods of the nodes reach each other';
    return { ...plainWay, assumptions: [{ name: 'cloudNetwork', value, provenance: 'assumed' }] };
  }

  #tunnel(outer: 'IPv4' | 'IPv6', { a, b }: { readonly a: string | null; readonly b: string | null }): Tunnel {
    const { routing, tunnelProtocol, tunnelPort, encryption } = this.cilium;
    const overheadBytes = ciliumOverhead(this.cilium) + (outer === 'IPv6' ? 20 : 0);
    const ends = { outerSource: a, outerDestination: b, overheadBytes };
    const mtu = mtuLeft(this.cilium.mtu ?? this.network.hostMtu.value, overheadBytes);
    if (encryption === 'wireguard') {
      return {
        device: 'cilium_wg0',
        peerDevice: 'cilium_wg0',
        encap: { type: 'WireGuard', port: 51871, ...ends },
        mtu,
      };
    }
    if (routing === 'native')
      return { device: null, peerDevice: null, encap: { type: 'ESP', port: null, ...ends }, mtu };
    const device = `cilium_${tunnelProtocol}`;
    const type = tunnelProtocol === 'geneve' ? 'Geneve' : 'VXLAN';
    return { device, peerDevice: device, encap: { type, port: tunnelPort, ...ends }, mtu };
  }

  /** Why nobody knows whether a destination keeps the pod's address; null where it is known. */
  #doubt(address: string, nativeCidr: string | null): string | null {
    const { from, routing, ipam, bpfMasquerade, masqueradeInterfaces, masqueradeAgent } = this.cilium;
    if (from === null) return configNotSeen;
    if (routing === 'native' && nativeCidr === null)
      return isOfCloud(ipam)
        ? `VPC_BLOCKS_UNKNOWN: Cilium masquerades what leaves the cloud's network, and no object shows whether ${address} is in it`
        : 'NATIVE_CIDR_MISSING: native routing without ipv4-native-routing-cidr; no object shows what keeps the address of pods';
    if (bpfMasquerade && masqueradeAgent !== null && sparedByAgent(masqueradeAgent, address) === null)
      return 'MASQUERADE_UNDECIDED: nobody can tell what Cilium was told to leave alone by ip-masq-agent’s configuration';
    if (bpfMasquerade || masqueradeInterfaces.length === 0) return null;
    return leavesBy(this.network, masqueradeInterfaces) === null
      ? `NAT_INTERFACE_UNKNOWN: Cilium masquerades only what leaves by ${masqueradeInterfaces.join(', ')}, and no object shows by which interface this does`
      : null;
  }

  #isSpared(address: string): boolean {
    const { bpfMasquerade, masqueradeInterfaces, masqueradeAgent } = this.cilium;
    if (bpfMasquerade) return masqueradeAgent !== null && sparedByAgent(masqueradeAgent, address) === true;
    return masqueradeInterfaces.length > 0 && leavesBy(this.network, masqueradeInterfaces) === false;
  }

  /** As the agent writes it on its node. */
  #hostAddress({ annotations }: Node, family: 'IPv4' | 'IPv6'): string | null {
    const name = `${family.toLowerCase()}-cilium-host`;
    const written = annotations[`network.cilium.io/${name}`] ?? annotations[`io.cilium.network.${name}`];
    return written === undefined ? null : baseOf(written);
  }
}

const configNotSeen = 'CONFIG_NOT_SEEN: cilium-config is not in the snapshot; the defaults of the agent are assumed';

const loopbackAddress = '169.254.42.1';

/** Whether pods have addresses of a cloud's network. */
function isOfCloud(ipam: string): boolean {
  return ['eni', 'azure', 'alibabacloud'].includes(ipam);
}
