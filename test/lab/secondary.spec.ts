import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labProblem } from './lab-problem.js';
import { Lab } from './lab.js';
import { openWorld } from './open-world.js';
import { predict } from './predict.js';

const cluster = await openWorld('multus');

describe.skipIf(labProblem() !== null)('real packets: secondary networks', () => {
  const lab = new Lab(cluster);
  beforeAll(() => lab.build());
  afterAll(() => lab.destroy());

  it.each([
    ['macvlan in mode bridge', '10.50.0.2'],
    ['macvlan in mode private', '10.51.0.2'],
    ['one bridge', '10.53.0.2'],
  ])('siblings on %s', async (_network, address) => {
    const route = predict.route(cluster, ['sec/p1', `ip:${address}`, 80]);
    expect(await lab.fits('sec/p1', address, 100)).toBe(route.delivery === 'delivered');
  });

  it('of different nodes talk where both parents are on one segment, as the condition says', async () => {
    const route = predict.route(cluster, ['sec/p1', 'ip:10.50.0.3', 80]);
    expect([route.delivery, route.when]).toEqual(['conditional', 'both parents are on one L2 segment']);
    expect(await lab.fits('sec/p1', '10.50.0.3', 100)).toBe(true);
  });
});
