import type { HostEnd } from './ends.js';
import { enterPod } from './enter-pod.js';
import { nodeDevices } from './node-devices.js';
import { podDevices } from './pod-devices.js';
import { translatePodSource, translateServiceSource } from './translate-source.js';
import type { Walk } from './walk.js';

/** From where the client's side has left the packet to the server. */
export function reachServer(walk: Walk): void {
  const { server } = walk.flow;
  switch (server.kind) {
    case 'Outside':
      leaveCluster(walk);
      break;
    case 'Host':
      toHost(walk, server);
      break;
    case 'Pod':
      enterPod(walk, server);
      break;
  }
}

function leaveCluster(walk: Walk): void {
  const { sender, path } = walk;
  const { client, server } = walk.flow;
  // Policy was asked at the pod, before anything translated its address.
  path.seeByPolicy();
  if (sender !== null) {
    translateServiceSource(walk, sender);
    if (client.kind === 'Pod') {
      podDevices.leaveByGateway(walk, sender, client.pod);
      const isTranslated = translatePodSource(walk, sender, { address: server.address, isNode: false, way: null });
      if (!isTranslated) noteBareSource(walk);
    }
  }
  if (client.kind !== 'Host') path.forward();
  nodeDevices.nic(walk, sender, 'send', null);
  nodeDevices.fabric(walk, null, null);
}

function noteBareSource({ context, path }: Walk): void {
  if (context.cluster.dataplane.network.externalRouting === true) return;
  path.weaken(
    'conditional',
    `POD_ADDRESS_LEAVES: nothing translates ${path.tuple.source ?? 'the pod address'}; answers come back only if the fabric routes it`,
  );
}

function toHost(walk: Walk, server: HostEnd): void {
  const { context, sender, way, path } = walk;
  const { client } = walk.flow;
  const isOwnNode = sender?.name === server.node.name;
  path.seeByPolicy();
  if (client.kind === 'Pod' && sender !== null && sender === client.node)
    podDevices.leaveByGateway(walk, sender, client.pod);
  if (sender !== null && !isOwnNode) {
    translateServiceSource(walk, sender);
    if (client.kind === 'Pod') {
      translatePodSource(walk, sender, { address: server.address, isNode: true, way: null });
      path.forward();
    }
    nodeDevices.nic(walk, sender, 'send', null);
    nodeDevices.fabric(walk, null, way);
    nodeDevices.nic(walk, server.node, 'receive', null);
  }
  const refused = client.kind === 'Pod' && isOwnNode && client.node === sender ? context.plugin.refusesOwnNode() : null;
  if (refused !== null) {
    path.weaken('unreachable', refused);
    return;
  }
  path.add({ node: server.node, netns: 'host', device: null, kind: 'socket', action: 'deliver' });
}
