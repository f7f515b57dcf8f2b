import {
  answerVerdict,
  type Cluster,
  commonFamilies,
  type Party,
  type PortQuestion,
  type Resolved,
  resolvePeer,
  type Verdict,
  type VerdictQuestion,
} from '#engine';
import { readPodAttachments } from '#dataplane';
import { type Family, parsePeer, type Service } from '#model';
import { buildRoutes } from './build-routes.js';
import type { Context } from './context.js';
import { type End, endOf } from './ends.js';
import { entryRoutes } from './entry-routes.js';
import { loopbackRoute } from './loopback-route.js';
import { nameLookup } from './name-lookup.js';
import { pluginOf } from './plugin/plugin-of.js';
import { secondaryRoutes } from './secondary/secondary-routes.js';
import { serviceRoutes } from './service-routes.js';
import { suggestionFor } from './suggestion.js';
import type { Delivery, Route, Trace } from './trace.js';
import { worseOf } from './worse-of.js';
import { isLoopback, translatedDestination, type TranslatedDestination } from './translated-destination.js';

/** Routes that are shown at most. */
export const routesMax = 200;

/**
 * How a flow travels, and whether it arrives (dataplane C). Sets are traced for one of their members, which
 * `assumptions` name. Cost: that of a verdict, plus a verdict per gate and route.
 * @throws QuestionError as `answerVerdict`
 */
export function answerTrace(cluster: Cluster, asked: VerdictQuestion): Trace {
  const local = loopbackTrace(cluster, asked);
  if (local !== null) return local;
  const secondary = secondaryTrace(cluster, asked);
  if (secondary !== null) return secondary;
  const translated = translatedDestination(cluster, asked);
  const question = translated?.question ?? asked;
  // At a balancer's address another Service may be meant than at its own: verdicts are about what was asked.
  const verdict = answerVerdict(cluster, translated?.entry != null || isBalanced(cluster, asked) ? asked : question);
  const from = resolvePeer(cluster, memberOf(question.from), 'from');
  const to = resolvePeer(cluster, memberOf(question.to), 'to');
  const context = contextOf(cluster, question, from, to);
  const routes = context === null ? [] : tracedRoutes(context, from, to, translated);
  const source = firstOf(from);
  if (context !== null && source !== null && asked.to.startsWith('dns:'))
    routes.unshift(...nameLookup(context, source));
  return traceOf(verdict, routes, context, { asked, translated });
}

/** Whether the destination is the address of a load balancer that opens connections of its own. */
function isBalanced(cluster: Cluster, { to }: VerdictQuestion): boolean {
  const resolved = resolvePeer(cluster, to, 'to');
  return resolved.kind === 'Service' && resolved.balancer !== null;
}

/** The internet is traced for one of its addresses, one that is set aside for documentation. */
function memberOf(peer: string): string {
  return peer === 'internet' ? 'ip:203.0.113.1' : peer;
}

function contextOf(cluster: Cluster, question: VerdictQuestion, from: Resolved, to: Resolved): Context | null {
  const source = firstOf(from);
  const destination = firstOf(to);
  const service = to.kind === 'Service' ? to.service : null;
  if (source === null || (destination === null && to.kind === 'Parties')) return null;
  // Behind an entry a controller stands: each of its two connections has a family of its own.
  const shared = destination === null ? familiesOf(source, service) : commonFamilies(source, destination);
  const family = question.family ?? shared[0];
  if (family === undefined || (shared.length > 0 && !shared.includes(family))) return null;
  return {
    cluster,
    plugin: pluginOf(cluster.model, cluster.dataplane),
    question,
    family,
    semantics: Object.keys(question.semantics).length === 0 ? null : { ...cluster.semantics, ...question.semantics },
    assumptions: new Map(),
  };
}

function familiesOf(source: Party, service: Service | null): readonly Family[] {
  const own = source.addresses.map(({ family }) => family);
  const addresses = service?.clusterIps ?? [];
  if (addresses.length === 0) return own;
  return own.filter((family) => addresses.some((text) => text.includes(':') === (family === 'IPv6')));
}

function firstOf(resolved: Resolved): Party | null {
  return resolved.kind === 'Parties' ? (resolved.parties[0] ?? null) : null;
}

function tracedRoutes(
  context: Context,
  from: Resolved,
  to: Resolved,
  translated: TranslatedDestination | null,
): Route[] {
  const { cluster, family, question } = context;
  const source = firstOf(from) as Party;
  noteMembers(context, from, 'from');
  const client = endOf(cluster, source, family);
  if (to.kind === 'Service') {
    return serviceRoutes(context, client, {
      service: to.service,
      by: translated?.by ?? null,
      address: translated?.address ?? null,
      port: translated?.port ?? null,
      entry: translated?.entry ?? null,
    });
  }
  if (to.kind === 'Entries') return entryRoutes(context, source, to.entries);
  noteMembers(context, to, 'to');
  // Of a set the first member that is not the source itself.
  const other = to.isSet
    ? (to.parties.find(({ pod, podNumber }) => pod === null || podNumber !== source.podNumber) ?? to.parties[0])
    : to.parties[0];
  const server = endOf(cluster, other, family);
  const port = portNumber(question.port, server);
  const use =
    translated?.by === 'HostPort' && translated.entry !== null
      ? {
          service: null,
          by: translated.by,
          address: translated.address ?? translated.entry.addresses[0] ?? null,
          port: translated.port ?? 0,
          entry: client.kind !== 'Outside' && client.node === translated.entry ? null : translated.entry,
          keepsClient: true,
        }
      : null;
  // A pod that asks for its own host port leaves its network namespace first.
  if (use === null && isOneSocketSpace(client, server) && !isOnWindows(client))
    return [loopbackRoute(client, server.address, port)];
  return [
    ...buildRoutes(context, { client, server, port, use, when: null }),
    ...secondaryRoutes(context, client, server, port),
  ];
}

/** A pod with itself; a node with itself or with a pod in its network namespace. */
function isOneSocketSpace(client: End, server: End): boolean {
  if (client.kind === 'Pod') return server.kind === 'Pod' && server.party.podNumber === client.party.podNumber;
  return client.kind === 'Host' && server.kind === 'Host' && client.node === server.node;
}

function isOnWindows({ node }: End): boolean {
  return node?.operatingSystem === 'windows';
}

function portNumber(port: PortQuestion | null, server: End): number | null {
  if (port === null) return null;
  if (port.kind === 'Range') return port.first === port.last ? port.first : null;
  const declared = server.kind === 'Outside' ? [] : (server.party.pod?.ports ?? []);
  return declared.find(({ name }) => name === port.name)?.port ?? null;
}

function noteMembers({ assumptions }: Context, resolved: Resolved, end: 'from' | 'to'): void {
  if (resolved.kind !== 'Parties' || resolved.parties.length < 2) return;
  const value = `${resolved.parties[0].text} stands for ${resolved.parties.length} members of ${end}`;
  assumptions.set(`member ${end}`, { name: 'member', value, provenance: 'assumed' });
}

function traceOf(
  verdict: Verdict,
  routes: readonly Route[],
  context: Context | null,
  { asked, translated }: { readonly asked: VerdictQuestion; readonly translated: TranslatedDestination | null },
): Trace {
  const delivery = deliveryOf(routes);
  const { resolved } = verdict;
  const note = translated?.note;
  return {
    ...verdict,
    ...(asked.port === null || asked.port.kind === 'Name' || translated === null ? {} : { port: portText(asked.port) }),
    resolved: note == null ? resolved : { ...resolved, to: { ...resolved.to, note } },
    assumptions: [
      ...verdict.assumptions,
      ...networkAssumptions(context, routes),
      ...(context?.assumptions.values() ?? []),
    ],
    delivery,
    routes: routes.slice(0, routesMax),
    routesTotal: routes.length,
    suggestion: suggestionFor(delivery, routes),
  };
}

function portText(port: Extract<PortQuestion, { kind: 'Range' }>): string {
  return port.first === port.last ? String(port.first) : `${port.first}-${port.last}`;
}

/** What every route rests on that no object shows. */
function networkAssumptions(context: Context | null, routes: readonly Route[]): Trace['assumptions'] {
  if (context === null || routes.length === 0) return [];
  const { podMtu, network } = context.cluster.dataplane;
  const { hostMtu, nodeInterface, kind } = network;
  // Of most networks it is worked out from the host's; these have one of their own.
  const isUsualMtu = podMtu.provenance === 'assumed' && ['ovn-kubernetes', 'weave'].includes(kind);
  const usesHost = routes.some(({ hops }) => hops.some(({ kind }) => kind === 'nic'));
  const { proxy } = context.cluster.dataplane;
  const usesProxy = routes.some(({ hops }) => hops.some(({ nat }) => nat?.type === 'DNAT'));
  return [
    { name: 'hostMTU', value: String(hostMtu.value), provenance: hostMtu.provenance },
    ...(isUsualMtu ? [{ name: 'podMTU', value: String(podMtu.value), provenance: podMtu.provenance }] : []),
    ...(usesHost ? [{ name: 'nodeInterface', value: nodeInterface.value, provenance: nodeInterface.provenance }] : []),
    ...(usesProxy && proxy.value === 'unknown'
      ? [{ name: 'proxy', value: 'kube-proxy/iptables', provenance: 'assumed' as const }]
      : []),
  ];
}

/**
 * Theirs where all routes of the cluster's network agree; no routes at all arrive nowhere. Where a controller opens a second
 * connection, both must arrive, and where a name is looked up first, that too.
 */
function deliveryOf(routes: readonly Route[]): Delivery {
  const onCluster = routes.filter(({ network }) => network === 'default');
  const own = onCluster.length > 0 ? onCluster : routes;
  const connections = ([0, 1, 2] as const)
    .map((number) => own.filter(({ connection }) => connection === number))
    .filter((ofOne) => ofOne.length > 0);
  return connections.length === 0 ? 'unreachable' : connections.map(agreed).reduce(worseOf);
}

function agreed(routes: readonly Route[]): Delivery {
  return routes.every(({ delivery }) => delivery === routes[0].delivery) ? routes[0].delivery : 'conditional';
}

/** A pod's address on a secondary network; null for every other question. The verdict is that of the address. */
function secondaryTrace(cluster: Cluster, asked: VerdictQuestion): Trace | null {
  const peer = parsePeer(asked.to, 'to');
  if (peer.kind !== 'Address') return null;
  const owner = secondaryOwner(cluster, peer.address);
  if (owner === null) return null;
  const to = resolvePeer(cluster, owner, 'to');
  const from = resolvePeer(cluster, memberOf(asked.from), 'from');
  const context = contextOf(cluster, asked, from, to);
  const [source, destination] = [firstOf(from), firstOf(to)];
  if (context === null || source === null || destination === null) return null;
  const [client, server] = [source, destination].map((party) => endOf(cluster, party, context.family));
  const routes = secondaryRoutes(context, client, server, portNumber(asked.port, server), peer.address);
  const verdict = answerVerdict(cluster, asked);
  const note = `${peer.address} is an address of ${owner} on a secondary network`;
  return traceOf(
    { ...verdict, resolved: { ...verdict.resolved, to: { ...verdict.resolved.to, note } } },
    routes,
    context,
    { asked, translated: null },
  );
}

function secondaryOwner({ model }: Cluster, address: string): string | null {
  if (!model.networkObjects.some(({ ref }) => ref.kind === 'NetworkAttachmentDefinition')) return null;
  for (const pod of model.pods) {
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    if (readPodAttachments(pod).some(({ ips }) => ips.includes(address))) return `pod:${pod.namespace}/${pod.name}`;
  }
  return null;
}

/** A pod or node that speaks to 127.0.0.1 or ::1; null for every other question. */
function loopbackTrace(cluster: Cluster, asked: VerdictQuestion): Trace | null {
  const peer = parsePeer(asked.to, 'to');
  if (peer.kind !== 'Address' || !isLoopback(peer.address)) return null;
  if (translatedDestination(cluster, asked) !== null) return null;
  const from = resolvePeer(cluster, asked.from, 'from');
  const source = firstOf(from);
  if (source === null || source.kind === 'Address') return null;
  // Policies never see it: the verdict is the one of the end with itself.
  const verdict = answerVerdict(cluster, {
    ...asked,
    to: source.text,
    port: asked.port?.kind === 'Name' ? null : asked.port,
  });
  const family: Family = peer.address.includes(':') ? 'IPv6' : 'IPv4';
  const end = endOf(cluster, source, family);
  const route = loopbackRoute(end, peer.address, portNumber(asked.port, end));
  return {
    ...verdict,
    resolved: { ...verdict.resolved, to: { kind: 'Address', namespace: null, name: peer.address } },
    delivery: 'delivered',
    routes: [route],
    routesTotal: 1,
    suggestion: null,
  };
}
