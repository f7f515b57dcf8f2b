import type { Node } from '#model';
import type { Context } from './context.js';
import type { Flow } from './flow.js';
import { leaveClient } from './leave-client.js';
import { Path } from './path.js';
import type { Way } from './plugin/plugin.js';
import { plainWay } from './plugin/ways.js';
import { reachServer } from './reach-server.js';
import { isLoopback } from './translated-destination.js';
import type { Route } from './trace.js';
import type { Walk } from './walk.js';
import { windowsRoute } from './windows-route.js';

/** The routes of a flow: one, or one for each way that nothing decides. */
export function buildRoutes(context: Context, flow: Flow): Route[] {
  const windows = windowsRoute(flow);
  if (windows !== null) return [windows];
  const sender = senderOf(flow);
  return waysOf(context, flow, sender).map((way) => routeOf({ context, flow, sender, way, path: pathOf(flow) }));
}

function senderOf({ client, server, use }: Flow): Node | null {
  if (use !== null && use.entry !== null) return use.entry;
  return client.kind === 'Outside' ? server.node : client.node;
}

function waysOf({ plugin }: Context, { server }: Flow, sender: Node | null): readonly (Way | null)[] {
  if (server.kind === 'Outside' || sender === null || server.node === null || sender.name === server.node.name)
    return [null];
  return server.kind === 'Host' ? [plainWay] : plugin.ways(sender, server.node, server.address);
}

function pathOf({ client, server, port, use }: Flow): Path {
  const destinationPort = use?.port ?? port;
  return new Path({
    // Who speaks to the loopback address speaks from it.
    source: use?.address != null && isLoopback(use.address) ? use.address : client.address,
    destination: use === null ? server.address : use.address,
    ...(destinationPort === null ? {} : { destinationPort }),
  });
}

function routeOf(walk: Walk): Route {
  const { context, flow, way, path } = walk;
  for (const assumption of way?.assumptions ?? []) {
    context.assumptions.set(`${assumption.name} ${assumption.value}`, assumption);
  }
  leaveClient(walk);
  if (!path.isStopped) reachServer(walk);
  const when = [flow.when, way?.when ?? null].filter((part) => part !== null).join('; ');
  return path.finish(when === '' ? 'always' : when, 'default');
}
