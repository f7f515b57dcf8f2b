import type { Pod, PortProtocol, Service, ServicePort } from '#model';
import { compareText, parseAddress, QuestionError, selectorMatches } from '#model';
import type { Cluster } from './cluster.js';
import { grouped } from './lookups.js';
import { type Party, partyOfAddress, partyOfNodeAddress, partyOfPod, roleOf } from './party.js';
import type { PortQuestion, Protocol } from './verdict.js';

/** One port of a Service that was asked for, with the backends a client may be sent to (policy semantics 5.1). */
export interface AskedServicePort {
  readonly protocol: PortProtocol;
  readonly port: number;
  readonly backends: readonly Backend[];
}

/** Where a connection to a Service port ends, after translation. */
export interface Backend {
  readonly party: Party;
  readonly port: number;
  /** It is ending: it is used where no other backend is ready. */
  readonly terminating: boolean;
  /** Zones whose clients are to be sent to it; empty: no hint. */
  readonly zones: readonly string[];
}

export interface ServiceQuestion {
  readonly service: Service;
  readonly protocol: Protocol;
  readonly protocolGiven: boolean;
  readonly port: PortQuestion | null;
}

/**
 * The ports of a Service that a question asks for, with their backends. A headless Service translates nothing: it is
 * asked at the client's port, listed or not. Empty where the Service has no such port. Cost: linear in the pods of the
 * namespace, or in the slices.
 * @throws QuestionError PORT_NOT_FOUND where a port is asked for by a name the Service does not have
 */
export function askedServicePorts(cluster: Cluster, question: ServiceQuestion): AskedServicePort[] {
  const { service, protocol, port } = question;
  return portsAskedFor(question)
    .map((asked) => ({
      protocol: asked.protocol,
      port: asked.port,
      backends: sorted(service.slices === null ? selected(cluster, service, asked) : sliced(cluster, service, asked)),
    }))
    .sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : a.protocol > b.protocol ? 1 : 0));

  function portsAskedFor({ protocolGiven }: ServiceQuestion): ServicePort[] {
    const ofProtocol = service.ports.filter(
      (candidate) => candidate.protocol === protocol || (port === null && !protocolGiven),
    );
    if (port === null) return ofProtocol;
    if (port.kind === 'Name') {
      const named = ofProtocol.filter(({ name }) => name === port.name);
      if (named.length === 0) throw unknownName(service, port.name);
      return named;
    }
    if (service.headless && port.first === port.last && protocol !== 'ICMP') {
      return [{ name: null, protocol, port: port.first, targetPort: null, nodePort: null }];
    }
    return ofProtocol.filter((candidate) => candidate.port >= port.first && candidate.port <= port.last);
  }
}

function unknownName(service: Service, name: string): QuestionError {
  const names = service.ports.flatMap((port) => (port.name === null ? [] : [port.name]));
  return new QuestionError(
    'PORT_NOT_FOUND',
    `Service ${service.namespace}/${service.name} has no port named ${JSON.stringify(name)}; it has ${names.join(', ') || 'no named ports'}`,
    'port',
    names.join(', '),
  );
}

/** By text, then port. A pod stands once in the slices of each family: it is one backend with both addresses. */
function sorted(backends: readonly Backend[]): Backend[] {
  const joined = new Map<string, Backend>();
  for (const backend of backends) {
    const { party, port } = backend;
    const key = `${party.text} ${port}`;
    const known = joined.get(key);
    const addresses = known?.party.addresses ?? [];
    const added = party.addresses.filter(({ family }) => addresses.every((address) => address.family !== family));
    joined.set(key, {
      ...backend,
      party: { ...party, addresses: [...addresses, ...added] },
      terminating: backend.terminating && known?.terminating !== false,
    });
  }
  return [...joined.values()].sort((a, b) => compareText(a.party.text, b.party.text) || a.port - b.port);
}

/** Backends by the Service's own selector. */
function selected(cluster: Cluster, service: Service, port: ServicePort): Backend[] {
  const { selector } = service;
  if (selector === null) return [];
  const { labelSet, labelSets } = cluster.lookups.columns();
  return cluster.lookups.podNumbers(service.namespace).flatMap((number) => {
    if (!selectorMatches(selector, labelSets[labelSet[number]])) return [];
    const pod = cluster.model.pods.at(number) as Pod;
    if (!(pod.ready || service.publishNotReadyAddresses)) return [];
    const party = partyOfPod(cluster, number);
    if (roleOf(cluster, party, cluster.semantics) === 'NotLive') return [];
    const addresses = party.addresses.filter(({ family }) => service.families?.includes(family) ?? true);
    const target = service.headless ? port.port : targetPort(pod, port);
    if (target === null || addresses.length === 0) return [];
    return [{ party: { ...party, addresses }, port: target, terminating: false, zones: [] }];
  });
}

/** The number that a Service port means on a pod; null where the pod does not declare the name it is given by. */
function targetPort(pod: Pod, { port, protocol, targetPort: target }: ServicePort): number | null {
  if (target === null || target === 0) return port;
  if (typeof target === 'number') return target;
  const declared = ['Container', 'Sidecar'].flatMap((kind) =>
    pod.ports.filter(({ declaredBy }) => declaredBy === kind),
  );
  return declared.find((candidate) => candidate.name === target && candidate.protocol === protocol)?.port ?? null;
}

/** Backends that a controller wrote down: addresses become pods and nodes again where they are theirs. */
function sliced(cluster: Cluster, service: Service, port: ServicePort): Backend[] {
  return (service.slices ?? []).flatMap(({ ports, backends }) => {
    const target = service.headless
      ? { port: port.port }
      : ports.find(({ name, protocol }) => (name ?? null) === port.name && protocol === port.protocol);
    if (target === undefined) return [];
    return backends
      .filter(
        ({ ready, terminating }) => ready || (terminating && !service.headless) || service.publishNotReadyAddresses,
      )
      .map(({ address, ready, terminating, zones }) => ({
        party: partyAt(cluster, address),
        port: target.port ?? port.port,
        terminating: terminating && !ready && !service.publishNotReadyAddresses,
        zones,
      }));
  });
}

/** The backends to which clients from outside may be sent; `isLocal`: each node looks at its own only. */
export function backendsFromOutside(backends: readonly Backend[], isLocal: boolean): readonly Backend[] {
  if (!isLocal) return readyFirst(backends);
  return [...grouped(backends, ({ party }) => party.node ?? '').values()].flatMap(readyFirst);
}

/** Backends that are ending are used where no other one is ready. */
export function readyFirst(backends: readonly Backend[]): readonly Backend[] {
  const ready = backends.filter(({ terminating }) => !terminating);
  return ready.length > 0 ? ready : backends;
}

/**
 * The backends that a client inside the cluster may be sent to from a node, null where nobody knows which:
 * `internalTrafficPolicy: Local` keeps to the node, hints keep to its zone. DNS, which answers for headless Services,
 * looks at neither.
 */
export function backendsFrom(
  { model, lookups }: Cluster,
  service: Service,
  backends: readonly Backend[],
  node: string | null,
): readonly Backend[] {
  if (service.headless) return backends;
  if (node === null) return readyFirst(backends);
  if (service.internalTrafficPolicy === 'Local') return readyFirst(backends.filter(({ party }) => party.node === node));
  const used = readyFirst(backends);
  const number = lookups.nodeNumber().get(node);
  const zone = number === undefined ? undefined : model.nodes[number].labels[zoneLabel];
  const inZone = zone === undefined ? [] : used.filter(({ zones }) => zones.includes(zone));
  // Hints count only where every backend has one and the zone is not left without.
  return inZone.length > 0 && used.every(({ zones }) => zones.length > 0) ? inZone : used;
}

const zoneLabel = 'topology.kubernetes.io/zone';

function partyAt(cluster: Cluster, text: string): Party {
  const address = parseAddress(text);
  if (address === null) throw new Error(`a slice has the address ${text}, which the reader should have refused`);
  const pod = cluster.lookups
    .podsAt(address)
    .map((number) => partyOfPod(cluster, number))
    .find((party) => roleOf(cluster, party, cluster.semantics) !== 'NotLive');
  if (pod !== undefined) return { ...pod, addresses: pod.addresses.filter(({ family }) => family === address.family) };
  const node = cluster.lookups.nodeByAddress().get(text);
  return node === undefined ? partyOfAddress(address) : partyOfNodeAddress(cluster, node, address);
}
