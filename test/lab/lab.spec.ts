import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, parseVerdictQuestion } from '#engine';
import { answerTrace, type Route } from '#trace';
import { openText } from '../corpus/open.js';
import { Lab, outsideClient } from './lab.js';
import { labProblem } from './lab-problem.js';

const problem = labProblem();
if (problem !== null) {
  if (process.env.CANREACH_LAB === 'required') throw new Error(problem);
  process.stderr.write(`skipped: ${problem}\n`);
}

/** Networks that are built, each from a world of the corpus and its net-conf.json. */
const networks = [
  { name: 'flannel vxlan', world: 'flannel', backend: '{ "Type": "vxlan" }' },
  { name: 'flannel vxlan with DirectRouting', world: 'flannel', backend: '{ "Type": "vxlan", "DirectRouting": true }' },
  { name: 'flannel host-gw', world: 'flannel', backend: '{ "Type": "host-gw" }' },
  { name: 'canal', world: 'canal', backend: '{ "Type": "vxlan" }' },
] as const;

const worlds = new URL('../corpus/dataplane/worlds/', import.meta.url);

function openWorld(name: string, backend: string): Promise<Cluster> {
  const type = (JSON.parse(backend) as { Type: string }).Type;
  const text = readFileSync(new URL(`${name}.yaml`, worlds), 'utf8')
    .replace('"Backend": { "Type": "vxlan" }', `"Backend": ${backend}`)
    .replaceAll('backend-type: vxlan', `backend-type: ${type}`);
  return openText(text);
}

function routeOf(cluster: Cluster, from: string, to: string, port: number): Route {
  const { routes } = answerTrace(cluster, parseVerdictQuestion({ from, to, port }));
  expect(routes).toHaveLength(1);
  return routes[0];
}

/** Devices that the trace names on a node; frames that are only switched do not pass the bridge's own device. */
function devicesOf({ hops, forwards }: Route, node: string): Set<string> {
  const own = hops.filter((hop) => hop.node === node && hop.netns === 'host' && hop.device !== null);
  return new Set(own.filter(({ kind }) => kind !== 'bridge' || forwards > 0).map(({ device }) => device as string));
}

for (const { name, world, backend } of networks) {
  describe.skipIf(problem !== null)(`real packets: ${name}`, () => {
    let cluster: Cluster;
    let lab: Lab;

    beforeAll(async () => {
      cluster = await openWorld(world, backend);
      lab = new Lab(cluster);
      lab.build();
    });
    afterAll(() => lab.destroy());

    const addressOf = (pod: string): string =>
      [...cluster.model.pods].find((one) => `${one.namespace}/${one.name}` === pod)?.addresses[0] as string;

    it.each([
      ['web/s', 'web/s2'],
      ['web/s', 'db/m'],
      ['web/s', 'db/d'],
      ['db/d', 'db/m'],
    ])('%s to %s: whether it arrives, its TTL, the devices it passes, the largest packet', async (from, to) => {
      const route = routeOf(cluster, from, to, 8080);
      const seen = await lab.ping(from, addressOf(to), to);
      expect(seen.reached).toBe(route.delivery === 'delivered');
      if (!seen.reached) return;
      expect(seen.ttl).toBe(64 - route.forwards);
      for (const { name: node } of cluster.model.nodes) {
        expect(seen.devices.get(node), node).toEqual(devicesOf(route, node));
      }
      const mtu = route.pathMtu as number;
      expect([lab.fits(from, addressOf(to), mtu), lab.fits(from, addressOf(to), mtu + 1)]).toEqual([true, false]);
    });

    it.each([
      ['web/s', 'service:db/m', 80, 'db/m', 8080],
      ['web/s', 'service:db/d', 80, 'db/d', 5432],
      ['web/s', 'service:web/s', 80, 'web/s', 8080],
      ['web/s', `ip:${outsideClient}`, 8080, 'world', 8080],
      ['web/s', 'node:master', 8080, 'master', 8080],
      ['web/s', 'node:node1', 8080, 'node1', 8080],
      ['node:node1', 'db/m', 8080, 'db/m', 8080],
      ['node:node1', 'web/s', 8080, 'web/s', 8080],
      [`ip:${outsideClient}`, 'node:master', 30080, 'db/d', 5432],
      [`ip:${outsideClient}`, 'node:master', 30081, 'db/m', 8080],
      [`ip:${outsideClient}`, 'node:node1', 30081, 'db/m', 8080],
      [`ip:${outsideClient}`, 'node:master', 30082, 'db/m', 8080],
      [`ip:${outsideClient}`, 'node:node1', 30082, 'db/m', 8080],
    ] as const)('%s to %s:%i: whom the server sees', async (from, to, port, server, listen) => {
      const route = routeOf(cluster, from, to, port);
      const address = route.hops[0].destination as string;
      const result = await lab.connect(spaceOf(from), address, port, server, listen);
      expect([result.reached, result.seenByServer]).toEqual([route.delivery === 'delivered', route.sourceSeenByPod]);
    });

    function spaceOf(peer: string): string {
      if (peer.startsWith('ip:')) return 'world';
      return peer.startsWith('node:') ? peer.slice('node:'.length) : peer;
    }
  });
}

describe.skipIf(problem !== null)('real packets: macvlan', () => {
  let cluster: Cluster;
  let lab: Lab;

  beforeAll(async () => {
    cluster = await openWorld('multus', '{ "Type": "vxlan" }');
    lab = new Lab(cluster);
    lab.build();
  });
  afterAll(() => lab.destroy());

  it.each([
    ['bridge', '10.50.0.2'],
    ['private', '10.51.0.2'],
  ])('siblings in mode %s', (_mode, address) => {
    const route = routeOf(cluster, 'sec/p1', `ip:${address}`, 80);
    expect(lab.fits('sec/p1', address, 100)).toBe(route.delivery === 'delivered');
  });

  it('of different nodes talk where both parents are on one segment, as the condition says', () => {
    const route = routeOf(cluster, 'sec/p1', 'ip:10.50.0.3', 80);
    expect([route.delivery, route.when]).toEqual(['conditional', 'both parents are on one L2 segment']);
    expect(lab.fits('sec/p1', '10.50.0.3', 100)).toBe(true);
  });
});
