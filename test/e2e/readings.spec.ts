import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;
let id: string;
let later: string;

const pod = (namespace: string, ip: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace, labels: { app: namespace } },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
  status: { phase: 'Running', podIPs: [{ ip }] },
});
const calico = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
});
const denyFrom = (namespace: string): object => ({
  selector: "app == 'b'",
  types: ['Ingress'],
  ingress: [{ action: 'Deny', source: { selector: `app == '${namespace}'` } }, { action: 'Allow' }],
});

/** A cluster in which Cilium is in charge, with policies of Calico and staged ones that nobody reads. */
const cluster = (...more: object[]): string =>
  [
    {
      apiVersion: 'canreach.dev/v1',
      kind: 'SnapshotInfo',
      dataplane: { policyEngine: 'cilium', enforcement: 'yes' },
      semantics: { hairpin: 'subject' },
    },
    pod('a', '10.0.0.1'),
    pod('b', '10.0.0.2'),
    pod('c', '10.0.0.3'),
    calico('StagedGlobalNetworkPolicy', 'g', denyFrom('c')),
    ...more,
  ]
    .map((object) => JSON.stringify(object))
    .join('\n');

beforeAll(async () => {
  test = await startApp();
  id = (await test.ingest('readings', cluster(calico('GlobalNetworkPolicy', 'g', denyFrom('a'))))).body.id;
  later = (await test.ingest('readings', cluster())).body.id;
});
afterAll(() => test.stop());

const verdict = async (from: string, query: Record<string, string>): Promise<Record<string, unknown>> =>
  (
    await test
      .http()
      .get(`/api/v1/snapshots/${id}/verdict`)
      .query({ from: `${from}/p`, to: 'b/p', port: '80', ...query })
  ).body;
const compiles = async (): Promise<number> =>
  Number(/canreach_index_compiles_total (\d+)/.exec((await test.http().get('/metrics')).text)?.[1]);

describe('a question may say whose policies decide', () => {
  it.each<Record<string, string>>([
    { dataplane: 'policyEngine:calico' },
    { semantics: 'preset:calico' },
    { semantics: 'calico' },
    { semantics: 'preset:calico,podToOwnNode:allow' },
    { semantics: 'preset:calico', dataplane: 'enforcement:partial', mode: 'intended' },
  ])('as %j', async (query) => {
    expect((await verdict('a', {})).verdict).toBe('allowed');
    expect(await verdict('a', query)).toMatchObject({
      verdict: 'denied',
      reason: 'RULE_DENIED_INGRESS',
      gates: [{}, { decidedBy: [{ policy: { kind: 'GlobalNetworkPolicy', name: 'g' } }] }],
    });
    expect((await verdict('a', { ...query, fields: 'verdict' })).verdict).toBe('denied');
    expect((await verdict('c', query)).verdict).toBe('allowed');
  });

  it('and another engine does not read them', async () => {
    for (const semantics of ['preset:k8s', 'preset:cilium'])
      expect((await verdict('a', { semantics })).verdict).toBe('allowed');
  });

  it('a preset goes before the knobs of the snapshot, and is among the assumptions', async () => {
    const { assumptions } = await verdict('a', { semantics: 'preset:calico' });
    expect(assumptions).toContainEqual({ name: 'semantics', value: 'preset:calico', provenance: 'configured' });
    const self = { from: 'a/p', to: 'a/p', semantics: 'preset:k8s' };
    const { body } = await test.http().get(`/api/v1/snapshots/${id}/verdict`).query(self);
    expect(body.implementationDefined).toEqual([]);
  });

  it.each([
    ['preset:none', 'KNOB_INVALID'],
    ['preset:calico,preset:k8s', 'KNOB_INVALID'],
    ['nobody', 'KNOB_INVALID'],
  ])('%s is refused', async (semantics, code) => {
    expect(await verdict('a', { semantics })).toMatchObject({ status: 400, code });
  });
});

it('a large snapshot, which another thread reads again, is answered as a small one', async () => {
  const others = Array.from({ length: 2_001 }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `s${i}` },
  }));
  const large = cluster(calico('GlobalNetworkPolicy', 'g', denyFrom('a')), ...others);
  const { body } = await test.ingest('large', large);
  for (const from of ['a', 'c']) {
    const query = { from: `${from}/p`, to: 'b/p', port: '80', semantics: 'preset:calico' };
    const asked = await test.http().get(`/api/v1/snapshots/${body.id}/verdict`).query(query);
    expect(asked.body).toEqual(await verdict(from, query));
  }
});

describe('a whole cluster is answered under presets', () => {
  const rows = async (query: Record<string, string>): Promise<string[]> => {
    const { body } = await test
      .http()
      .get(`/api/v1/snapshots/${id}/connectivity`)
      .query({ level: 'pod', ...query });
    return body.rows
      .filter(({ connections }: { connections: { all: boolean } }) => connections.all)
      .map((row: Record<string, { namespace?: string }>) => `${row.source.namespace} ${row.destination.namespace}`);
  };

  it('rows', async () => {
    expect(await rows({})).toContain('a b');
    expect(await rows({ semantics: 'preset:calico' })).not.toContain('a b');
    expect(await rows({ semantics: 'preset:calico' })).toContain('c b');
  });

  it('differences', async () => {
    const diff = async (query: Record<string, string>): Promise<unknown> =>
      (
        await test
          .http()
          .get('/api/v1/diff')
          .query({ from: id, to: later, level: 'pod', ...query })
      ).body.summary;
    expect(await diff({})).toMatchObject({ gained: 0 });
    expect(await diff({ semantics: 'preset:calico' })).toMatchObject({ gained: 1 });
  });

  it('each compiled once', async () => {
    await rows({ semantics: 'preset:calico' });
    const before = await compiles();
    await rows({ semantics: 'calico' });
    await verdict('a', { semantics: 'preset:calico' });
    expect(await compiles()).toBe(before);
  });

  it('other settings that change what policies mean are refused', async () => {
    const { body } = await test
      .http()
      .get(`/api/v1/snapshots/${id}/connectivity`)
      .query({ dataplane: 'policyEngine:calico' });
    expect(body).toMatchObject({ status: 400, code: 'DATAPLANE_INVALID' });
  });

  it('over GraphQL too', async () => {
    const query = `{ snapshot(ref: "${id}") {
      connectivity(level: POD, semantics: "preset:calico") { edges { node { source { namespace } destination { namespace } } } }
      verdict(from: "a/p", to: "b/p", port: "80", semantics: "preset:calico") { verdict }
      staged: verdict(from: "c/p", to: "b/p", port: "80", semantics: "preset:calico", staged: true) { verdict }
    } }`;
    const { body } = await test.http().post('/graphql').send({ query });
    expect(body.data.snapshot).toMatchObject({ verdict: { verdict: 'DENIED' }, staged: { verdict: 'DENIED' } });
    const pairs = body.data.snapshot.connectivity.edges.map(
      ({ node }: { node: Record<string, { namespace?: string }> }) =>
        `${node.source.namespace} ${node.destination.namespace}`,
    );
    expect(pairs).not.toContain('a b');
  });
});

describe('staged policies', () => {
  const staged = { dataplane: 'policyEngine:calico', staged: 'true' };

  it('are in force where that is asked, in the place of the policies that they stand for', async () => {
    expect(await verdict('c', staged)).toMatchObject({
      verdict: 'denied',
      gates: [{}, { decidedBy: [{ policy: { kind: 'StagedGlobalNetworkPolicy', name: 'g' } }] }],
    });
    expect((await verdict('a', staged)).verdict).toBe('allowed');
    expect((await verdict('c', { ...staged, staged: 'false' })).verdict).toBe('allowed');
  });

  it('mean nothing to another engine', async () => {
    expect((await verdict('c', { staged: 'true' })).verdict).toBe('allowed');
  });

  it('hold for many questions too', async () => {
    const { body } = await test
      .http()
      .post(`/api/v1/snapshots/${id}/verdicts`)
      .query(staged)
      .send({ flows: [{ from: 'c/p', to: 'b/p', port: '80' }] });
    expect(body.verdicts[0].verdict).toBe('denied');
  });
});
