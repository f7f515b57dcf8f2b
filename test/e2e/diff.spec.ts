import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleManifests, startApp, type TestApp } from './start-app.js';

let test: TestApp;

const newcomer = `
apiVersion: v1
kind: Pod
metadata: {name: newcomer, namespace: visitors, labels: {app: newcomer}}
spec: {nodeName: node-1, containers: [{name: c}]}
status: {phase: Running, podIP: 10.244.0.99}
`;
const closed = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: orders-from-frontend, namespace: shop}
spec: {podSelector: {matchLabels: {app: orders}}, policyTypes: [Ingress]}
`;

beforeAll(async () => {
  test = await startApp();
  const sample = sampleManifests();
  await test.ingest('c', sample, '?label=a').expect(201);
  await test.ingest('c', [sample, newcomer, closed].join('\n---\n'), '?label=b').expect(201);
  await test.ingest('other', sample, '?label=a').expect(201);
});
afterAll(() => test.stop());

interface Change {
  readonly change: string;
  readonly source: { readonly kind: string; readonly namespace?: string; readonly name?: string };
  readonly destination: { readonly kind: string; readonly namespace?: string; readonly name?: string };
  readonly before: unknown;
  readonly after: unknown;
  readonly some?: true;
}

const diff = (query: Record<string, string | number | undefined>) =>
  test
    .http()
    .get('/api/v1/diff')
    .query({ from: 'c@a', to: 'c@b', ...query });

const nameOf = ({ kind, namespace, name }: Change['source']): string => `${namespace ?? ''}/${name ?? kind}`;

async function changesOf(query: Record<string, string | number>): Promise<Change[]> {
  const { body } = await diff({ limit: 10_000, ...query }).expect(200);
  expect(body.nextCursor).toBeNull();
  return body.changes as Change[];
}

describe('the diff of two snapshots', () => {
  it('has what was lost and what came, and nothing of what stayed', async () => {
    const { body } = await diff({}).expect(200);
    const changes = body.changes as Change[];
    const lost = changes.filter(({ change }) => change === 'lost' || change === 'changed');
    expect(new Set(lost.map(({ destination }) => nameOf(destination)))).toEqual(new Set(['shop/orders']));
    expect(lost.map(({ source }) => nameOf(source))).toContain('shop/frontend');
    for (const { change, source, destination } of changes.filter((found) => !lost.includes(found))) {
      const side = change.startsWith('source') ? source : destination;
      expect([change.replace(/^(source|destination)/, ''), nameOf(side)]).toEqual(['Added', 'visitors/newcomer']);
    }
    const counts = Object.values(body.summary as Record<string, number>);
    expect(counts.reduce((a, b) => a + b, 0)).toBe(changes.length);
    expect(body.summary.sourceAdded).toBeGreaterThan(0);
  });

  it('is the mirror of the diff the other way round, and empty of a snapshot with itself', async () => {
    const there = await changesOf({});
    const back = await changesOf({ from: 'c@b', to: 'c@a' });
    expect(back.map(({ before, after }) => [before, after])).toEqual(there.map(({ before, after }) => [after, before]));
    expect(await changesOf({ to: 'c@a' })).toEqual([]);
    expect(await changesOf({ to: 'other@a' })).toEqual([]);
    expect(await changesOf({ from: 'other@a' })).toEqual(there);
  });

  it.each(['namespace', 'workload', 'class', 'pod'])(
    'comes in pages that hold every change once: %s',
    async (level) => {
      const whole = await changesOf({ level });
      expect(whole.length).toBeGreaterThan(0);
      for (const limit of [1, 7, whole.length]) {
        const found: Change[] = [];
        let cursor: string | null = null;
        do {
          const { body }: { body: { changes: Change[]; nextCursor: string | null } } = await diff({
            level,
            limit,
            ...(cursor === null ? {} : { cursor }),
          }).expect(200);
          found.push(...body.changes);
          cursor = body.nextCursor;
        } while (cursor !== null);
        expect(found).toEqual(whole);
      }
    },
  );

  it('keeps the changes of a source, a destination, a protocol and a port', async () => {
    const whole = await changesOf({});
    const ofNewcomer = await changesOf({ source: 'visitors/newcomer' });
    expect(ofNewcomer).toEqual(whole.filter(({ source }) => nameOf(source) === 'visitors/newcomer'));
    const toOrders = await changesOf({ destination: 'shop/orders' });
    expect(toOrders).toEqual(whole.filter(({ destination }) => nameOf(destination) === 'shop/orders'));
    for (const change of await changesOf({ port: 8080 }))
      for (const said of [change.before, change.after])
        expect([
          { all: false, protocols: {} },
          { all: false, protocols: { TCP: ['8080'] } },
        ]).toContainEqual(said);
  });

  it('is streamed in every format', async () => {
    const whole = await changesOf({});
    const lines = (await diff({ format: 'ndjson' }).expect('Content-Type', /x-ndjson/)).text.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as Change)).toEqual(whole);
    const text = (await diff({ format: 'text' }).expect(200)).text;
    expect(text).toMatch(
      /^lost shop\/frontend\[Deployment\] => shop\/orders\[Deployment\] : TCP 8080 -> No Connections$/m,
    );
    expect((await diff({ format: 'csv' }).expect(200)).text.split('\n')[0]).toContain(
      'change,source,destination,before,after',
    );
    expect((await diff({ format: 'md' }).expect(200)).text.split('\n')).toHaveLength(whole.length + 3);
    expect((await diff({ format: 'dot' }).expect(200)).text).toMatch(/^digraph "diff" \{/);
  });

  it('says the same over GraphQL', async () => {
    const whole = await changesOf({});
    const query = `{ diff(from: "c@a", to: "c@b", first: 1000) {
      summary { gained lost changed sourceAdded sourceRemoved destinationAdded destinationRemoved }
      edges { node { change source { kind namespace name } destination { kind namespace name } before { all protocols { protocol ports } } some causes { edit } } }
      pageInfo { hasNextPage } } }`;
    const { body } = await test.http().post('/graphql').send({ query }).expect(200);
    expect(body.errors).toBeUndefined();
    const { edges, summary, pageInfo } = body.data.diff;
    expect(pageInfo.hasNextPage).toBe(false);
    expect(summary).toEqual((await diff({}).expect(200)).body.summary);
    const upper = (word: string): string => word.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    expect(
      edges.map(({ node }: { node: Change }) => [
        node.change,
        nameOf(node.source),
        nameOf(node.destination),
        node.some,
      ]),
    ).toEqual(
      whole.map(({ change, source, destination, some }) => [
        upper(change),
        nameOf(source),
        nameOf(destination),
        some === true,
      ]),
    );
  });

  it.each<[Record<string, string>, number, string]>([
    [{ to: '' }, 400, 'REF_MALFORMED'],
    [{ to: 'c@nowhere' }, 404, 'SNAPSHOT_NOT_FOUND'],
    [{ level: 'planet' }, 400, 'LEVEL_INVALID'],
    [{ format: 'pdf' }, 400, 'FORMAT_INVALID'],
    [{ source: 'shop/nobody' }, 404, 'PEER_NOT_FOUND'],
    [{ destination: '((' }, 400, 'PEER_MALFORMED'],
    [{ semantics: 'hairpin:subject' }, 400, 'KNOB_INVALID'],
    [{ maxRows: '1' }, 413, 'ANSWER_TOO_LARGE'],
    [{ cursor: 'xyz' }, 400, 'CURSOR_INVALID'],
    [{ colour: 'red' }, 400, 'PARAMETER_UNKNOWN'],
  ])('refuses %j', async (query, status, code) => {
    const { body } = await diff(query).expect(status);
    expect(body.code).toBe(code);
    const [field] = Object.keys(query);
    if (!['to', 'format'].includes(field)) expect(body.errors[0].path).toBe(field);
  });

  it('refuses a cursor of another question or other snapshots', async () => {
    const { body } = await diff({ limit: 1 }).expect(200);
    for (const query of [{ level: 'pod' }, { from: 'c@b', to: 'c@a' }, { source: 'shop/frontend' }]) {
      const refused = await diff({ cursor: body.nextCursor, ...query }).expect(400);
      expect(refused.body.code).toBe('CURSOR_INVALID');
    }
  });
});
