import type { Node } from '#model';
import { type End, type HostEnd, isOnePod, partyAt, type PodEnd } from './ends.js';
import { hairpinOf } from './hairpin-of.js';
import { nodeDevices } from './node-devices.js';
import { podDevices } from './pod-devices.js';
import { passGate } from './policy-gate.js';
import { translatePodSource } from './translate-source.js';
import { translateService } from './translate-service.js';
import type { Walk } from './walk.js';

/** The client's side: out of its network namespace, past its egress gate, and as far as a Service is translated. */
export function leaveClient(walk: Walk): void {
  const { client } = walk.flow;
  switch (client.kind) {
    case 'Pod':
      fromPod(walk, client);
      break;
    case 'Host':
      fromHost(walk, client);
      break;
    case 'Outside':
      fromOutside(walk);
      break;
  }
}

function fromPod(walk: Walk, client: PodEnd): void {
  const { context, path } = walk;
  const { use, server, port } = walk.flow;
  const { node } = client;
  const link = context.plugin.link(client.pod);
  podDevices.podInterface(walk, node, link, 'send');
  const entry = use?.entry ?? null;
  const isEbpf = use !== null && context.cluster.dataplane.proxy.value.startsWith('ebpf/');
  const translatesHere = use !== null && (entry === null || entry === node);
  if (isEbpf && translatesHere) translateService(walk, node, 'lb');
  podDevices.hostVeth(walk, node, link, 'receive');
  podDevices.bridge(walk, node, link);
  if (!isEbpf && translatesHere) translateService(walk, node, 'nat');
  if (path.isStopped) return;
  const destination =
    translatesHere || entry === null ? server.party : (partyAt(context.cluster, use?.address ?? '') ?? server.party);
  passGate(context, path, {
    direction: 'Egress',
    node,
    source: client.party,
    destination,
    port: translatesHere || use === null ? port : use.port,
    viaService: use !== null,
    device: link.hostDevice,
    chain: server.kind === 'Host' && server.node.name === node?.name ? 'INPUT' : 'FORWARD',
  });
  if (path.isStopped) return;
  if (translatesHere || use === null || entry === null) refuseHairpin(walk, client);
  else crossToEntry(walk, node, entry, client);
}

function fromHost(walk: Walk, client: HostEnd): void {
  const { context, path, way } = walk;
  const { use, server } = walk.flow;
  if (use === null && server.kind === 'Pod')
    path.startFrom(context.plugin.sourceOfNode(client.node, way, context.family).address);
  path.add({ node: client.node, netns: 'host', device: null, kind: 'socket', action: 'send' });
  if (use === null) return;
  if (use.entry === null || use.entry === client.node) translateService(walk, client.node, 'nat');
  else crossToEntry(walk, client.node, use.entry, client);
}

function fromOutside(walk: Walk): void {
  const { sender } = walk;
  nodeDevices.fabric(walk, null, null);
  if (sender === null) return;
  nodeDevices.nic(walk, sender, 'receive', null);
  if (walk.flow.use !== null) translateService(walk, sender, 'nat');
}

/** A client inside the cluster that addresses another node: it goes there as to any host. */
function crossToEntry(walk: Walk, from: Node | null, entry: Node, client: End): void {
  const { path } = walk;
  if (client.kind === 'Pod' && from !== null) {
    translatePodSource(walk, from, { address: path.tuple.destination, isNode: true, way: null });
    path.forward();
  }
  if (from !== null) nodeDevices.nic(walk, from, 'send', null);
  nodeDevices.fabric(walk, null, null);
  nodeDevices.nic(walk, entry, 'receive', null);
  translateService(walk, entry, 'nat');
}

/** Stops a pod that a Service or a host port sends back to it, where the node does not. */
function refuseHairpin({ context, flow, path }: Walk, client: PodEnd): void {
  const { use, server } = flow;
  if (!isOnePod(client, server) || client.node === null || use === null) return;
  const chosen = hairpinOf(context, client, client.node, use);
  if ('refused' in chosen) path.weaken('unreachable', chosen.refused);
}
