import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './run.js';

const sample = fileURLToPath(new URL('../../sample', import.meta.url));
let folder: string;
let open: string;
let closed: string;

const pods = ['one', 'two']
  .map((name) => `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}","namespace":"a"}}\n`)
  .join('');
const policy =
  '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"a"},"spec":{}}\n';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'canreach-diff-'));
  open = join(folder, 'open.json');
  closed = join(folder, 'closed.json');
  writeFileSync(open, pods);
  writeFileSync(closed, pods + policy);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('canreach diff', () => {
  it('says what is lost, one change on each line, and ends with 1', async () => {
    const { code, out } = await run([
      'diff',
      open,
      closed,
      '--level',
      'pod',
      '--source',
      'a/one',
      '--destination',
      'a/two',
    ]);
    expect([code, out]).toEqual([1, 'lost a/one[Pod] => a/two[Pod] : All Connections -> No Connections\n']);
  });

  it('is silent and ends with 0 where nothing changes', async () => {
    expect(await run(['diff', sample, sample])).toEqual({ code: 0, out: '', err: '' });
    expect((await run(['diff', open, '-'], pods)).code).toBe(0);
  });

  it('finds what comes and goes in the other direction too', async () => {
    const { code, out } = await run(['diff', closed, open, '--port', '80', '-o', 'json']);
    expect(code).toBe(1);
    const { changes } = JSON.parse(out) as { changes: { change: string; after: unknown }[] };
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes)
      expect(change).toMatchObject({ change: 'gained', after: { all: false, protocols: { TCP: ['80'] } } });
  });

  it.each([
    [['-', '-'], 'only one of the two can be standard input'],
    [['/nowhere', '-'], '/nowhere cannot be read'],
    [['-'], "missing required argument 'after'"],
    [['-', '-', '--level', 'planet'], 'Allowed choices are namespace, workload, class, pod'],
  ])('refuses %j with 2', async (args, message) => {
    const { code, err } = await run(['diff', ...args], pods);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
