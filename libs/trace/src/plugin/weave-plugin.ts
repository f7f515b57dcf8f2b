import { cidrHolds, familyOf, nodeAddress } from '#dataplane';
import type { Network, Node, Pod, WeaveNetwork } from '#model';
import { byTheProxy } from './as-nodes-do.js';
import type { ChosenSource, Plugin, PodLink, Target, Tunnel, Way } from './plugin.js';
import { plainWay } from './ways.js';

/** One layer 2 network over all nodes: bridges that the kernel's tunnels, or Weave's own process, join (dataplane C.0). */
export function weavePlugin(network: Network, podMtu: number | null): Plugin {
  const { range, isSleeveOnly } = network.weave as WeaveNetwork;
  return {
    name: 'weave',
    link: (_pod: Pod): PodLink => ({
      podDevice: 'eth0',
      hostDevice: 'vethwepl…',
      hostDeviceSource: 'random',
      bridge: 'weave',
      mtu: podMtu,
    }),
    ways: (from: Node, to: Node): readonly Way[] => {
      const sleeve: Way = { ...bridgedWay, tunnel: sleeveOf(from, to, network.hostMtu.value, podMtu) };
      if (isSleeveOnly) return [sleeve];
      return [
        { ...bridgedWay, tunnel: fastdpOf(from, to, podMtu), when: 'both nodes can do fast datapath' },
        { ...sleeve, when: 'they fell back to sleeve' },
      ];
    },
    // An address that Weave allocates to the bridge when it is exposed.
    sourceOfNode: (): ChosenSource => ({ address: null, by: 'address of the bridge weave' }),
    sourceOfPod: (node: Node, _source: string | null, { address, way }: Target): ChosenSource | null =>
      way !== null || address === null || cidrHolds(range, address) || cidrHolds('224.0.0.0/4', address)
        ? null
        : { address: nodeAddress(node, familyOf(address)), by: 'WEAVE: from its range to outside it' },
    refusesOwnNode: () => null,
    hairpin: (): ChosenSource => ({ address: null, by: byTheProxy }),
  };
}

const bridgedWay: Way = { ...plainWay, isBridged: true };

function fastdpOf(from: Node, to: Node, mtu: number | null): Tunnel {
  return {
    device: 'datapath',
    peerDevice: 'datapath',
    encap: { type: 'VXLAN', ...outerOf(from, to), port: 6784, overheadBytes: 50 },
    mtu,
  };
}

/** In user space, with headers of Weave's own: how long they are depends, so that all that the MTU leaves them counts. */
function sleeveOf(from: Node, to: Node, hostMtu: number, mtu: number | null): Tunnel {
  return {
    device: 'vethwe-pcap',
    peerDevice: 'vethwe-pcap',
    encap: { type: 'UDP', ...outerOf(from, to), port: 6783, overheadBytes: Math.max(0, hostMtu - (mtu ?? hostMtu)) },
    mtu,
    userspace: 'weave',
  };
}

function outerOf(
  from: Node,
  to: Node,
): { readonly outerSource: string | null; readonly outerDestination: string | null } {
  return { outerSource: nodeAddress(from, 'IPv4'), outerDestination: nodeAddress(to, 'IPv4') };
}
