import type { Node, Pod } from '#model';
import type { PodLink } from './plugin/plugin.js';
import type { Walk } from './walk.js';

/** The devices between a pod and its node. */
export const podDevices = { podInterface, hostVeth, bridge, gateway, leaveByGateway } as const;

function podInterface(
  { path }: Walk,
  node: Node | null,
  { podDevice, mtu }: PodLink,
  action: 'send' | 'deliver',
): void {
  path.add({ node, netns: 'pod', device: podDevice, nameSource: 'assumed', kind: 'podInterface', action, mtu });
}

function hostVeth({ path }: Walk, node: Node | null, link: PodLink, action: 'send' | 'receive'): void {
  const { hostDevice: device, hostDeviceSource: nameSource, mtu } = link;
  path.add({ node, netns: 'host', device, nameSource, kind: 'hostVeth', action, mtu });
}

/** Nothing where the host routes to each pod. */
function bridge({ path }: Walk, node: Node | null, { bridge: device, mtu }: PodLink): void {
  if (device === null) return;
  path.add({ node, netns: 'host', device, nameSource: 'derived', kind: 'bridge', action: 'switch', mtu });
}

/** The device that leads from the node's own routes to its pods; nothing where that is the bridge, or where there is none. */
function gateway({ path }: Walk, node: Node | null, { gateway: device, mtu }: PodLink): void {
  if (device === undefined) return;
  path.add({ node, netns: 'host', device, nameSource: 'derived', kind: 'routing', action: 'route', mtu });
}

/** Out of a bridge that is not the node's own way to its pods, where a pod's packets leave it without a tunnel. */
function leaveByGateway(walk: Walk, node: Node, pod: Pod): void {
  const link = walk.context.plugin.link(pod);
  if (link.leavesByGateway === true) gateway(walk, node, link);
}
