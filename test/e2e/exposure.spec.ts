import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExposureItem } from '#engine';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;
let path: string;
let id: string;

const folder = new URL('../corpus/entries/ways-from-outside/', import.meta.url);
const [{ rows: lines }] = load(readFileSync(new URL('exposure.yaml', folder), 'utf8')) as { rows: string[] }[];

beforeAll(async () => {
  test = await startApp();
  const text = readFileSync(new URL('manifests/all.yaml', folder), 'utf8');
  ({ id } = (await test.ingest('exposed', text).expect(201)).body as { id: string });
  path = `/api/v1/snapshots/${id}/exposure`;
});
afterAll(() => test.stop());

interface Answer {
  readonly items: ExposureItem[];
  readonly nextCursor: string | null;
  readonly assumptions: unknown[];
}

const ask = async (query: Record<string, string> = {}): Promise<Answer> =>
  (await test.http().get(path).query(query).expect(200)).body as Answer;

describe('what the outside can reach', () => {
  it('is answered in every format', async () => {
    const { items } = await ask();
    expect(items).toHaveLength(lines.length);
    const text = async (format: string): Promise<string> =>
      (await test.http().get(path).query({ format }).expect(200)).text;
    expect((await text('text')).trim().split('\n')).toEqual(lines);
    expect(
      (await text('ndjson'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(items);
    expect((await text('csv')).trim().split('\r\n')).toHaveLength(lines.length + 1);
    expect((await text('md')).trim().split('\n')).toHaveLength(lines.length + 2);
    expect((await text('dot')).match(/ -> /g)).toHaveLength(lines.length);
  });

  it('is answered under a preset, and under no knob by itself', async () => {
    const { items, assumptions } = await ask({ semantics: 'preset:cilium' });
    expect(items).toHaveLength(lines.length);
    expect(assumptions).toContainEqual({ name: 'semantics', value: 'preset:cilium', provenance: 'configured' });
    const { body } = await test.http().get(path).query({ semantics: 'podToOwnNode:deny' }).expect(400);
    expect(body).toMatchObject({ code: 'KNOB_INVALID' });
    const query = `{ snapshot(ref: "${id}") { exposure(semantics: "preset:cilium") { assumptions { name value } } } }`;
    const answer = await test.http().post('/graphql').send({ query }).expect(200);
    expect(answer.body.data.snapshot.exposure.assumptions).toContainEqual({
      name: 'semantics',
      value: 'preset:cilium',
    });
  });

  it('names the way, and what is blocked with its reason', async () => {
    const { items, assumptions } = await ask({ to: 'shop/closed' });
    expect(items[0]).toEqual({
      workload: { kind: 'Pod', namespace: 'shop', name: 'closed' },
      via: { kind: 'Service', namespace: 'shop', name: 'closed', type: 'LoadBalancer', addresses: [] },
      connections: { all: false, protocols: {} },
      blocked: {
        connections: { all: false, protocols: { TCP: ['80'] } },
        reason: 'INGRESS_ISOLATED_NO_RULE_MATCHED',
      },
    });
    expect(assumptions).toContainEqual(expect.objectContaining({ name: 'assumedController' }));
  });

  it('comes in pages that make up the whole', async () => {
    const { items } = await ask();
    const paged: ExposureItem[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Answer = await ask({ limit: '5', ...(cursor === '' ? {} : { cursor }) });
      paged.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(items);
  });

  it('is the same over GraphQL', async () => {
    const view = 'all protocols { protocol ports }';
    const query = `{ snapshot(ref: "${id}") { exposure(first: 1000) { edges { node {
      workload { kind namespace name } via { kind namespace name port type addresses gateway hosts }
      connections { ${view} } some unknown { ${view} } blocked { connections { ${view} } reason }
    } } assumptions { name value provenance } } } }`;
    const { body } = await test.http().post('/graphql').send({ query });
    expect(body.errors).toBeUndefined();
    const { items, assumptions } = await ask();
    type View = ExposureItem['connections'];
    const listed = ({ all, protocols }: View): unknown => ({
      all,
      protocols: Object.entries(protocols ?? {}).map(([protocol, ports]) => ({ protocol, ports })),
    });
    const nothing = { namespace: null, name: null, port: null, type: null, addresses: [], gateway: null, hosts: [] };
    const { edges, assumptions: said } = body.data.snapshot.exposure;
    expect(edges.map(({ node }: { node: unknown }) => node)).toEqual(
      items.map(({ workload, via, connections, some, unknown, blocked }) => ({
        workload: { kind: workload.kind, namespace: 'shop', name: (workload as { name: string }).name },
        via: { ...nothing, ...via },
        connections: listed(connections),
        some: some === true,
        unknown: unknown === undefined ? null : listed(unknown),
        blocked: blocked === undefined ? null : { connections: listed(blocked.connections), reason: blocked.reason },
      })),
    );
    expect(said).toEqual(assumptions);
  });

  it('heeds what is said of the network', async () => {
    const { items } = await ask({ to: 'shop/closed', dataplane: 'enforcement:no' });
    expect(items.map(({ via, blocked }) => [via.kind, blocked])).toEqual([
      ['Address', undefined],
      ['Service', undefined],
      ['Service', undefined],
      ['Ingress', undefined],
    ]);
    const intended = await ask({ to: 'shop/closed', dataplane: 'enforcement:no', mode: 'intended' });
    expect(intended.items[0].blocked?.reason).toBe('INGRESS_ISOLATED_NO_RULE_MATCHED');
  });

  it.each([
    ['to=service:shop/ext', 400, 'PEER_MALFORMED'],
    ['to=shop/none', 404, 'PEER_NOT_FOUND'],
    ['mode=wished', 400, 'MODE_INVALID'],
    ['format=xml', 400, 'FORMAT_INVALID'],
    ['cursor=x', 400, 'CURSOR_INVALID'],
    ['limit=0', 400, 'LIMIT_INVALID'],
    ['port=80', 400, 'PARAMETER_UNKNOWN'],
    ['dataplane=policyEngine:cilium', 400, 'DATAPLANE_INVALID'],
  ])('refuses %s', async (query, status, code) => {
    const answer = await test.http().get(`${path}?${query}`);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});
