import { type AttachmentPlugin, type PodAttachment, readAttachments, readPodAttachments } from '#dataplane';
import type { ClusterModel, Pod } from '#model';
import type { Netns } from './netns.js';

/** Interfaces of nodes that secondary networks hang on; each is on a segment of its own. */
export const secondParents = ['eth1', 'eth2', 'eth3'];

/** Attaches a pod to its networks of Multus: macvlan and ipvlan children of a node's interface, ports of a bridge. */
export function attachSecondary(model: ClusterModel, pod: Pod, own: Netns, node: Netns): void {
  const definitions = readAttachments(model);
  for (const [i, on] of readPodAttachments(pod).entries()) {
    const plugin = definitions.get(on.network)?.plugin ?? null;
    if (plugin === null || !wired.includes(plugin.type)) continue;
    const address = `${on.ips[0]}/16`;
    // Names end up in the pod; on the node they only must differ.
    const name = `x${pod.addresses[0].split('.').slice(2).join('x')}x${i}`;
    if (plugin.type === 'bridge') bridge(plugin, on, own, node, name);
    else {
      const type =
        plugin.type === 'macvlan' ? `macvlan mode ${plugin.mode ?? 'bridge'}` : `ipvlan mode ${plugin.mode ?? 'l2'}`;
      node.batch([
        `link add link ${plugin.master} name ${name} type ${type}`,
        `link set ${name} netns ${own.name} name ${on.interface}`,
      ]);
    }
    own.batch([`addr add ${address} dev ${on.interface}`, `link set ${on.interface} up`]);
  }
}

const wired = ['macvlan', 'ipvlan', 'bridge'];

function bridge(plugin: AttachmentPlugin, on: PodAttachment, own: Netns, node: Netns, name: string): void {
  const bridgeName = plugin.bridge ?? 'cni0';
  // The first pod of a node brings its bridge.
  node.tries(`link add ${bridgeName} type bridge`);
  node.batch([`link set ${bridgeName} up`]);
  const mtu = plugin.mtu ?? 1500;
  node.batch([
    `link add ${name} mtu ${mtu} type veth peer name ${on.interface} mtu ${mtu} netns ${own.name}`,
    `link set ${name} master ${bridgeName} up`,
  ]);
  if (plugin.portIsolation) node.does(`bridge link set dev ${name} isolated on`);
}
