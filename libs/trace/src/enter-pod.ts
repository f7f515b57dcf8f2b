import type { Node } from '#model';
import { isOnePod, partyAt, type PodEnd } from './ends.js';
import { hairpinOf } from './hairpin-of.js';
import { nodeDevices } from './node-devices.js';
import { podDevices } from './pod-devices.js';
import { passGate } from './policy-gate.js';
import type { ChosenSource, PodLink, Way } from './plugin/plugin.js';
import type { ServiceUse } from './service-use.js';
import { serviceSource, translatePodSource, translateServiceSource, translateTo } from './translate-source.js';
import type { Walk } from './walk.js';

/** To a pod: within its node or from another one, and past its ingress gate. */
export function enterPod(walk: Walk, server: PodEnd): void {
  const { context, sender, way, path } = walk;
  const link = context.plugin.link(server.pod);
  if (sender === null || server.node === null) {
    const who = server.node === null ? server : (walk.flow.client as PodEnd);
    const { namespace, name } = who.pod;
    // Of one that stands for a controller nobody knows more is said elsewhere.
    const isStandIn = who.party.podNumber < 0;
    path.weaken('conditional', isStandIn ? null : `POD_NOT_PLACED: no node runs ${namespace}/${name} yet`);
    if (link.bridge === null) path.forward();
    deliver(walk, server, link);
    return;
  }
  if (way === null) withinNode(walk, server, link, sender);
  else acrossNodes(walk, server, link, { sender, receiver: server.node, way });
}

function withinNode(walk: Walk, server: PodEnd, link: PodLink, node: Node): void {
  const { path } = walk;
  const { client, use } = walk.flow;
  const crossedBridge = client.kind === 'Pod' && client.node === node && link.bridge !== null;
  // Frames between two ports of a bridge are switched; what was translated, or has no bridge, is forwarded.
  if (client.kind !== 'Host' && (!crossedBridge || use !== null)) path.forward();
  if (crossedBridge) noteBridgedPolicy(walk, use);
  const isHairpin = client.kind === 'Pod' && isOnePod(client, server);
  const chosen = isHairpin ? hairpinSource(walk, client) : use === null ? null : serviceSource(walk, node);
  // Policy is checked before the source is translated: it sees the client itself.
  if (chosen !== null) {
    gateIngress(walk, server, link);
    if (path.isStopped) return;
    translateTo(walk, node, chosen);
  }
  if (!crossedBridge) podDevices.bridge(walk, node, link);
  podDevices.hostVeth(walk, server.node, link, 'send');
  if (chosen === null) gateIngress(walk, server, link);
  if (!path.isStopped) podDevices.podInterface(walk, server.node, link, 'deliver');
}

interface Crossing {
  readonly sender: Node;
  readonly receiver: Node;
  readonly way: Way;
}

function acrossNodes(walk: Walk, server: PodEnd, link: PodLink, { sender, receiver, way }: Crossing): void {
  const { path } = walk;
  const { client, use } = walk.flow;
  if (client.kind !== 'Host' || use?.entry != null) path.forward();
  translateServiceSource(walk, sender);
  if (client.kind === 'Pod' && use?.entry == null)
    translatePodSource(walk, sender, { address: server.address, isNode: false, way });
  path.weaken(way.delivery, way.reason);
  if (path.isStopped) return;
  const { tunnel } = way;
  nodeDevices.tunnelEnd(walk, sender, tunnel, 'encapsulate');
  nodeDevices.nic(walk, sender, 'send', tunnel);
  nodeDevices.fabric(walk, tunnel, way);
  nodeDevices.nic(walk, receiver, 'receive', tunnel);
  nodeDevices.tunnelEnd(walk, receiver, tunnel, 'decapsulate');
  path.forward();
  podDevices.bridge(walk, receiver, link);
  deliver(walk, server, link);
}

function deliver(walk: Walk, server: PodEnd, link: PodLink): void {
  podDevices.hostVeth(walk, server.node, link, 'send');
  gateIngress(walk, server, link);
  if (!walk.path.isStopped) podDevices.podInterface(walk, server.node, link, 'deliver');
}

/** What a pod sees as its peer that reaches itself through a Service or a host port; null where it does not. */
function hairpinSource({ context, flow: { use } }: Walk, client: PodEnd): ChosenSource | null {
  if (client.node === null || use === null) return null;
  const chosen = hairpinOf(context, client, client.node, use);
  return 'refused' in chosen ? null : chosen;
}

function noteBridgedPolicy({ context }: Walk, use: ServiceUse | null): void {
  const { policyEngine, network } = context.cluster.dataplane;
  const isBridged = ['kube-router', 'kube-network-policies'].includes(policyEngine.value);
  if (use !== null || !isBridged || network.flannel?.config?.enableNFTables === false) return;
  context.assumptions.set('br_netfilter', {
    name: 'br_netfilter',
    value: 'bridged frames of one node pass through iptables, so that policies hold between them',
    provenance: 'assumed',
  });
}

function gateIngress({ context, flow, path }: Walk, server: PodEnd, link: PodLink): void {
  const { client, use, port } = flow;
  path.seeByPolicy();
  const { source } = path.tuple;
  const isUnchanged = source === client.address || source === null;
  const isOwnNode = client.kind === 'Host' && client.node.name === server.node?.name;
  const party = isUnchanged || isOwnNode ? client.party : (partyAt(context.cluster, source) ?? client.party);
  passGate(context, path, {
    direction: 'Ingress',
    node: server.node,
    source: party,
    destination: server.party,
    port,
    viaService: use !== null,
    device: link.hostDevice,
    chain: isOwnNode ? 'OUTPUT' : 'FORWARD',
  });
}
