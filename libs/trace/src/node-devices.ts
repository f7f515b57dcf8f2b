import type { Node } from '#model';
import type { Tunnel, Way } from './plugin/plugin.js';
import type { Walk } from './walk.js';

/** The devices between nodes. */
export const nodeDevices = { tunnelEnd, nic, fabric } as const;

function tunnelEnd({ path }: Walk, node: Node, tunnel: Tunnel | null, action: 'encapsulate' | 'decapsulate'): void {
  if (tunnel === null || tunnel.device === null) return;
  const { mtu, encap, userspace } = tunnel;
  const sends = action === 'encapsulate';
  const device = sends ? tunnel.device : tunnel.peerDevice;
  const inUserspace = (): void => {
    if (userspace === undefined) return;
    const step = `${action} in ${userspace}`;
    path.add({ node, netns: 'host', device: null, kind: 'proxy', action: step, encap });
  };
  if (!sends) inUserspace();
  path.add({ node, netns: 'host', device, nameSource: 'derived', kind: 'tunnelDevice', action, mtu, encap });
  if (sends) inUserspace();
}

function nic({ context, path }: Walk, node: Node | null, action: 'send' | 'receive', tunnel: Tunnel | null): void {
  const { nodeInterface, hostMtu } = context.cluster.dataplane.network;
  const nameSource = nodeInterface.provenance === 'configured' ? 'derived' : 'assumed';
  // Without a device of its own, a transform on the interface takes its bytes from there.
  const mtu = tunnel !== null && tunnel.device === null ? tunnel.mtu : hostMtu.value;
  const encap = tunnel?.encap ?? null;
  path.add({ node, netns: 'host', device: nodeInterface.value, nameSource, kind: 'nic', action, mtu, encap });
}

function fabric({ context, path }: Walk, tunnel: Tunnel | null, way: Way | null): void {
  const routed = way?.routed ?? null;
  const action = routed === null ? 'carry' : routed ? 'route' : 'switch';
  const mtu = context.cluster.dataplane.network.hostMtu.value;
  const encap = tunnel?.encap ?? null;
  path.add({ node: null, netns: 'none', device: null, kind: 'fabric', action, mtu, encap });
}
