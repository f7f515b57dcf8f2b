import { cidrHolds } from '#dataplane';
import { partyOfAddress } from '#engine';
import { formatAddress, type KubeRouterNetwork, type Node, parseAddress } from '#model';
import { type End, type HostEnd, isOnePod, partyAt, type PodEnd } from './ends.js';
import { hairpinOf } from './hairpin-of.js';
import { nodeDevices } from './node-devices.js';
import { podDevices } from './pod-devices.js';
import type { PodLink } from './plugin/plugin.js';
import { passGate } from './policy-gate.js';
import type { ServiceUse } from './service-use.js';
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
  const destination =
    translatesHere || entry === null ? server.party : (partyAt(context.cluster, use?.address ?? '') ?? server.party);
  const check = (): void =>
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
  // The agent of AWS looks up who is behind a Service and checks at the pod's port, before anybody translates.
  const isCheckedFirst = context.cluster.dataplane.policyEngine.value === 'aws-network-policy-agent';
  if (isCheckedFirst) check();
  if (path.isStopped) return;
  podDevices.bridge(walk, node, link);
  if (!isEbpf && translatesHere) {
    checkAddressOfService(walk, client, link);
    if (!path.isStopped) translateService(walk, node, 'nat');
  }
  if (path.isStopped) return;
  if (!isCheckedFirst) check();
  if (path.isStopped) return;
  if (translatesHere || use === null || entry === null) refuseHairpin(walk, client);
  else crossToEntry(walk, node, entry, client);
}

/**
 * Where IPVS takes a Service's address for the node's own, kube-router applies egress policies to that address, unless it is
 * told that the address is a Service's (dataplane A.6).
 */
function checkAddressOfService({ context, flow, path }: Walk, client: PodEnd, { hostDevice }: PodLink): void {
  const { use } = flow;
  const { policyEngine, proxy, network } = context.cluster.dataplane;
  const isIpvs = proxy.value === 'kube-router/ipvs' || proxy.value === 'kube-proxy/ipvs';
  const address = parseAddress(use?.address ?? '');
  if (use === null || address?.family !== 'IPv4' || policyEngine.value !== 'kube-router' || !isIpvs) return;
  const ranges = rangesOf(network.kubeRouter, use);
  const text = formatAddress(address);
  if (ranges === null || ranges.some((cidr) => cidrHolds(cidr, text))) return;
  const before = path.delivery;
  passGate(context, path, {
    direction: 'Egress',
    node: client.node,
    source: client.party,
    destination: partyOfAddress(address),
    port: use.port,
    viaService: false,
    device: hostDevice,
    chain: 'INPUT',
  });
  if (path.delivery === before) return;
  path.note(
    `VIP_UNDER_POLICY: ${text} is in no range of Services that kube-router was told, so that egress policies are applied to it`,
    'first',
  );
}

/** The addresses of Services that kube-router was told, of the kind that is spoken to; null for NodePorts, which it passes over. */
function rangesOf(settings: KubeRouterNetwork | null, { by }: ServiceUse): readonly string[] | null {
  if (settings === null) return null;
  const { clusterIpRanges, externalIpRanges, loadBalancerIpRanges } = settings;
  switch (by) {
    case 'ClusterIP':
      return clusterIpRanges;
    case 'ExternalIP':
      return externalIpRanges;
    case 'LoadBalancer':
      return loadBalancerIpRanges;
    default:
      return null;
  }
}

function fromHost(walk: Walk, client: HostEnd): void {
  const { context, path, way } = walk;
  const { use, server } = walk.flow;
  const translatesHere = use !== null && (use.entry === null || use.entry === client.node);
  // Programs at the socket translate before the kernel chooses a source.
  const isEbpf = context.cluster.dataplane.proxy.value.startsWith('ebpf/');
  if (server.kind === 'Pod' && (use === null || (isEbpf && translatesHere)))
    path.startFrom(context.plugin.sourceOfNode(client.node, way, context.family).address);
  path.add({ node: client.node, netns: 'host', device: null, kind: 'socket', action: 'send' });
  if (translatesHere) translateService(walk, client.node, 'nat');
  else if (use?.entry != null) crossToEntry(walk, client.node, use.entry, client);
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
    podDevices.leaveByGateway(walk, from, client.pod);
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
