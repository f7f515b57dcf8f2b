import { type Cluster, type Party, portOfNode, type Resolved, resolvePeer, type VerdictQuestion } from '#engine';
import { cidrHolds } from '#dataplane';
import { type Node, parsePeer, type Pod, type Service } from '#model';
import { nodeNamed } from './ends.js';
import type { ServiceUse } from './service-use.js';

/** What a question really speaks to, where its destination is translated on the way. */
export interface TranslatedDestination {
  /** The same question, asked of what is behind. */
  readonly question: VerdictQuestion;
  readonly by: ServiceUse['by'];
  /** The address that the client uses; null for a Service asked for by name. */
  readonly address: string | null;
  readonly port: number | null;
  /** The node that was addressed. */
  readonly entry: Node | null;
  readonly note: string | null;
}

/**
 * Recognises a NodePort and a host port behind a node, and a Service behind one of its outer addresses; null for a
 * destination that is what it says. Errors as `resolvePeer`. Cost: linear in the Services; the first time in the pods.
 */
export function translatedDestination(cluster: Cluster, question: VerdictQuestion): TranslatedDestination | null {
  const peer = parsePeer(question.to, 'to');
  if (peer.kind === 'Address') {
    const service = serviceAt(cluster, peer.address);
    if (service !== null) {
      const by = service.externalIps.includes(peer.address) ? 'ExternalIP' : 'LoadBalancer';
      const note = `${peer.address} is an outer address of Service ${service.namespace}/${service.name}`;
      const asked = { ...question, to: `service:${service.namespace}/${service.name}` };
      return { question: asked, by, address: peer.address, port: onePort(question), entry: null, note };
    }
  }
  if (peer.kind !== 'Node' && peer.kind !== 'Address') return null;
  if (peer.kind === 'Address' && isLoopback(peer.address)) return nodePortAtLoopback(cluster, question, peer.address);
  const address = peer.kind === 'Address' ? peer.address : null;
  return atNode(cluster, question, nodeOf(resolvePeer(cluster, question.to, 'to')), address);
}

/** Whether an address is of the machine that speaks to it. */
export function isLoopback(address: string): boolean {
  return /^(127\.|::1$)/.test(address);
}

/** kube-proxy's chains answer at 127.0.0.1 too, for a node that speaks to itself (iptables only, dataplane C.6). */
function nodePortAtLoopback(
  cluster: Cluster,
  question: VerdictQuestion,
  address: string,
): TranslatedDestination | null {
  const { proxy, network } = cluster.dataplane;
  const { localhostNodePorts, nodePortAddresses } = network.proxy;
  const isIptables = proxy.value === 'kube-proxy/iptables' || proxy.value === 'unknown';
  const isFiltered = nodePortAddresses.length > 0 && !nodePortAddresses.some((cidr) => cidrHolds(cidr, address));
  if (!isIptables || !localhostNodePorts || isFiltered || address.includes(':')) return null;
  const found = atNode(cluster, question, nodeOf(resolvePeer(cluster, question.from, 'from')), address);
  return found?.by === 'NodePort' ? found : null;
}

function onePort({ port }: VerdictQuestion): number | null {
  return port?.kind === 'Range' && port.first === port.last ? port.first : null;
}

function nodeOf(resolved: Resolved): Party | null {
  const party = resolved.kind === 'Parties' && !resolved.isSet ? resolved.parties[0] : undefined;
  return party?.kind === 'Node' ? party : null;
}

function serviceAt({ model }: Cluster, address: string): Service | null {
  const holds = ({ externalIps, loadBalancerIps }: Service): boolean =>
    externalIps.includes(address) || loadBalancerIps.includes(address);
  return model.services.find(holds) ?? null;
}

function atNode(
  cluster: Cluster,
  question: VerdictQuestion,
  node: Party | null,
  address: string | null,
): TranslatedDestination | null {
  const found = node === null ? null : portOfNode(cluster, node, question);
  if (node?.node == null || found === null) return null;
  const { by, note } = found;
  const { namespace, name } = by === 'NodePort' ? found.service : (cluster.model.pods.at(found.pod) as Pod);
  const asked: VerdictQuestion = {
    ...question,
    to: `${by === 'NodePort' ? 'service' : 'pod'}:${namespace}/${name}`,
    port: { kind: 'Range', first: found.port, last: found.port },
  };
  return { question: asked, by, address, port: onePort(question), entry: nodeNamed(cluster, node.node), note };
}
