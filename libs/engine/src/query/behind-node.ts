import { formatAddress, type Pod, type PortProtocol } from '#model';
import type { Cluster } from './cluster.js';
import type { Client } from './clients.js';
import type { NodePort } from './lookups.js';
import { type Party, partyOfNode, partyOfPod } from './party.js';
import { askedServicePorts, type AskedServicePort, type Backend, readyFirst } from './resolve-service.js';
import type { VerdictQuestion } from './verdict.js';

/** What takes the connections to one port of a node in its stead: backends of a Service, or a pod with a host port. */
export interface BehindNode extends AskedServicePort {
  /** In words. */
  readonly note: string;
  /** Who each backend sees. */
  readonly clients: ReadonlyMap<Backend, readonly Client[]>;
}

/**
 * What answers where one port of a node is asked for; null where it is the node itself. The client may be seen as its own
 * node or as the one that it enters by, unless the Service keeps its address (policy semantics 5.1, point 8). Cost: that of
 * a Service; the first time, linear in the Services and the pods.
 */
export function behindNode(
  cluster: Cluster,
  { protocol, port: asked }: VerdictQuestion,
  sources: readonly Party[],
  node: Party,
): BehindNode | null {
  if (node.kind !== 'Node' || node.node === null || protocol === 'ICMP') return null;
  if (asked?.kind !== 'Range' || asked.first !== asked.last) return null;
  const { lookups } = cluster;
  const where = `port ${asked.first} of node ${node.node}`;
  const nodePort = lookups.nodePorts().get(`${protocol} ${asked.first}`);
  if (nodePort !== undefined) return behindNodePort(cluster, nodePort, protocol, sources, node, where);
  const hostPort = lookups.hostPorts().get(`${node.node} ${protocol} ${asked.first}`);
  const behind = hostPort?.find(({ hostIp }) => hostIp === null || isAt(node, hostIp));
  if (behind === undefined) return null;
  const backend: Backend = { ...behind, party: partyOfPod(cluster, behind.pod), terminating: false, zones: [] };
  const { namespace, name } = backend.party.pod as Pod;
  return {
    protocol,
    port: behind.port,
    backends: [backend],
    note: `${where} is a host port of pod ${namespace}/${name}`,
    clients: new Map([[backend, sources.flatMap((source) => seenAs(cluster, source, node, source.kind === 'Pod'))]]),
  };
}

function behindNodePort(
  cluster: Cluster,
  { service, port }: NodePort,
  protocol: PortProtocol,
  sources: readonly Party[],
  node: Party,
  where: string,
): BehindNode {
  const question = {
    service,
    protocol,
    protocolGiven: true,
    port: { kind: 'Range', first: port, last: port },
  } as const;
  const [{ backends }] = askedServicePorts(cluster, question);
  const isLocal = service.externalTrafficPolicy === 'Local';
  const here = readyFirst(backends.filter(({ party }) => party.node === node.node));
  const clients = new Map<Backend, Client[]>();
  for (const source of sources) {
    // Whoever is on the node itself is sent to any backend, as through the Service's own address.
    for (const backend of isLocal && source.node !== node.node ? here : readyFirst(backends)) {
      const seen = seenAs(cluster, source, node, !isLocal);
      clients.set(backend, [...(clients.get(backend) ?? []), ...seen]);
    }
  }
  const note = `${where} is a NodePort of Service ${service.namespace}/${service.name}`;
  return { protocol, port, backends, note, clients };
}

/** A client as what is behind a node may see it: pods may leave under the address of their node. */
function seenAs(cluster: Cluster, source: Party, entry: Party, mayBeEntry: boolean): Client[] {
  const own = source.kind === 'Pod' && source.node !== null ? cluster.lookups.nodeNumber().get(source.node) : undefined;
  const seen = [source, ...(own === undefined ? [] : [partyOfNode(cluster, own)]), ...(mayBeEntry ? [entry] : [])];
  return [...new Map(seen.map((as) => [as.text, { of: source, as }])).values()];
}

function isAt({ addresses }: Party, text: string): boolean {
  return addresses.some(({ address }) => address !== null && formatAddress(address) === text);
}
