import { type Party, standInAddress } from '#engine';
import type { Node } from '#model';
import { isOnePod, partyAt, partyNamed, type PodEnd } from './ends.js';
import { hairpinOf } from './hairpin-of.js';
import { nodeDevices } from './node-devices.js';
import { podDevices } from './pod-devices.js';
import { passGate } from './policy-gate.js';
import type { ChosenSource, PodLink, Way } from './plugin/plugin.js';
import type { ServiceUse } from './service-use.js';
import { sourceByAgent } from './source-by-agent.js';
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
  const chosen = isHairpin ? hairpinSource(walk, client) : sourceWithinNode(walk, node, link);
  // Where chains of the node check policy, they do so before the source is translated, and see the client itself.
  const isCheckedFirst = chosen !== null && !checksAtPort(walk, isHairpin);
  if (isCheckedFirst) gateIngress(walk, server, link);
  if (path.isStopped) return;
  if (chosen !== null) translateTo(walk, node, chosen);
  if (client.kind !== 'Pod' || client.node !== node) podDevices.gateway(walk, node, link);
  if (!crossedBridge) podDevices.bridge(walk, node, link);
  podDevices.hostVeth(walk, server.node, link, 'send');
  if (!isCheckedFirst) gateIngress(walk, server, link);
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
  const isForwarded = client.kind !== 'Host' || use?.entry != null;
  const isOfPod = client.kind === 'Pod' && (use?.entry == null || use.entry === client.node);
  if (isForwarded && !(isOfPod && way.isBridged === true)) path.forward();
  translateServiceSource(walk, sender);
  if (client.kind === 'Pod' && use?.entry == null)
    translatePodSource(walk, sender, { address: server.address, isNode: false, way });
  path.weaken(way.delivery, way.reason);
  if (path.isStopped) return;
  const { tunnel } = way;
  if (tunnel === null ? isOfPod && link.leavesByGateway === true : !isOfPod) podDevices.gateway(walk, sender, link);
  // Where a tunnel is a port of the bridge, the node's own packets get to it over that.
  if (tunnel !== null && !isOfPod && (link.gateway !== undefined || way.isBridged === true))
    podDevices.bridge(walk, sender, link);
  nodeDevices.tunnelEnd(walk, sender, tunnel, 'encapsulate');
  nodeDevices.nic(walk, sender, 'send', tunnel);
  nodeDevices.fabric(walk, tunnel, way);
  nodeDevices.nic(walk, receiver, 'receive', tunnel);
  nodeDevices.tunnelEnd(walk, receiver, tunnel, 'decapsulate');
  if (way.isBridged !== true) path.forward();
  if (tunnel === null && link.leavesByGateway === true) podDevices.gateway(walk, receiver, link);
  podDevices.bridge(walk, receiver, link);
  deliver(walk, server, link);
}

function deliver(walk: Walk, server: PodEnd, link: PodLink): void {
  podDevices.hostVeth(walk, server.node, link, 'send');
  gateIngress(walk, server, link);
  if (!walk.path.isStopped) podDevices.podInterface(walk, server.node, link, 'deliver');
}

/** What a pod sees of a client of its own node: the proxy's choice, or that of an agent that spares no pods. */
function sourceWithinNode(walk: Walk, node: Node, link: PodLink): ChosenSource | null {
  const { context, flow } = walk;
  const { client, server, use } = flow;
  const byProxy = use === null ? null : serviceSource(walk, node);
  // Frames that are switched do not pass the host's translations.
  if (byProxy !== null || client.kind !== 'Pod' || client.node !== node || link.bridge !== null) return byProxy;
  const byAgent = sourceByAgent(context, node, { address: server.address, isNode: false, way: null });
  if (byAgent === null || byAgent.doubt !== undefined) return byAgent;
  const { address } = context.plugin.sourceOfNode(node, null, context.family);
  return { ...byAgent, address };
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

/**
 * Whether policies are checked by programs or flows at the pod's own port, which see packets as the node's chains leave them.
 * A pod that comes back to itself through a Service they know themselves, where it is they who translate.
 */
function checksAtPort({ context }: Walk, isHairpin: boolean): boolean {
  const engine = context.cluster.dataplane.policyEngine.value;
  return engine === 'aws-network-policy-agent' || (!isHairpin && enginesAtPort.includes(engine));
}

const enginesAtPort: readonly string[] = ['cilium', 'antrea', 'ovn-kubernetes'];

/** Who policies take the sender for. */
function senderSeen({ context, flow, path }: Walk, server: PodEnd): Party {
  const { client } = flow;
  const { cluster } = context;
  const { source } = path.tuple;
  const isOwnNode = client.kind === 'Host' && client.node.name === server.node?.name;
  if (source === client.address || isOwnNode) return client.party;
  // Cilium goes by identity: whatever address a node takes, it is that node.
  if (cluster.dataplane.policyEngine.value === 'cilium') {
    const by = path.translatedBy;
    if (by === null) return client.party;
    return partyNamed(cluster, `node:${by.name}`) ?? client.party;
  }
  return source === null ? standInAddress(cluster) : (partyAt(cluster, source) ?? client.party);
}

function gateIngress(walk: Walk, server: PodEnd, link: PodLink): void {
  const { context, flow, path } = walk;
  const { client, use, port } = flow;
  path.seeByPolicy();
  const party = senderSeen(walk, server);
  passGate(context, path, {
    direction: 'Ingress',
    node: server.node,
    source: party,
    destination: server.party,
    port,
    viaService: use !== null,
    device: link.hostDevice,
    chain: client.kind === 'Host' && client.node.name === server.node?.name ? 'OUTPUT' : 'FORWARD',
  });
}
