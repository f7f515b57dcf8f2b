import { type Party, partyOfAddress, type Protocol } from '#engine';
import { familyOf, ofFamily } from '#dataplane';
import { labelRequirements, parseAddress, type Service } from '#model';
import { buildRoutes } from './build-routes.js';
import type { Context } from './context.js';
import { endOf, type HostEnd, type PodEnd } from './ends.js';
import { serviceRoutes } from './service-routes.js';
import type { Delivery, Route } from './trace.js';
import { worseOf } from './worse-of.js';

/** The address that the manifest of NodeLocal DNSCache gives to the cache of every node. */
const cacheAddress = '169.254.20.10';

/**
 * The routes of the look-up that comes before anything is sent to a name (dataplane C.6): from a pod over UDP to the backends
 * of DNS, or to the cache of its node. What else is to be said of it goes to the assumptions. Cost: that of the routes, twice.
 */
export function nameLookup(context: Context, client: Party): Route[] {
  const end = endOf(context.cluster, client, context.family);
  if (end.kind !== 'Pod') return noted(context, `${client.text} is no pod: it is taken to resolve the name`, 'assumed');
  const service = dnsServiceOf(context);
  const hasCache = end.node !== null && hasCacheOnNodes(context);
  if (service === null && !hasCache) {
    const value = 'no Service of DNS is in the snapshot: the name is taken to resolve';
    return noted(context, value, 'assumed');
  }
  const routesOver = (protocol: Protocol): Route[] =>
    hasCache ? routesToCache(context, end, service, protocol) : routesToService(context, end, service, protocol);
  const routes = routesOver('UDP');
  const whom = hasCache ? 'the DNS cache of the node' : `${service?.namespace}/${service?.name}`;
  const delivery = worstOf(routes);
  const isShort = delivery === 'delivered' && worstOf(routesOver('TCP')) !== 'delivered';
  const what =
    delivery === 'blockedByPolicy' || delivery === 'unreachable'
      ? `${client.text} does not get through to ${whom} over UDP: the name does not resolve`
      : `${client.text} looks the name up first, at ${whom} over UDP${isShort ? ', and not over TCP: long answers fail' : ''}`;
  noted(context, what, 'derived');
  return routes;
}

function noted({ assumptions }: Context, value: string, provenance: 'derived' | 'assumed'): Route[] {
  assumptions.set('dns', { name: 'dns', value, provenance });
  return [];
}

function worstOf(routes: readonly Route[]): Delivery {
  return routes.reduce<Delivery>((worst, { delivery }) => worseOf(worst, delivery), 'delivered');
}

/** Where the kubelet sends pods, which no object shows: the Service of this name, or the one of OpenShift or a chart. */
function dnsServiceOf({ cluster }: Context): Service | null {
  const { services } = cluster.model;
  const named = (namespace: string, name: string): Service | undefined =>
    services.find((service) => service.namespace === namespace && service.name === name);
  const isDns = ({ namespace, headless, selector, ports }: Service): boolean =>
    namespace === 'kube-system' &&
    !headless &&
    ports.some(({ port, protocol }) => port === 53 && protocol === 'UDP') &&
    selector !== null &&
    [...labelRequirements(selector)].some(({ key, values }) => key === 'k8s-app' && values.includes('kube-dns'));
  return named('kube-system', 'kube-dns') ?? named('openshift-dns', 'dns-default') ?? services.find(isDns) ?? null;
}

function hasCacheOnNodes({ cluster }: Context): boolean {
  return cluster.model.workloads.some(
    ({ kind, namespace, name }) => kind === 'DaemonSet' && namespace === 'kube-system' && name === 'node-local-dns',
  );
}

function over(context: Context, protocol: Protocol): Context {
  const port = { kind: 'Range', first: 53, last: 53 } as const;
  return { ...context, question: { ...context.question, protocol, protocolGiven: true, port } };
}

function routesToService(context: Context, client: PodEnd, service: Service | null, protocol: Protocol): Route[] {
  if (service === null) return [];
  const access = { service, by: null, address: null, port: null, entry: null };
  // Names are asked for in the family of the Service, whatever is sent afterwards.
  const [first = null] = service.clusterIps;
  const family = ofFamily(service.clusterIps, context.family) ?? first;
  const asked = { ...over(context, protocol), ...(family === null ? {} : { family: familyOf(family) }) };
  const end = endOf(context.cluster, client.party, asked.family);
  return serviceRoutes(asked, end, access).map((route) => lookUp(route, route.when));
}

/** The cache answers at an address of its own and, where nothing else does, at that of the Service; pods are given one of them. */
function routesToCache(context: Context, client: PodEnd, service: Service | null, protocol: Protocol): Route[] {
  const clusterIp = ofFamily(service?.clusterIps ?? [], 'IPv4');
  const asked: Context = { ...over(context, protocol), family: 'IPv4' };
  const end = endOf(context.cluster, client.party, 'IPv4');
  return [cacheAddress, ...(clusterIp === null ? [] : [clusterIp])].flatMap((text) => {
    const address = parseAddress(text);
    if (address === null || client.node === null) return [];
    const server: HostEnd = { kind: 'Host', party: partyOfAddress(address), node: client.node, address: text };
    const when = `${text}, the cache of ${client.node.name}`;
    return buildRoutes(asked, { client: end, server, port: 53, use: null, when: null }).map((route) =>
      lookUp(route, when),
    );
  });
}

function lookUp(route: Route, when: string): Route {
  const reason = 'NAME_LOOKUP: nothing is sent to a name before it is looked up, and that does not get through';
  const isLost = route.delivery === 'blockedByPolicy' || route.delivery === 'unreachable';
  return {
    ...route,
    connection: 0,
    when: `name look-up: ${when}`,
    reasons: isLost ? [reason, ...route.reasons] : route.reasons,
  };
}
