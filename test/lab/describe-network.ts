import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '#engine';
import { hangsOnFabric } from './hangs-on-fabric.js';
import { labProblem } from './lab-problem.js';
import { Lab } from './lab.js';
import { type Flow, predict } from './predict.js';

/** What is tried of a network. */
export interface Tried {
  /** Why the network cannot be built here, besides what no lab can do without. */
  readonly lacks?: string | null;
  /** Pods between which echo requests are followed. */
  readonly pairs: readonly (readonly [from: string, to: string])[];
  /** Connections. */
  readonly flows: readonly Flow[];
  /** Connections that hang on whether the fabric routes pod addresses. */
  readonly conditional?: readonly Flow[];
}

/** Builds the network of a cluster and holds what its traces say against what packets do. */
export function describeNetwork(
  title: string,
  cluster: Cluster,
  { lacks = null, pairs, flows, conditional = [] }: Tried,
): void {
  describe.skipIf((labProblem() ?? lacks) !== null)(`real packets: ${title}`, () => {
    const lab = new Lab(cluster);
    beforeAll(() => lab.build());
    afterAll(() => lab.destroy());

    const arriving = flows.filter((flow) => predict.route(cluster, flow).delivery === 'delivered');
    const lost = flows.filter((flow) => !arriving.includes(flow));

    if (pairs.length > 0) {
      it.each(pairs)('%s to %s: its TTL, its devices, how it is wrapped, the largest packet', (from, to) =>
        follow(lab, from, to),
      );
    }
    if (arriving.length > 0) {
      it.each(arriving)('%s to %s %i: who answers, whom the server and its policies see', (...flow) =>
        arrives(lab, flow),
      );
    }
    if (lost.length > 0) {
      it.concurrent.each(lost)('%s to %s %i: nobody answers', (...flow) => isLost(lab, flow));
    }
    if (conditional.length > 0) hangsOnFabric(lab, conditional);
  });
}

async function follow(lab: Lab, from: string, to: string): Promise<void> {
  const { cluster } = lab;
  const { model } = cluster;
  const route = predict.route(cluster, [from, to, 8080]);
  const address = [...model.pods].find(({ namespace, name }) => `${namespace}/${name}` === to)!.addresses[0];
  const { reached, packets } = await lab.ping(from, address, to);
  expect(reached).toBe(route.delivery === 'delivered');
  if (!reached) return;
  expect(packets.get(to)![0].ttl).toBe(64 - route.forwards);
  for (const { name } of model.nodes) {
    const devices = new Set(packets.get(name)!.map(({ device }) => device));
    expect(devices, name).toEqual(predict.devices(route, name));
  }
  const sent = packets
    .get(route.hops[0].node as string)!
    .find(({ device, direction }) => device === cluster.dataplane.network.nodeInterface.value && direction === 'Out');
  const { protocol, source, destination, port } = sent ?? {};
  expect(sent === undefined ? null : { protocol, source, destination, port }).toEqual(predict.wire(route));
  const mtu = route.pathMtu as number;
  expect([await lab.fits(from, address, mtu), await lab.fits(from, address, mtu + 1)]).toEqual([true, false]);
}

async function arrives(lab: Lab, flow: Flow): Promise<void> {
  const [from, , port] = flow;
  const route = predict.route(lab.cluster, flow);
  const { hops, sourceSeenByPod, sourceSeenByPolicy } = route;
  const server = predict.server(lab.cluster, route);
  const last = hops[hops.length - 1];
  // Behind every translation of the destination and before every one of the source, where policies are checked.
  const isPod = server.includes('/');
  const rule = `POSTROUTING -s ${sourceSeenByPolicy} -d ${last.destination} -p tcp --dport ${last.destinationPort}`;
  const node = isPod ? lab.netns(last.node as string) : null;
  node?.rules('mangle', [rule]);
  const met = await lab.connect(predict.clientOf(from), hops[0].destination as string, port);
  expect(met).toEqual({ server, source: sourceSeenByPod, failure: null });
  if (node === null) return;
  const counted = node.says(['iptables', '-t', 'mangle', '-L', 'POSTROUTING', '-v', '-x', '-n']);
  expect(Number(/^\s*(\d+)/m.exec(counted.split('\n')[2])?.[1]), counted).toBeGreaterThan(0);
}

async function isLost(lab: Lab, flow: Flow): Promise<void> {
  const [from, , port] = flow;
  const { hops } = predict.route(lab.cluster, flow);
  const met = await lab.connect(predict.clientOf(from), hops[0].destination as string, port, 300);
  expect(met.server).toBeNull();
}
