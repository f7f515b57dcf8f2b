import {
  backendsOf,
  commonFamilies,
  type ControllerDoor,
  controllerOf,
  controllerSources,
  doorsOf,
  type EntryController,
  type Party,
  portText,
} from '#engine';
import { nodeAddress } from '#dataplane';
import type { Entry, EntryBackend, EntryPort, EntryRefusal, Family } from '#model';
import { buildRoutes } from './build-routes.js';
import type { Context } from './context.js';
import { type End, endOf } from './ends.js';
import { Path } from './path.js';
import { serviceRoutes } from './service-routes.js';
import type { ServiceUse } from './service-use.js';
import type { Delivery, Route } from './trace.js';

/**
 * The two connections behind an Ingress, Route or Gateway (dataplane C.6): the client's to the controller, once for each
 * port of it, and the controller's to every backend. One pod of the controller stands for those that policies cannot tell
 * from it. Cost: doors + backends × groups of controller pods, each that of a route.
 */
export function entryRoutes(context: Context, client: Party, entries: readonly Entry[]): Route[] {
  const seen = new Set<string>();
  const controllers: EntryController[] = [];
  return entries.flatMap((entry) => {
    if (entry.refusal !== null) return [noRoute(2, textOf(entry), ...refusals[entry.refusal])];
    const controller = controllerOf(context.cluster, entry);
    const ports = entry.ports.filter((port) => isAskedFor(context, port));
    if (ports.length === 0) {
      const where = entry.ports.map(({ protocol, port }) => `${protocol} ${port}`).join(', ') || 'no port';
      const reason = `NO_LISTENER: it is entered at ${where}`;
      return [noRoute(1, textOf(entry), 'unreachable', reason)];
    }
    if (!controllers.includes(controller)) controllers.push(controller);
    // Routes of one Gateway share its controller: the client's way there is shown once.
    const entered = ports.filter(({ protocol, port }) => {
      const key = `${controllers.indexOf(controller)} ${protocol} ${port}`;
      return !seen.has(key) && seen.add(key);
    });
    const first = entered.flatMap((port) => toController(context, client, controller, port));
    const served = entry.backends.filter(({ standing }) => standing !== 'NoWeight');
    const second =
      served.length === 0
        ? [noRoute(2, textOf(entry), 'unreachable', 'NO_BACKEND: it sends to no backend')]
        : served.flatMap((backend) => toBackends(context, controller, entry, backend));
    return [...first, ...second].map((route) => underController(route, controller));
  });
}

function isAskedFor({ question }: Context, { protocol, port }: EntryPort): boolean {
  const { port: asked, protocolGiven } = question;
  if (protocol !== question.protocol && (asked !== null || protocolGiven)) return false;
  return asked === null || (asked.kind === 'Range' && port >= asked.first && port <= asked.last);
}

/** What leads nowhere, by why its entry is refused. */
const refusals: Readonly<Record<EntryRefusal, readonly [Delivery, string]>> = {
  NoGateway: ['unreachable', 'NO_GATEWAY: the Gateway that it names is not in the snapshot'],
  NoParent: ['unreachable', 'NO_GATEWAY: it names no Gateway'],
  NotAdmitted: ['unreachable', 'ROUTE_NOT_ADMITTED: no listener of the Gateway takes it'],
  NoRoute: ['unreachable', 'NO_BACKEND: no route names the Gateway'],
  NotUnderstood: ['unknown', 'NOT_UNDERSTOOD: its parent is of a kind that is not understood'],
};

/** The first connection, by the Services that open the controller, or at its own address. */
function toController(context: Context, client: Party, controller: EntryController, port: EntryPort): Route[] {
  const { protocol, port: number } = port;
  const when = `client → controller at ${protocol} ${number}`;
  const services = new Set<string>();
  return doorsOf(context.cluster, controller, port).flatMap((door) => {
    const asked = contextFor(context, client, door.party, { protocol, port: number });
    if (asked === null) return [noFamily(1, when, door.party)];
    const end = endOf(asked.cluster, client, asked.family);
    if (door.service === null) return prefixed(when, atDoor(asked, end, door, number));
    const { service } = door;
    const key = `${service.namespace}/${service.name}`;
    // The routes of a Service lead to all its backends; it is one door for each.
    if (services.has(key)) return [];
    services.add(key);
    const access = { service, by: null, address: null, port: null, entry: null };
    return prefixed(`${when} through Service ${key}`, serviceRoutes(asked, end, access));
  });
}

function atDoor(context: Context, client: End, { party, port }: ControllerDoor, entered: number): Route[] {
  const server = endOf(context.cluster, party, context.family);
  const isHostPort =
    server.kind === 'Pod' &&
    server.node !== null &&
    server.pod.ports.some(({ hostPort, protocol }) => hostPort === entered && protocol === context.question.protocol);
  const use: ServiceUse | null =
    isHostPort && server.node !== null
      ? {
          service: null,
          by: 'HostPort',
          address: nodeAddress(server.node, context.family),
          port: entered,
          entry: client.kind !== 'Outside' && client.node === server.node ? null : server.node,
          keepsClient: true,
        }
      : null;
  return buildRoutes(context, { client, server, port, use, when: null });
}

/** The second connection: to the backends themselves, past their Service. */
function toBackends(context: Context, controller: EntryController, entry: Entry, backend: EntryBackend): Route[] {
  const { target } = backend;
  const port = portText(backend.port);
  const where = `${textOf(entry)} → ${target.kind} ${nameOf(target)}${port === null ? '' : ` ${port}`}`;
  const found = backendsOf(context.cluster, backend);
  if (found.kind === 'None') {
    const { reason } = found.word;
    const said = missing[reason] ?? ['unknown', 'nobody knows where it leads'];
    return [noRoute(2, where, said[0], `${reason}: ${said[1]}`)];
  }
  const members = found.ports.flatMap(({ protocol, backends }) => backends.map((one) => ({ protocol, ...one })));
  if (members.length === 0)
    return [
      noRoute(2, where, 'unreachable', 'NO_BACKEND: it has no ready backend; the controller answers with an error'),
    ];
  return members.flatMap(({ protocol, party, port: number }) =>
    controllerSources(context.cluster, controller, party).flatMap((source) => {
      noteOthers(context, controller, source);
      const asked = contextFor(context, source, party, { protocol, port: number });
      if (asked === null) return [noFamily(2, where, party)];
      const [client, server] = [source, party].map((end) => endOf(asked.cluster, end, asked.family));
      const when = `controller ${source.text} → backend ${server.address ?? party.text}:${number}`;
      const routes = buildRoutes(asked, { client, server, port: number, use: null, when });
      return prefixed(where, routes).map((route): Route => ({ ...route, connection: 2 }));
    }),
  );
}

const missing: Readonly<Record<string, readonly [Delivery, string]>> = {
  NO_REFERENCE_GRANT: ['unreachable', 'no ReferenceGrant there lets the route refer to it'],
  NO_SERVICE: ['unreachable', 'it is not in the snapshot'],
  NO_SERVICE_PORT: ['unreachable', 'the Service has no such port'],
  EXTERNAL_NAME: ['conditional', 'where its name leads no object shows'],
  NOT_A_SERVICE: ['unknown', 'only Services are looked into'],
};

/** Both ends' own question; null where they share no family. */
function contextFor(
  context: Context,
  source: Party,
  destination: Party,
  { protocol, port }: { readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly port: number },
): Context | null {
  const shared = commonFamilies(source, destination);
  const family: Family | undefined = shared.find((one) => one === (context.question.family ?? one));
  if (family === undefined) return null;
  const range = { kind: 'Range', first: port, last: port } as const;
  return { ...context, family, question: { ...context.question, protocol, protocolGiven: true, port: range } };
}

function noteOthers({ assumptions }: Context, { parties, distinct }: EntryController, { text }: Party): void {
  if (parties.length <= distinct.length) return;
  const value = `${text} stands for pods of the controller that policies cannot tell from it, ${parties.length} in all`;
  assumptions.set(`member ${text}`, { name: 'member', value, provenance: 'assumed' });
}

/** Where a controller is not known, nothing about its way is certain, not even that policies stop it. */
function underController(route: Route, { isStandIn, assumption }: EntryController): Route {
  if (!isStandIn || route.hops.length === 0) return route;
  const delivery = route.delivery === 'unknown' ? 'unknown' : 'conditional';
  return { ...route, delivery, reasons: [`CONTROLLER_UNKNOWN: ${assumption.value}`, ...route.reasons] };
}

function prefixed(where: string, routes: readonly Route[]): Route[] {
  return routes.map((route) => ({ ...route, when: route.when === 'always' ? where : `${where}: ${route.when}` }));
}

function noFamily(connection: Route['connection'], when: string, { text }: Party): Route {
  return noRoute(
    connection,
    when,
    'unreachable',
    `NO_COMMON_FAMILY: ${text} has no address of a family that the other end has`,
  );
}

/** A connection that nobody opens. */
function noRoute(connection: Route['connection'], when: string, delivery: Delivery, reason: string): Route {
  const path = new Path({ source: null, destination: null });
  path.weaken(delivery, reason);
  return { ...path.finish(when, 'default'), connection };
}

function textOf({ ref }: Entry): string {
  return `${ref.kind} ${nameOf(ref)}`;
}

function nameOf({ namespace, name }: { readonly namespace: string | null; readonly name: string }): string {
  return namespace === null ? name : `${namespace}/${name}`;
}
