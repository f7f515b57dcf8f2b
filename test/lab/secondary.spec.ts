import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '#engine';
import { labProblem } from './lab-problem.js';
import { Lab } from './lab.js';
import { missing } from './missing.js';
import { openWorld } from './open-world.js';
import { predict } from './predict.js';

/** A network of the namespace `sec`. */
function network(name: string, plugin: object): object {
  const config = JSON.stringify({ cniVersion: '0.3.1', ...plugin, ipam: { type: 'static' } });
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: 'sec' },
    spec: { config },
  };
}

/** A pod on some of these networks: on each its number is the last of its address. */
function pod(number: number, node: string, on: Readonly<Record<string, string>>): object {
  const primary = `10.244.${node.at(-1)}.${30 + number}`;
  const status = Object.entries(on).map(([name, base], i) => ({
    name: `sec/${name}`,
    interface: `net${i + 1}`,
    ips: [`${base}.${number}`],
  }));
  const annotations = {
    'k8s.v1.cni.cncf.io/networks': Object.keys(on).join(','),
    'k8s.v1.cni.cncf.io/network-status': JSON.stringify([{ name: 'cbr0', ips: [primary], default: true }, ...status]),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `q${number}`, namespace: 'sec', annotations },
    spec: { nodeName: node, containers: [{ name: 'c', image: 'c:1' }] },
    status: {
      phase: 'Running',
      podIP: primary,
      podIPs: [{ ip: primary }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

/** Conditions of traces that hold in the lab: its nodes' second interfaces are on one segment, and no bridge has one. */
const fulfilled = ['both parents are on one L2 segment'];

const bridges = { iso: '10.55.0', open: '10.56.0' };
const cluster = await openWorld('multus', {
  add: [
    network('iso', { type: 'bridge', bridge: 'br11', portIsolation: true }),
    network('open', { type: 'bridge', bridge: 'br12' }),
    ...[1, 2].map((number) => pod(number, 'node1', bridges)),
    pod(3, 'node2', bridges),
  ],
});

describeSecondary('macvlan and bridges', cluster, null, [
  ['siblings on macvlan in mode bridge', 'sec/p1', '10.50.0.2'],
  ['siblings on macvlan in mode private', 'sec/p1', '10.51.0.2'],
  ['macvlan on two nodes', 'sec/p1', '10.50.0.3'],
  ['siblings on a bridge', 'sec/q1', '10.56.0.2'],
  ['siblings on a bridge with frames of 9000 bytes', 'sec/p1', '10.53.0.2'],
  ['isolated ports of a bridge', 'sec/q1', '10.55.0.2'],
  ['bridges of two nodes', 'sec/q1', '10.56.0.3'],
]);

const ipvlan = { l2: '10.57.0', l3: '10.58.0' };
const children = await openWorld('multus', {
  add: [
    network('l2', { type: 'ipvlan', master: 'eth2', mode: 'l2' }),
    network('l3', { type: 'ipvlan', master: 'eth3', mode: 'l3' }),
    ...[1, 2].map((number) => pod(number, 'node1', ipvlan)),
  ],
  remove: ['name: p1', 'name: p2', 'name: p3'],
});

describeSecondary('ipvlan', children, missing.ipvlan(), [
  ['siblings on ipvlan in mode l2', 'sec/q1', '10.57.0.2'],
  ['siblings on ipvlan in mode l3', 'sec/q1', '10.58.0.2'],
]);

function describeSecondary(
  title: string,
  from: Cluster,
  lacks: string | null,
  flows: readonly (readonly [title: string, client: string, address: string])[],
): void {
  describe.skipIf((labProblem() ?? lacks) !== null)(`real packets: ${title}`, () => {
    const lab = new Lab(from);
    beforeAll(() => lab.build());
    afterAll(() => lab.destroy());

    it.each(flows)('%s: whether they talk, and the largest packet', async (_title, client, address) => {
      const { delivery, when, pathMtu } = predict.route(from, [client, `ip:${address}`, 80]);
      const talks = delivery === 'delivered' || (delivery === 'conditional' && fulfilled.includes(when));
      expect(await lab.fits(client, address, 100)).toBe(talks);
      if (!talks) return;
      const mtu = pathMtu as number;
      expect([await lab.fits(client, address, mtu), await lab.fits(client, address, mtu + 1)]).toEqual([true, false]);
    });
  });
}
