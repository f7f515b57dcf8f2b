import { familyOf, mtuLeft, nodeAddress } from '#dataplane';
import type { Network, Node, Pod } from '#model';
import type { ChosenSource, Plugin, PodLink, Target, Tunnel, Way } from './plugin.js';
import { plainWay } from './ways.js';

/** Pods on OVN's switches, a Geneve tunnel between nodes, a router of its own on each (dataplane C.0). */
export function ovnPlugin(network: Network, podMtu: number | null): Plugin {
  return {
    name: 'ovn-kubernetes',
    link: (_pod: Pod): PodLink => ({
      podDevice: 'eth0',
      hostDevice: 'veth…',
      hostDeviceSource: 'random',
      bridge: 'br-int',
      mtu: podMtu,
      gateway: 'ovn-k8s-mp0',
    }),
    ways: (from: Node, to: Node): readonly Way[] => [{ ...plainWay, tunnel: tunnelOf(network, from, to) }],
    sourceOfNode: (node: Node, _way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource => ({
      address: managementAddress(node, family),
      by: 'address of ovn-k8s-mp0',
    }),
    sourceOfPod: (node: Node, _source: string | null, { address, way }: Target): ChosenSource | null =>
      way === null && address !== null
        ? { address: nodeAddress(node, familyOf(address)), by: 'OVN: the router of the node translates what leaves it' }
        : null,
    refusesOwnNode: () => null,
    hairpin: (_node: Node, _pod: Pod, _annotated: boolean, vip: string): ChosenSource => ({
      address: familyOf(vip) === 'IPv4' ? '169.254.169.5' : 'fd69::5',
      by: 'OVN gives a pod that reaches itself an address set aside for this',
    }),
  };
}

function tunnelOf({ hostMtu }: Network, from: Node, to: Node): Tunnel {
  const outer = [from, to].every((node) => nodeAddress(node, 'IPv4') !== null) ? 'IPv4' : 'IPv6';
  const overheadBytes = outer === 'IPv4' ? 58 : 78;
  return {
    device: 'genev_sys_6081',
    peerDevice: 'genev_sys_6081',
    encap: {
      type: 'Geneve',
      outerSource: nodeAddress(from, outer),
      outerDestination: nodeAddress(to, outer),
      port: 6081,
      overheadBytes,
    },
    mtu: mtuLeft(hostMtu.value, overheadBytes),
  };
}

/** The second address of the node's subnet, which its annotation tells: the first is that of OVN's router. */
function managementAddress({ annotations }: Node, family: 'IPv4' | 'IPv6'): string | null {
  const subnet = subnetsOf(annotations['k8s.ovn.org/node-subnets'] ?? '').find((cidr) => familyOf(cidr) === family);
  if (subnet === undefined) return null;
  const [base] = subnet.split('/');
  if (family === 'IPv6') return base.endsWith('::') ? `${base}2` : null;
  const octets = base.split('.').map(Number);
  octets[3] += 2;
  return octets.join('.');
}

/** `{"default": ["10.128.0.0/23"]}`; older versions wrote a text in place of the list. */
function subnetsOf(text: string): readonly string[] {
  try {
    const { default: written } = JSON.parse(text) as { readonly default?: unknown };
    const listed = Array.isArray(written) ? written : [written];
    return listed.filter((cidr): cidr is string => typeof cidr === 'string' && cidr.includes('/'));
  } catch {
    return [];
  }
}
