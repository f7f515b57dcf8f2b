import {
  askedServicePorts,
  type Backend,
  type AskedServicePort,
  backendsFrom,
  backendsFromOutside,
  readyFirst,
} from '#engine';
import { cidrHolds, nodeAddress, ofFamily } from '#dataplane';
import type { Node, Service } from '#model';
import { balancerRoutes } from './balancer-routes.js';
import { buildRoutes } from './build-routes.js';
import type { Context } from './context.js';
import { type End, endOf, nodeNamed } from './ends.js';
import { Path } from './path.js';
import type { ServiceUse } from './service-use.js';
import type { Route } from './trace.js';

/** How a Service is spoken to. */
export interface ServiceAccess {
  readonly service: Service;
  readonly by: ServiceUse['by'] | null;
  /** The address the client uses; null: the Service's own. */
  readonly address: string | null;
  readonly port: number | null;
  readonly entry: Node | null;
}

/** One route per backend of each port asked for, and per node that may receive what comes from outside. */
export function serviceRoutes(context: Context, client: End, access: ServiceAccess): Route[] {
  const { cluster, question } = context;
  const { service } = access;
  if (service.type === 'ExternalName') return [externalName(client, service)];
  const asked = askedServicePorts(cluster, { ...question, service });
  if (asked.length === 0)
    return [
      refusedRoute(
        client,
        access,
        null,
        `NO_SERVICE_PORT: Service ${service.namespace}/${service.name} does not listen there`,
      ),
    ];
  return asked.flatMap((port) => routesOfPort(context, client, access, port));
}

function routesOfPort(context: Context, client: End, access: ServiceAccess, port: AskedServicePort): Route[] {
  const { service } = access;
  if (port.backends.length === 0) {
    const reason = `NO_BACKEND: Service ${service.namespace}/${service.name} has no ready backend at port ${port.port}; the proxy refuses the connection`;
    return [refusedRoute(client, access, port, reason)];
  }
  const balancer =
    client.kind === 'Outside' && access.entry === null ? addressFromOutside(access, port) : access.address;
  if (balancer !== null && service.proxiedLoadBalancerIps.includes(balancer))
    return balancerRoutes(context, client, { service, address: balancer, port: access.port ?? port.port }, (sender) =>
      behindBalancer(context, sender, service, port),
    );
  if (client.kind === 'Outside' && access.entry === null) return fromOutside(context, client, access, port);
  if (access.entry !== null) return throughEntry(context, client, access, port, access.entry);
  const isOuter = access.by === 'LoadBalancer' || access.by === 'ExternalIP';
  if (access.by === 'LoadBalancer' && isKubeProxy(context) && isKeptOut(client, service))
    return [refusedRoute(client, access, port, keptOut(client, service))];
  // At an outer address kube-proxy sends clients inside the cluster to all backends, by whatever policy.
  const asked: Service = isOuter && isKubeProxy(context) ? { ...service, internalTrafficPolicy: 'Cluster' } : service;
  const inReach = backendsFrom(context.cluster, asked, port.backends, client.node?.name ?? null);
  if (inReach.length === 0) {
    const reason = `NO_LOCAL_BACKEND: internalTrafficPolicy is Local, and no backend runs on ${client.node?.name ?? 'the client’s node'}; packets are dropped`;
    return [refusedRoute(client, access, port, reason)];
  }
  noteChoice(context, service, inReach.length);
  return inReach.flatMap((backend) => routesToBackend(context, client, access, port, backend, null));
}

/** How one of several backends comes to be used. */
function noteChoice({ cluster, assumptions }: Context, service: Service, count: number): void {
  if (count < 2) return;
  const isInTurn = cluster.dataplane.proxy.value.endsWith('/ipvs');
  const how = service.headless
    ? `one of ${count}, as the client chooses from what DNS answers`
    : service.sessionAffinity === 'ClientIP'
      ? `one of ${count} for each client, which keeps to it`
      : `one of ${count} for each connection, ${isInTurn ? 'in turn' : 'at random'}`;
  const name = `${service.namespace}/${service.name}`;
  assumptions.set(`backends ${name}`, { name: 'backends', value: `${how} (${name})`, provenance: 'derived' });
}

/** A node that was addressed by name: its own policy decides whether it looks beyond itself. */
function throughEntry(
  context: Context,
  client: End,
  access: ServiceAccess,
  port: AskedServicePort,
  entry: Node,
): Route[] {
  const refused = refusedNodePort(context, access, entry);
  if (refused !== null) return [refusedRoute(client, access, port, refused)];
  const isLocal = keepsClients(access.service) && !isCutShort(context, client, entry);
  const local = readyFirst(isLocal ? port.backends.filter(({ party }) => party.node === entry.name) : port.backends);
  if (local.length === 0) {
    const reason = `NO_LOCAL_BACKEND: externalTrafficPolicy is Local, and no backend runs on ${entry.name}; packets are dropped`;
    return [
      refusedRoute(client, { ...access, address: access.address ?? nodeAddress(entry, context.family) }, port, reason),
    ];
  }
  return local.flatMap((backend) => routesToBackend(context, client, access, port, backend, entry));
}

/**
 * Whether kube-proxy passes over `externalTrafficPolicy: Local`: its chains send clients of the node itself, and the pods on it,
 * to all backends.
 */
function isCutShort(context: Context, { node }: End, entry: Node): boolean {
  return node?.name === entry.name && isKubeProxy(context);
}

/** A proxy that nobody knows is taken for it. */
function isKubeProxy({ cluster }: Context): boolean {
  const proxy = cluster.dataplane.proxy.value;
  return proxy.startsWith('kube-proxy/') || proxy === 'unknown';
}

/** Whether `loadBalancerSourceRanges` leave a client out. */
function isKeptOut({ address }: End, { loadBalancerSourceRanges: ranges }: Service): boolean {
  return ranges.length > 0 && address !== null && !ranges.some((cidr) => cidrHolds(cidr, address));
}

function keptOut({ address }: End, { loadBalancerSourceRanges: ranges }: Service): string {
  return `LOAD_BALANCER_SOURCE_RANGES: ${address ?? 'the client'} is in none of ${ranges.join(', ')}`;
}

/** Why kube-proxy does not answer at a NodePort of this node's address; null where it does. */
function refusedNodePort({ cluster, family }: Context, { by, address }: ServiceAccess, entry: Node): string | null {
  const { nodePortAddresses } = cluster.dataplane.network.proxy;
  const asked = address ?? nodeAddress(entry, family);
  const cidrs = nodePortAddresses.filter((text) => text !== 'primary');
  if (by !== 'NodePort' || asked === null || cidrs.length < nodePortAddresses.length || cidrs.length === 0) return null;
  if (cidrs.some((cidr) => cidrHolds(cidr, asked))) return null;
  return `NODE_PORT_ADDRESSES: kube-proxy answers at NodePorts of ${cidrs.join(', ')} only, and ${asked} is in none`;
}

/** From outside any node may receive: the backend's own, or another one, which may change what the backend sees. */
function fromOutside(context: Context, client: End, access: ServiceAccess, port: AskedServicePort): Route[] {
  const { service } = access;
  const outer = outerAccess(service, port.port);
  if (access.address === null && outer === null) {
    return [
      refusedRoute(
        client,
        access,
        port,
        `CLUSTER_IP_NOT_ROUTED: Service ${service.namespace}/${service.name} has no address outside the cluster`,
      ),
    ];
  }
  const reached: ServiceAccess = access.by === null && outer !== null ? { ...access, ...outer } : access;
  if (reached.by === 'LoadBalancer' && isKeptOut(client, service))
    return [refusedRoute(client, reached, port, keptOut(client, service))];
  const { nodes } = context.cluster.model;
  return backendsFromOutside(port.backends, keepsClients(service)).flatMap((backend) => {
    const own = backend.party.node === null ? null : nodeNamed(context.cluster, backend.party.node);
    const other = keepsClients(service) ? undefined : nodes.find(({ name }) => name !== own?.name);
    const entries = [
      ...(own === null ? [] : [{ entry: own, when: `received by ${own.name}` }]),
      ...(other === undefined ? [] : [{ entry: other, when: 'received by another node' }]),
    ];
    return entries.flatMap(({ entry, when }) => routesToBackend(context, client, reached, port, backend, entry, when));
  });
}

function addressFromOutside({ service, address }: ServiceAccess, { port }: AskedServicePort): string | null {
  return address ?? outerAccess(service, port)?.address ?? null;
}

/** Behind its load balancer a Service is entered at a port of its nodes; where it has none, at its backends. */
function behindBalancer(context: Context, sender: End, service: Service, port: AskedServicePort): Route[] {
  const nodePort = service.ports.find((one) => one.port === port.port)?.nodePort ?? null;
  const access: ServiceAccess = { service, by: 'NodePort', address: null, port: nodePort, entry: null };
  if (nodePort !== null) return fromOutside(context, sender, access, port);
  const direct = { ...access, service: { ...service, headless: true } };
  return readyFirst(port.backends).flatMap((backend) => routesToBackend(context, sender, direct, port, backend, null));
}

/** `externalTrafficPolicy: Local`, or kube-router's annotation for the same. */
function keepsClients({ externalTrafficPolicy, annotations }: Service): boolean {
  return externalTrafficPolicy === 'Local' || annotations['kube-router.io/service.local'] === 'true';
}

/** How clients outside get to a Service that is asked for by name. */
function outerAccess(service: Service, port: number): Pick<ServiceAccess, 'by' | 'address' | 'port'> | null {
  const [loadBalancer] = service.loadBalancerIps;
  if (loadBalancer !== undefined) return { by: 'LoadBalancer', address: loadBalancer, port };
  const [external] = service.externalIps;
  if (external !== undefined) return { by: 'ExternalIP', address: external, port };
  const nodePort = service.ports.find((one) => one.port === port)?.nodePort ?? null;
  return nodePort === null ? null : { by: 'NodePort', address: null, port: nodePort };
}

function routesToBackend(
  context: Context,
  client: End,
  access: ServiceAccess,
  port: AskedServicePort,
  backend: Backend,
  entry: Node | null,
  received: string | null = null,
): Route[] {
  const { service } = access;
  const server = endOf(context.cluster, backend.party, context.family);
  const by = access.by ?? 'ClusterIP';
  const address =
    access.address ??
    (by === 'NodePort' && entry !== null ? nodeAddress(entry, context.family) : null) ??
    ofFamily(service.clusterIps, context.family);
  const use: ServiceUse | null = service.headless
    ? null
    : {
        service,
        by,
        address,
        port: access.port ?? port.port,
        entry,
        keepsClient: entry !== null && keepsClients(service) && !isCutShort(context, client, entry),
      };
  const name = `backend ${server.address ?? backend.party.text}:${backend.port}`;
  const when = received === null ? name : `${name}, ${received}`;
  return buildRoutes(context, { client, server, port: backend.port, use, when });
}

/** The way ends where the Service is translated. */
function refusedRoute(client: End, access: ServiceAccess, port: AskedServicePort | null, reason: string): Route {
  const { service } = access;
  const destinationPort = access.port ?? port?.port;
  const path = new Path({
    source: client.address,
    destination: access.address ?? service.clusterIps[0] ?? null,
    ...(destinationPort === undefined ? {} : { destinationPort }),
  });
  const node = access.entry ?? client.node;
  const isPod = client.kind === 'Pod';
  if (client.kind === 'Outside') path.add({ node: null, netns: 'none', device: null, kind: 'fabric', action: 'carry' });
  else {
    path.add({
      node: client.node,
      netns: isPod ? 'pod' : 'host',
      device: isPod ? 'eth0' : null,
      nameSource: isPod ? 'assumed' : null,
      kind: isPod ? 'podInterface' : 'socket',
      action: 'send',
    });
  }
  path.add({ node, netns: 'host', device: null, kind: 'nat', action: reason.includes('refuse') ? 'reject' : 'drop' });
  path.weaken('unreachable', reason);
  return path.finish('always', 'default');
}

function externalName(client: End, { externalName: name }: Service): Route {
  const path = new Path({ source: client.address, destination: null });
  path.add({
    node: client.node,
    netns: client.kind === 'Pod' ? 'pod' : 'host',
    device: null,
    kind: 'socket',
    action: 'resolve',
  });
  path.weaken(
    'conditional',
    `EXTERNAL_NAME: DNS answers with ${name ?? 'another name'}; where that leads no object shows`,
  );
  return path.finish('always', 'default');
}
