import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Console } from '../../apps/cli/src/console.js';
import { parseDestination } from '../../apps/cli/src/parse-destination.js';
import { run } from './run.js';
import { showProgress } from '../../apps/cli/src/show-progress.js';

const sample = fileURLToPath(new URL('../../sample', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'canreach-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('canreach check', () => {
  it('answers about a folder and ends with 0 where it is allowed', async () => {
    const { code, out } = await run(['check', '-f', sample, 'shop/frontend', 'service:shop/orders:80']);
    expect(code).toBe(0);
    expect(out).toMatch(/^allowed {2}shop\/frontend → service:shop\/orders TCP 80 is allowed/);
    expect(out).toContain('allowed by rule 0 of NetworkPolicy.networking.k8s.io/shop/orders-from-frontend');
  });

  it('says why not and ends with 1', async () => {
    const { code, out } = await run(['check', '-f', sample, 'shop/orders', 'service:payments/gateway:443']);
    expect(code).toBe(1);
    expect(out).toContain(
      'NetworkPolicy.networking.k8s.io/payments/gateway-from-orders: rule 0 matches the peer, but not TCP 8443',
    );
  });

  it('shows both ways through an Ingress, and who its controller was taken to be', async () => {
    const cluster = fileURLToPath(new URL('../corpus/entries/way-to-the-controller/manifests', import.meta.url));
    const { code, out } = await run(['check', '-f', cluster, 'internet', 'ingress:shop/web:443']);
    expect(code).toBe(1);
    expect(out).toContain(
      [
        '  Ingress.networking.k8s.io/shop/web: denied',
        '    client to controller: denied',
        '    Service/shop/web port 80: allowed (NO_POLICY_APPLIES)',
        '      pod:shop/web port 8080: allowed',
      ].join('\n'),
    );
    expect(out).toContain(
      'derived: controller: pods with labels of k8s.io/ingress-nginx: pod:ingress-nginx/controller-1',
    );
  });

  it("names the list of a rule of Cilium's, and what is restricted at layer 7", async () => {
    const rule = { toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } }] };
    const policy = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'web', namespace: 'x' },
      spec: { endpointSelector: {}, ingress: [rule] },
    };
    const pods = ['a', 'b'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'x' },
      spec: { containers: [{ name: 'c' }] },
    }));
    const text = [policy, ...pods].map((object) => JSON.stringify(object)).join('\n');
    const { code, out } = await run(['check', '-f', '-', 'x/a', 'x/b:8080'], text);
    expect(code).toBe(0);
    expect(out).toContain('allowed by rule spec.ingress[0] of CiliumNetworkPolicy.cilium.io/x/web');
    expect(out).toContain('restricted at layer 7: http');
  });

  it('asks as if staged policies were in force, under the engine that a preset names', async () => {
    const policy = JSON.stringify({
      apiVersion: 'projectcalico.org/v3',
      kind: 'StagedGlobalNetworkPolicy',
      metadata: { name: 'none' },
      spec: { order: 1, selector: 'all()', types: ['Ingress'], ingress: [{ action: 'Deny' }] },
    });
    const check = async (...more: string[]): Promise<string> =>
      (await run(['check', '-f', sample, '-f', '-', ...more, 'shop/frontend', 'service:shop/orders:80'], policy)).out;
    expect(await check('--semantics', 'preset:calico')).toMatch(/^allowed/);
    expect(await check('--semantics', 'preset:calico', '--staged')).toMatch(/^denied/);
    expect(await check('--semantics', 'preset:k8s', '--staged')).toMatch(/^allowed/);
  });

  it('never ends with 0 for mixed and unknown', async () => {
    expect((await run(['check', '-f', sample, 'shop/frontend', 'shop/orders'])).code).toBe(1);
    const policy =
      '{"apiVersion":"policy.networking.k8s.io/v1beta1","kind":"AdminNetworkPolicy","metadata":{"name":"a"},"spec":{}}';
    const { code, out } = await run(['check', '-f', sample, '-f', '-', 'shop/frontend', 'shop/orders:8080'], policy);
    expect([code, out.split(' ')[0]]).toEqual([1, 'unknown']);
  });

  it('prints the full answer as JSON, and nothing else, on standard output', async () => {
    const { out } = await run(['check', '-f', sample, '-o', 'json', 'shop/frontend', 'shop/orders:8080']);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'allowed', gates: [{}, {}] });
  });

  it.each([
    [['check', '-f', sample, 'shop/nobody', 'shop/orders:80'], 'the snapshot has no pod or workload shop/nobody'],
    [['check', '-f', sample, 'frontend', 'shop/orders:80'], 'a name needs its namespace'],
    [['check', '-f', '/does/not/exist', 'a/b', 'c/d'], '/does/not/exist cannot be read (ENOENT)'],
    [['check', 'a/b', 'c/d'], "required option '-f, --file <path>'"],
    [['check', '-f', sample, 'a/b', 'c/d', '-o', 'xml'], 'Allowed choices are text, json'],
    [['conquer'], "unknown command 'conquer'"],
    [['check', '-f', sample, 'shop/frontend', 'shop/orders:80', '--semantics', 'x:y'], 'is no knob'],
  ])('%j ends with 2 and says what is wrong', async (args, message) => {
    const { code, err, out } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('says once what is wrong with an input that has one fault', async () => {
    const { code, err } = await run(['check', '-f', '-', 'a/b', 'c/d']);
    expect([code, err.match(/has no object/g)]).toEqual([2, ['has no object']]);
  });

  it('names the file and the field of an invalid policy', async () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(
      file,
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: x}\nspec: {ingress: [{ports: [{port: 70000}]}]}\n',
    );
    const { code, err } = await run(['check', '-f', file, 'a/b', 'c/d']);
    expect(code).toBe(2);
    expect(err).toContain(
      'bad.yaml: NetworkPolicy.networking.k8s.io/x/p: spec.ingress[0].ports[0].port: must be between 1 and 65535, inclusive (found 70000)',
    );
  });

  it('runs as a program', () => {
    const main = fileURLToPath(new URL('../../dist/apps/cli/src/main.js', import.meta.url));
    const out = execFileSync(process.execPath, [main, 'check', '-f', sample, '203.0.113.7', 'shop/frontend:http'], {
      encoding: 'utf8',
    });
    expect(out).toMatch(/^allowed/);
  });
});

describe('progress', () => {
  const shown = (isTerminal: boolean, millis: readonly number[]): string => {
    let err = '';
    let turn = 0;
    const console: Console = {
      stdin: Readable.from([]),
      out: () => undefined,
      err: (text) => (err += text),
      isTerminal,
      hasColour: false,
    };
    const line = showProgress(console, () => millis[turn++] ?? 0);
    for (const done of [1_000_000, 250_000_000]) line.show({ stage: 'read', done, total: null, unit: 'bytes' });
    line.clear();
    return err;
  };

  it('is written over itself where somebody looks, and taken away at the end', () => {
    expect(shown(true, [0, 200, 200, 400, 400])).toBe('\rread: 1.0 MB\rread: 250.0 MB\r              \r');
  });

  it('is not shown in a pipe, nor of what is done at once', () => {
    expect(shown(false, [0, 200, 200, 400, 400])).toBe('');
    expect(shown(true, [0, 1, 2])).toBe('');
  });
});

describe('a destination as it is typed', () => {
  it.each([
    ['shop/db:5432', 'shop/db', '5432'],
    ['shop/db', 'shop/db', undefined],
    ['service:shop/db:http', 'service:shop/db', 'http'],
    ['service:shop/db', 'service:shop/db', undefined],
    ['pod:shop/db:80-90', 'pod:shop/db', '80-90'],
    ['ip:10.0.0.1:80', 'ip:10.0.0.1', '80'],
    ['10.0.0.1:80', 'ip:10.0.0.1', '80'],
    ['10.0.0.1', 'ip:10.0.0.1', undefined],
    ['[fd00::1]:443', 'ip:fd00::1', '443'],
    ['[fd00::1]', 'ip:fd00::1', undefined],
    ['fd00::1', 'ip:fd00::1', undefined],
    ['ip:fd00::1', 'ip:fd00::1', undefined],
    ['cidr:10.0.0.0/8:53', 'cidr:10.0.0.0/8', '53'],
    ['cidr:fd00::/8', 'cidr:fd00::/8', undefined],
    ['pods:shop{app=web}:8080', 'pods:shop{app=web}', '8080'],
    ['pods:*{tier in (a,b)}', 'pods:*{tier in (a,b)}', undefined],
    ['namespace:shop:80', 'namespace:shop', '80'],
    ['namespace:shop', 'namespace:shop', undefined],
    ['node:n1:10250', 'node:n1', '10250'],
    ['internet:443', 'internet', '443'],
    ['dns:db.shop.svc.cluster.local:5432', 'dns:db.shop.svc.cluster.local', '5432'],
  ])('%s', (text, peer, port) => {
    expect(parseDestination(text)).toEqual({ peer, port });
  });
});
