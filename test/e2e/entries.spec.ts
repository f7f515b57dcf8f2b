import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace } from '#trace';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;
let id: string;

const manifests = (name: string): string =>
  readFileSync(new URL(`../corpus/entries/${name}/manifests/all.yaml`, import.meta.url), 'utf8');

beforeAll(async () => {
  test = await startApp();
  const both = `${manifests('parents')}---\n${manifests('route-ports')}---\n${manifests('controller-by-labels')}`;
  const { body } = await test.ingest('entries', both).expect(201);
  id = body.id;
});
afterAll(() => test.stop());

const ask = async (query: Record<string, string>): Promise<{ status: number; body: Record<string, unknown> }> =>
  test.http().get(`/api/v1/snapshots/${id}/verdict`).query(query);

const questions: readonly Record<string, string>[] = [
  { from: 'internet', to: 'ingress:shop/one-address' },
  { from: 'shop/one', to: 'route:shop/all', port: '80' },
  { from: 'internet', to: 'gateway:shop/g' },
  { from: 'internet', to: 'httproute:shop/half', mode: 'intended' },
];

describe('what an Ingress, Route or Gateway lets in', () => {
  it.each(questions)('is the same over GraphQL: %j', async ({ mode, ...question }) => {
    const { body } = await ask({ ...question, ...(mode === undefined ? {} : { mode }) });
    const args = [...Object.entries(question).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)];
    if (mode !== undefined) args.push(`mode: ${mode.toUpperCase()}`);
    const query = `{ snapshot(ref: "${id}") { verdict(${args.join(' ')}) {
      verdict reason message
      entries {
        entry { group kind namespace name } gateway { group kind namespace name } hosts
        controller { className pods provenance } verdict reason client { verdict reason }
        backends { target { group kind namespace name } port paths verdict reason backends { backend port verdict reason } }
      }
      backends { backend port verdict reason }
    } } }`;
    const { body: graphql } = await test.http().post('/graphql').send({ query });
    expect(graphql.errors).toBeUndefined();
    const { verdict, reason, message, entries, backends = [] } = body;
    const said = JSON.parse(JSON.stringify({ verdict, reason, message, entries, backends }), (key, value: unknown) =>
      key === 'verdict' && typeof value === 'string' ? value.replace(/[A-Z]/g, '_$&').toUpperCase() : value,
    ) as unknown;
    expect(graphql.data.snapshot.verdict).toEqual(said);
  });

  it('is the same in a batch', async () => {
    const flows = questions.map(({ from, to, port }) => ({ from, to, port }));
    const { body } = await test.http().post(`/api/v1/snapshots/${id}/verdicts`).send({ flows }).expect(200);
    const single = await Promise.all(
      flows.map(async ({ from, to, port }) => (await ask({ from, to, ...(port === undefined ? {} : { port }) })).body),
    );
    expect(body.verdicts).toEqual(single.map(({ verdict, reason }) => ({ verdict, reason })));
  });

  it('is asked again from what is stored, with the controller that a question names', async () => {
    const denied = { from: 'internet', to: 'ingress:shop/own-namespace' };
    expect((await ask(denied)).body).toMatchObject({ verdict: 'denied' });
    expect((await ask({ ...denied, dataplane: 'ingressController:nginx=shop/g-proxy' })).body).toMatchObject({
      verdict: 'allowed',
      entries: [{ controller: { className: 'nginx', pods: 1, provenance: 'configured' } }],
    });
    expect((await ask({ ...denied, dataplane: 'ingressController:shop' })).body).toMatchObject({
      code: 'DATAPLANE_INVALID',
    });
  });

  it('is no source and no end of a row, and must be there', async () => {
    expect(await ask({ from: 'ingress:shop/by-pod', to: 'shop/one' })).toMatchObject({
      status: 400,
      body: { code: 'PEER_NOT_A_SOURCE' },
    });
    for (const to of ['ingress:shop/gone', 'gateway:shop/gone', 'tcproute:shop/one', 'route:shop/by-pod']) {
      expect(await ask({ from: 'internet', to })).toMatchObject({ status: 404, body: { code: 'PEER_NOT_FOUND' } });
    }
    for (const to of ['ingress:by-pod', 'ingress:', 'gateway:a/b/c', 'route:A/b', 'udproute:shop/_']) {
      expect(await ask({ from: 'internet', to })).toMatchObject({ status: 400, body: { code: 'PEER_MALFORMED' } });
    }
    const row = await test.http().get(`/api/v1/snapshots/${id}/connectivity?to=ingress:shop/by-pod`);
    expect([row.status, row.body.code]).toEqual([400, 'PEER_MALFORMED']);
    expect(await ask({ from: 'internet', to: 'ingress:shop/by-pod', port: 'http' })).toMatchObject({
      status: 404,
      body: { code: 'PORT_NOT_FOUND' },
    });
  });

  it('is traced as two connections, the same over GraphQL', async () => {
    const question = { from: 'internet', to: 'ingress:shop/by-pod' };
    const { body } = await test.http().get(`/api/v1/snapshots/${id}/trace`).query(question).expect(200);
    const query = `{ snapshot(ref: "${id}") { trace(from: "${question.from}", to: "${question.to}") {
      delivery routesTotal routes { when connection delivery reasons sourceSeenByPolicy } } } }`;
    const { body: graphql } = await test.http().post('/graphql').send({ query });
    expect(graphql.errors).toBeUndefined();
    const { trace } = graphql.data.snapshot as { trace: { routes: { delivery: string }[] } };
    const plain = (body as Trace).routes.map(({ when, connection, delivery, reasons, sourceSeenByPolicy }) => ({
      when,
      connection,
      delivery: delivery.toUpperCase(),
      reasons,
      sourceSeenByPolicy,
    }));
    expect(trace).toEqual({ delivery: body.delivery.toUpperCase(), routesTotal: plain.length, routes: plain });
    expect(new Set(plain.map(({ connection }) => connection))).toEqual(new Set([1, 2]));
  });

  it('makes rows where that is asked for, page by page as in one answer, and the same over GraphQL', async () => {
    const { body } = await test.ingest('rows', manifests('rows-of-controllers')).expect(201);
    const path = `/api/v1/snapshots/${body.id}/connectivity`;
    const whole = (await test.http().get(path).query({ to: 'namespace:shop', include: 'ingress' }).expect(200)).body;
    const fromControllers = whole.rows.filter(
      (row: { source: { kind: string } }) => row.source.kind === 'IngressController',
    );
    expect(fromControllers).toEqual(
      ['web-a', 'web-b'].map((name) => ({
        source: { kind: 'IngressController', name: 'ingress-controller' },
        destination: { kind: 'Pod', namespace: 'shop', name },
        connections: { all: false, protocols: { TCP: ['8080'] } },
      })),
    );
    expect(whole.assumptions).toContainEqual(expect.objectContaining({ name: 'controller', provenance: 'derived' }));
    const pages: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = { to: 'namespace:shop', include: 'ingress', limit: 1, ...(cursor === '' ? {} : { cursor }) };
      const page = (await test.http().get(path).query(query).expect(200)).body as {
        rows: unknown[];
        nextCursor: string | null;
      };
      pages.push(...page.rows);
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(whole.rows);
    const query = `{ snapshot(ref: "${body.id}") { connectivity(to: "namespace:shop", include: INGRESS) { edges { node { source { kind name } destination { name } } } } } }`;
    const { body: graphql } = await test.http().post('/graphql').send({ query });
    expect(graphql.data.snapshot.connectivity.edges).toHaveLength(whole.rows.length);
    const both = await test
      .http()
      .get(path)
      .query({ include: 'ingress,nodes', format: 'text', port: '8080' })
      .expect(200);
    expect(both.text).toContain('{ingress-controller} => shop/web-a[Pod] : TCP 8080\n');
    const counted = await test.http().get(path).query({ to: 'namespace:shop', include: 'ingress', maxRows: 7 });
    expect([counted.status, counted.body.errors?.[0]?.value]).toEqual([413, '8']);
  });

  it('makes no rows of readings and diffs', async () => {
    for (const path of [
      `snapshots/${id}/connectivity/unreached?include=ingress`,
      `diff?from=${id}&to=${id}&include=ingress`,
      `snapshots/${id}/connectivity?include=pods`,
    ]) {
      const { status, body } = await test.http().get(`/api/v1/${path}`);
      expect([status, body.code]).toEqual([400, 'INCLUDE_INVALID']);
    }
  });

  it('is refused with its path where it is wrong', async () => {
    const text =
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: a}\nspec: {defaultBackend: {service: {name: [], port: {number: http}}}}\n';
    const { body } = await test.ingest('wrong', text).expect(422);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'spec.defaultBackend.service.name',
      'spec.defaultBackend.service.port.number',
      'spec.defaultBackend.service.port',
    ]);
  });

  it('compiles nothing anew where only an Ingress was edited', async () => {
    const compiles = async (): Promise<number> =>
      Number(/canreach_index_compiles_total (\d+)/.exec((await test.http().get('/metrics')).text)?.[1]);
    const { body: before } = await test.ingest('edited', manifests('ports-of-a-service')).expect(201);
    const to = 'ingress:shop/by-number';
    const verdict = async (ref: string): Promise<unknown> =>
      (await test.http().get(`/api/v1/snapshots/${ref}/verdict`).query({ from: 'internet', to })).body.verdict;
    expect(await verdict(before.id)).toBe('allowed');
    const counted = await compiles();
    const edited = manifests('ports-of-a-service').replace(/(name: by-number.*\n.*)name: web/, '$1name: gone');
    const { body: after } = await test.ingest('edited', edited).expect(201);
    expect(await verdict(after.id)).toBe('notApplicable');
    expect(await compiles()).toBe(counted);
    const { body: diff } = await test.http().get('/api/v1/diff').query({ from: before.id, to: after.id }).expect(200);
    expect(diff.changes).toEqual([]);
  });
});
