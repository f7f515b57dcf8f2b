import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { run } from './run.js';

const cluster = fileURLToPath(new URL('../corpus/entries/ways-from-outside/manifests', import.meta.url));

it('lists by which ways the outside comes to a workload', async () => {
  expect(await run(['exposure', '-f', cluster, '--to', 'shop/ported'])).toMatchObject({
    code: 0,
    out: 'shop/ported[Pod] <= its address : All Connections\nshop/ported[Pod] <= host port 8080 : TCP 80\n',
  });
});

it('says in JSON what that rests on', async () => {
  const { code, out } = await run(['exposure', '-f', cluster, '-o', 'json']);
  const { mode, assumptions, items } = JSON.parse(out) as { mode: string; assumptions: { name: string }[]; items: [] };
  expect([code, mode, items.length]).toEqual([0, 'effective', 20]);
  expect(assumptions.map(({ name }) => name)).toContain('assumedController');
});

it.each([
  [['-f', cluster, '--to', 'shop/none'], 'shop/none'],
  [['-f', cluster, '--to', 'ingress:shop/open'], 'no end of a row'],
  [['-f', cluster, '--mode', 'wished'], 'effective, intended'],
  [['-f', '/nowhere'], '/nowhere'],
])('ends with 2 for %j', async (args, said) => {
  const { code, out, err } = await run(['exposure', ...args]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(said);
});
