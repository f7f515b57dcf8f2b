import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';

const sample = fileURLToPath(new URL('../../sample', import.meta.url));

describe('canreach list', () => {
  it('lists the connections of a folder, one on each line', async () => {
    const { code, out } = await run(['list', '-f', sample, '--from', 'shop/frontend']);
    expect(code).toBe(0);
    expect(out).toContain('shop/frontend[Deployment] => shop/orders[Deployment] : TCP 8080\n');
  });

  it('reads standard input and answers at other levels', async () => {
    const manifests = [
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"one","namespace":"a"}}',
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"two","namespace":"a"}}',
      '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"a"},"spec":{"podSelector":{}}}',
    ].join('\n');
    const pods = await run(['list', '-f', '-', '--level', 'pod'], manifests);
    expect(pods.out.split('\n').filter((line) => line !== '')).toEqual([
      'a/one[Pod] => 0.0.0.0-255.255.255.255, ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff : All Connections',
      'a/two[Pod] => 0.0.0.0-255.255.255.255, ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff : All Connections',
    ]);
    const namespaces = await run(['list', '-f', '-', '--level', 'namespace', '--family', 'IPv4'], manifests);
    expect(namespaces.out).toBe('a[Namespace] => 0.0.0.0-255.255.255.255 : All Connections\n');
  });

  it('tells what controllers of Ingresses may open', async () => {
    const cluster = fileURLToPath(new URL('../corpus/entries/rows-of-controllers/manifests', import.meta.url));
    const { code, out } = await run(['list', '-f', cluster, '--to', 'namespace:shop', '--include', 'ingress']);
    expect(code).toBe(0);
    expect(out.split('\n').slice(-3)).toEqual([
      '{ingress-controller} => shop/web-a[Pod] : TCP 8080',
      '{ingress-controller} => shop/web-b[Pod] : TCP 8080',
      '',
    ]);
  });

  it.each([
    ['json', (out: string) => JSON.parse(out).rows.length],
    ['ndjson', (out: string) => out.trim().split('\n').length],
    ['csv', (out: string) => out.trim().split('\r\n').length - 1],
    ['md', (out: string) => out.trim().split('\n').length - 2],
    ['dot', (out: string) => out.match(/ -> /g)?.length],
    ['text', (out: string) => out.trim().split('\n').length],
  ])('says the same in %s', async (format, count) => {
    const { code, out, err } = await run(['list', '-f', sample, '--to', 'namespace:payments', '-o', format]);
    expect([code, err]).toEqual([0, '']);
    // gateway to fraud-check and ledger, ledger to postgres.
    expect(count(out)).toBe(3);
  });

  it.each([
    [['-f', sample, '--level', 'cluster'], 'namespace, workload, class, pod'],
    [['-f', sample, '-o', 'xml'], 'json, ndjson, csv, md, dot, text'],
    [['-f', sample, '--from', 'frontend'], 'a name needs its namespace'],
    [['-f', sample, '--to', 'shop/none'], 'shop/none'],
    [['-f', sample, '--port', 'http'], 'accepted'],
    [['-f', '/nowhere'], '/nowhere'],
  ])('ends with 2 for %j', async (args, said) => {
    const { code, out, err } = await run(['list', ...args]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
  });
});
