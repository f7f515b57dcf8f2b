import { standInAddress } from '#engine';
import type { Service } from '#model';
import { buildRoutes } from './build-routes.js';
import type { Context } from './context.js';
import { type End, endOf, partyAt } from './ends.js';
import { Path } from './path.js';
import type { Route } from './trace.js';
import { worseOf } from './worse-of.js';

interface Balancer {
  readonly service: Service;
  readonly address: string;
  readonly port: number;
}

/**
 * The two connections through a load balancer that ends them (`ipMode: Proxy`, dataplane C.6): no node answers at its address,
 * so that clients inside the cluster leave it as well. From where it sends to backends no object shows; `behind` makes
 * the routes of that sender.
 */
export function balancerRoutes(
  context: Context,
  client: End,
  { service, address, port }: Balancer,
  behind: (sender: End) => readonly Route[],
): Route[] {
  const { cluster, family } = context;
  const reason = `LOAD_BALANCER_PROXIES: ${address} of Service ${service.namespace}/${service.name} is a load balancer that opens connections of its own (ipMode Proxy); no object shows from where`;
  const second = behind(endOf(cluster, standInAddress(cluster), family)).map((route): Route => ({
    ...route,
    connection: 2,
    when: `load balancer → ${route.when}`,
    delivery: worseOf(route.delivery, 'conditional'),
    reasons: [reason, ...route.reasons],
  }));
  return [...toBalancer(context, client, address, port), ...second];
}

function toBalancer(context: Context, client: End, address: string, port: number): Route[] {
  const when = `client → load balancer ${address}`;
  const party = partyAt(context.cluster, address);
  if (client.kind !== 'Outside' && party !== null) {
    const server = endOf(context.cluster, party, context.family);
    return buildRoutes(context, { client, server, port, use: null, when });
  }
  const path = new Path({ source: client.address, destination: address, destinationPort: port });
  path.add({ node: null, netns: 'none', device: null, kind: 'fabric', action: 'carry' });
  return [path.finish(when, 'default')];
}
