import { type Cluster, parseVerdictQuestion } from '#engine';
import { answerTrace, type Hop, type Route } from '#trace';
import type { Packet } from './capture.js';
import { outside } from './lab.js';

/** A flow, as it is asked for: `web/s service:db/m 80`. */
export type Flow = readonly [from: string, to: string, port: number];

/** What a trace says, in the words in which the lab sees it. */
export const predict = { route, server, clientOf, devices, wire } as const;

/** The only route of a flow. */
function route(cluster: Cluster, [from, to, port]: Flow): Route {
  const { routes } = answerTrace(cluster, parseVerdictQuestion({ from, to, port }));
  if (routes.length !== 1) throw new Error(`${from} ${to} ${port}: ${routes.length} routes`);
  return routes[0];
}

/** Whose network namespace the connection of a flow starts in. */
function clientOf(from: string): string {
  if (from.startsWith('ip:')) return outside.key;
  return from.startsWith('node:') ? from.slice('node:'.length) : from;
}

/** Who answers, or would: the owner of the address that packets bear in the end. */
function server({ model }: Cluster, { hops }: Route): string {
  const { destination } = hops[hops.length - 1];
  const pod = [...model.pods].find(({ addresses, hostNetwork }) => !hostNetwork && addresses[0] === destination);
  if (pod !== undefined) return `${pod.namespace}/${pod.name}`;
  return model.nodes.find(({ addresses }) => addresses[0] === destination)?.name ?? outside.key;
}

/** Devices on a node; frames that are only switched do not pass the bridge's own device. */
function devices({ hops, forwards }: Route, node: string): Set<string> {
  const own = hops.filter((hop) => hop.node === node && hop.netns === 'host' && hop.device !== null);
  return new Set(own.filter(({ kind }) => kind !== 'bridge' || forwards > 0).map(({ device }) => device as string));
}

const protocols: Readonly<Record<string, number>> = { IPIP: 4, VXLAN: 17, UDP: 17, WireGuard: 17 };

/** An echo request as it is between nodes; null where it does not leave its node. */
function wire({ hops }: Route): Pick<Packet, 'protocol' | 'source' | 'destination' | 'port'> | null {
  const hop = hops.find(({ kind, action }) => kind === 'nic' && action === 'send') as Hop | undefined;
  if (hop === undefined) return null;
  const { encap, source, destination } = hop;
  if (encap === null) return { protocol: 1, source: source as string, destination: destination as string, port: null };
  return {
    protocol: protocols[encap.type],
    source: encap.outerSource as string,
    destination: encap.outerDestination as string,
    port: encap.port,
  };
}
