import { cidrHolds, familyOf, nodeAddress, sameSegment } from '#dataplane';
import type { KindnetNetwork, Network, Node, Pod } from '#model';
import { byTheProxy } from './as-nodes-do.js';
import type { ChosenSource, Plugin, PodLink, Target, Way } from './plugin.js';
import { byNeighbourhood, gatewayOf, lost, plainWay, podCidrOf } from './ways.js';

/** Routed links, and a plain route to each node's podCIDR by that node (dataplane C.0). */
export function kindnetPlugin(network: Network, podMtu: number | null): Plugin {
  const { podSubnets } = network.kindnet as KindnetNetwork;
  return {
    name: 'kindnet',
    link: (_pod: Pod): PodLink => ({
      podDevice: 'eth0',
      hostDevice: 'veth…',
      hostDeviceSource: 'random',
      bridge: null,
      mtu: podMtu,
    }),
    ways: (from: Node, to: Node, destination: string | null): readonly Way[] => {
      const family = destination === null ? 'IPv4' : familyOf(destination);
      const ends = { a: nodeAddress(from, family), b: nodeAddress(to, family) };
      if (podCidrOf(to.podCidrs, family) === null)
        return [lost(`NO_POD_CIDR: ${to.name} has no ${family} podCIDR, so that kindnet makes no route to it`)];
      const far = lost(
        `NODES_NOT_ADJACENT: ${from.name} cannot install a route via ${ends.b ?? to.name}, which is not on its link`,
      );
      return byNeighbourhood(from, to, sameSegment(network, from, to, ends), { near: plainWay, far });
    },
    sourceOfNode: (node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource => {
      if (way !== null) return { address: nodeAddress(node, family), by: 'address of the node' };
      // The ptp plugin puts the gateway's address on the host's end of every link.
      const cidr = podCidrOf(node.podCidrs, family);
      return { address: cidr === null ? null : gatewayOf(cidr), by: 'gateway address on the link' };
    },
    sourceOfPod: (node: Node, _source: string | null, { address, way }: Target): ChosenSource | null => {
      if (way !== null || address === null) return null;
      const family = familyOf(address);
      const by = 'KIND-MASQ-AGENT: to outside the pod subnets';
      const own = podSubnets.filter((cidr) => familyOf(cidr) === family);
      if (own.some((cidr) => cidrHolds(cidr, address))) return null;
      if (podSubnets.length > 0) return { address: nodeAddress(node, family), by };
      const doubt = 'MASQUERADE_UNDECIDED: kindnetd was not seen with POD_SUBNET; no object shows what it leaves alone';
      return { address: null, by, doubt };
    },
    refusesOwnNode: () => null,
    hairpin: (node: Node, _pod: Pod, _annotated: boolean, vip: string): ChosenSource => {
      const cidr = podCidrOf(node.podCidrs, familyOf(vip));
      return {
        address: cidr === null ? null : gatewayOf(cidr),
        by: byTheProxy,
      };
    },
  };
}
