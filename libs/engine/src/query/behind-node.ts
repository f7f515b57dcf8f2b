import type { PortProtocol, Service } from '#model';
import type { Cluster } from './cluster.js';
import type { Client } from './clients.js';
import { type Party, partyOfNode, partyOfPod } from './party.js';
import { portOfNode } from './port-of-node.js';
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
  question: VerdictQuestion,
  sources: readonly Party[],
  node: Party,
): BehindNode | null {
  const found = portOfNode(cluster, node, question);
  if (found === null) return null;
  const protocol = question.protocol as PortProtocol;
  const { port, note } = found;
  if (found.by === 'NodePort') {
    const asked = {
      ...found,
      protocol,
      protocolGiven: true,
      port: { kind: 'Range', first: port, last: port },
    } as const;
    const [{ backends }] = askedServicePorts(cluster, asked);
    return { protocol, port, backends, note, clients: clientsAtNode(cluster, found.service, backends, sources, node) };
  }
  const backend: Backend = { party: partyOfPod(cluster, found.pod), port, terminating: false, zones: [] };
  const clients = sources.flatMap((source) => seenAs(cluster, source, node, source.kind === 'Pod'));
  return { protocol, port, backends: [backend], note, clients: new Map([[backend, clients]]) };
}

function clientsAtNode(
  cluster: Cluster,
  { externalTrafficPolicy }: Service,
  backends: readonly Backend[],
  sources: readonly Party[],
  node: Party,
): BehindNode['clients'] {
  const isLocal = externalTrafficPolicy === 'Local';
  const here = readyFirst(backends.filter(({ party }) => party.node === node.node));
  const clients = new Map<Backend, Client[]>();
  for (const source of sources) {
    const seen = seenAs(cluster, source, node, !isLocal);
    // Whoever is on the node itself is sent to any backend, as through the Service's own address.
    for (const backend of isLocal && source.node !== node.node ? here : readyFirst(backends))
      clients.set(backend, [...(clients.get(backend) ?? []), ...seen]);
  }
  return clients;
}

/** A client as what is behind a node may see it: pods may leave under the address of their node. */
function seenAs(cluster: Cluster, source: Party, entry: Party, mayBeEntry: boolean): Client[] {
  const own = source.kind === 'Pod' && source.node !== null ? cluster.lookups.nodeNumber().get(source.node) : undefined;
  const seen = [source, ...(own === undefined ? [] : [partyOfNode(cluster, own)]), ...(mayBeEntry ? [entry] : [])];
  return [...new Map(seen.map((as) => [as.text, { of: source, as }])).values()];
}
