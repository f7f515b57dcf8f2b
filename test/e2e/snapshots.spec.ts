import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { dump, loadAll } from 'js-yaml';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleManifests, startApp, type TestApp } from './start-app.js';

let test: TestApp;
const sample = sampleManifests();
const objects = loadAll(sample).filter((value) => value !== null) as Record<string, unknown>[];

beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

async function tarOf(files: Record<string, string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The bundle of a snapshot, a line for each object. */
async function exported(id: string): Promise<string> {
  const bundle = await test
    .http()
    .get(`/api/v1/snapshots/${id}/bundle`)
    .buffer(true)
    .parse((response, done) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => done(null, text));
    });
  return bundle.body as string;
}

describe('ingest', () => {
  it('reads every format to the same content', async () => {
    const tar = await tarOf(Object.fromEntries(objects.map((object, i) => [`manifests/${i}.yaml`, dump(object)])));
    const bodies: Record<string, string | Buffer> = {
      yaml: sample,
      'json list': JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, null, 2),
      'list with its kind at the end': `{"apiVersion":"v1","items":${JSON.stringify(objects)},"kind":"List"}`,
      ndjson: objects.map((object) => JSON.stringify(object)).join('\n'),
      tar,
      'yaml gzip': gzipSync(sample),
      'tar gzip': gzipSync(tar),
    };
    const hashes = new Set<string>();
    for (const [format, body] of Object.entries(bodies)) {
      const { status, body: snapshot } = await test.ingest('formats', body);
      expect(status, `${format}: ${JSON.stringify(snapshot).slice(0, 300)}`).toBe(201);
      hashes.add(snapshot.contentHash);
      expect(snapshot.counts.pods, format).toBe(29);
    }
    expect(hashes.size).toBe(1);
  });

  it('answers a long body that is refused at its beginning', async () => {
    const body = Buffer.concat([Buffer.from('{"apiVersion":"v1",}'), Buffer.alloc(48 * 1024 * 1024, ' ')]);
    const response = await test.ingest('refused', body);
    expect([response.status, response.body.code]).toEqual([400, 'MALFORMED']);
    expect((await test.http().get('/api/v1/clusters/refused/snapshots')).status).toBe(404);
  });

  it('accepts what curl sends when it is told nothing, and announced types', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'application/yaml', 'text/yaml']) {
      const response = await test
        .http()
        .post('/api/v1/clusters/types/snapshots')
        .set('Content-Type', type)
        .send(sample);
      expect(response.status, type).toBe(201);
    }
    const compressed = await test
      .http()
      .post('/api/v1/clusters/types/snapshots')
      .set('Content-Type', 'application/yaml')
      .set('Content-Encoding', 'gzip')
      .send(gzipSync(sample));
    expect(compressed.status).toBe(201);
  });

  it('names items after their XList, as kubectl get --raw gives them', async () => {
    const list = {
      kind: 'NamespaceList',
      apiVersion: 'v1',
      metadata: {},
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
    };
    const { body } = await test.ingest('raw', JSON.stringify(list));
    expect(body.counts.namespaces).toBe(2);
  });

  it('says of equal content which snapshot it equals, and keeps one copy of the objects', async () => {
    const first = await test.ingest('same', sample);
    const rows = (): Promise<{ count: string }[]> => test.dataSource.query('SELECT count(*) FROM object_version');
    const [before] = await rows();
    const second = await test.ingest('same', sample);
    expect(second.body.sameAs).toBe(first.body.id);
    expect(await rows()).toEqual([before]);
  });

  it('gives the first snapshot again for the same Idempotency-Key, and refuses it for another content', async () => {
    const send = (body: string): ReturnType<TestApp['ingest']> =>
      test.ingest('twice', body).set('Idempotency-Key', 'abc');
    const first = await send(sample);
    const again = await send(sample);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body.id).toBe(first.body.id);
    const other = await send('apiVersion: v1\nkind: Namespace\nmetadata: {name: x}');
    expect(other.status).toBe(409);
    expect(other.body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('stores nothing when anything is refused, and names everything that is wrong', async () => {
    const policy = (name: string, spec: unknown): string =>
      JSON.stringify({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace: 'web' },
        spec,
      });
    const bad = [
      policy('one', { ingress: [{ ports: [{ port: 70000 }] }] }),
      policy('two', { egress: [{ to: [{}] }] }),
    ].join('\n');
    const { status, body, headers } = await test.ingest('refused', `${JSON.stringify(objects[0])}\n${bad}`);
    expect(status).toBe(422);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body.code).toBe('INVALID_OBJECT');
    expect(body.errors).toMatchObject([
      {
        object: 'NetworkPolicy.networking.k8s.io/web/one',
        path: 'spec.ingress[0].ports[0].port',
        value: '70000',
        accepted: 'must be between 1 and 65535, inclusive',
        line: 2,
      },
      {
        object: 'NetworkPolicy.networking.k8s.io/web/two',
        path: 'spec.egress[0].to[0]',
        accepted: 'must specify a peer',
        line: 3,
      },
    ]);
    const { body: clusters } = await test.http().get('/api/v1/clusters');
    expect(clusters.items.map(({ name }: { name: string }) => name)).not.toContain('refused');
  });

  it('with strict=false stores an invalid policy as not understood and answers unknown', async () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'odd', namespace: 'shop' },
      spec: { ingress: [{ ports: [{ port: 0 }] }] },
    };
    const { body } = await test.ingest('lenient', `${sample}\n---\n${JSON.stringify(policy)}`, '?strict=false');
    expect(body.counts.notUnderstood).toBe(1);
    const answer = await test
      .http()
      .get(`/api/v1/snapshots/${body.id}/verdict?from=shop/frontend&to=shop/orders&port=8080`);
    expect(answer.body).toMatchObject({
      verdict: 'unknown',
      reason: 'NOT_UNDERSTOOD',
      notUnderstood: [{ kind: 'NetworkPolicy', name: 'odd' }],
    });
    const outside = await test
      .http()
      .get(`/api/v1/snapshots/${body.id}/verdict?from=payments/gateway&to=payments/ledger&port=9090`);
    expect(outside.body.verdict).toBe('allowed');
  });

  it('passes over kinds without a part in connectivity, and with strict=true refuses them', async () => {
    const secret = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { password: 'aHVudGVyMg==' },
    });
    const { body } = await test.ingest('kinds', `${JSON.stringify(objects[0])}\n${secret}`);
    expect(body.skipped).toEqual({ Secret: 1 });
    expect(body.diagnostics).toMatchObject([{ code: 'KIND_SKIPPED' }]);
    expect(await test.dataSource.query(`SELECT 1 FROM object_body WHERE body LIKE '%aHVudGVyMg%'`)).toEqual([]);
    const strict = await test.ingest('kinds', secret, '?strict=true');
    expect(strict.status).toBe(422);
    expect(strict.body.errors).toMatchObject([{ code: 'KIND_UNKNOWN' }]);
  });
});

describe('references, lists and deletion', () => {
  it('finds a snapshot by id, @latest, @label and @time, also when they came out of order', async () => {
    const namespace = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}`;
    const first = await test.ingest('refs', namespace('a'), '?label=one&takenAt=2026-01-02T00:00:00Z');
    const late = await test.ingest('refs', namespace('b'), '?takenAt=2026-01-01T00:00:00Z');
    const find = async (ref: string): Promise<string> =>
      (await test.http().get(`/api/v1/snapshots/${encodeURIComponent(ref)}`)).body.id;
    expect(await find(first.body.id)).toBe(first.body.id);
    expect(await find('refs@latest')).toBe(first.body.id);
    expect(await find('refs@one')).toBe(first.body.id);
    expect(await find('refs@2026-01-01T12:00:00Z')).toBe(late.body.id);
    const before = await test.http().get('/api/v1/snapshots/refs@2025-12-31T00:00:00Z');
    expect([before.status, before.body.code]).toEqual([404, 'SNAPSHOT_NOT_FOUND']);
  });

  it('pages through a cluster without repeating or leaving out', async () => {
    for (let i = 0; i < 7; i++) await test.ingest('paged', `apiVersion: v1\nkind: Namespace\nmetadata: {name: n${i}}`);
    const seen: number[] = [];
    let cursor = '';
    do {
      const { body } = await test.http().get(`/api/v1/clusters/paged/snapshots?limit=3${cursor}`);
      seen.push(...body.items.map(({ number }: { number: number }) => number));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('refuses a label that is taken, moves it when told to, and takes it away', async () => {
    const a = await test.ingest('labels', sample, '?label=prod');
    const b = await test.ingest('labels', sample);
    const taken = await test.ingest('labels', sample, '?label=prod');
    expect([taken.status, taken.body.code]).toEqual([409, 'LABEL_TAKEN']);
    const put = (id: string, label: string | null): Promise<{ status: number }> =>
      test.http().put(`/api/v1/snapshots/${id}/label`).send({ label });
    expect((await put(b.body.id, 'prod')).status).toBe(200);
    expect((await test.http().get('/api/v1/snapshots/labels@prod')).body.id).toBe(b.body.id);
    expect((await test.http().get(`/api/v1/snapshots/${a.body.id}`)).body.label).toBeNull();
    expect((await put(b.body.id, null)).status).toBe(200);
    expect((await test.http().get('/api/v1/snapshots/labels@prod')).status).toBe(404);
  });

  it('deletes a snapshot in the middle and sweeps only what nobody needs', async () => {
    const pod = (name: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}`;
    const ids: string[] = [];
    for (const text of [pod('keep'), `${pod('keep')}\n---\n${pod('gone')}`, pod('keep')])
      ids.push((await test.ingest('swept', text)).body.id);
    expect((await test.http().delete(`/api/v1/snapshots/${ids[1]}`)).status).toBe(204);
    expect((await test.http().get(`/api/v1/snapshots/${ids[1]}`)).status).toBe(404);
    const bodies = await test.dataSource.query<{ body: string }[]>(
      `SELECT body FROM object_body b JOIN cluster c ON c.id = b.cluster_id WHERE c.name = 'swept'`,
    );
    expect(bodies).toHaveLength(1);
    expect(bodies[0].body).toContain('"keep"');
    for (const id of [ids[0], ids[2]]) {
      const { body } = await test.http().get(`/api/v1/snapshots/${id}/namespaces`);
      expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['keep']);
    }
  });

  it('exports a bundle that reads back to the same content', async () => {
    const original = await test.ingest('export', sample);
    const text = await exported(original.body.id);
    expect(text.split('\n')[0]).toContain('SnapshotInfo');
    const copy = await test.ingest('import', text);
    expect(copy.status).toBe(201);
    expect(copy.body.contentHash).toBe(original.body.contentHash);
    expect(copy.body.takenAt).toBe(original.body.takenAt);
  });

  it('exports the kinds of every network so that they read back to the same content', async () => {
    const text = readFileSync(new URL('./policy-kinds.yaml', import.meta.url), 'utf8');
    const original = await test.ingest('kinds', text);
    expect(original.status, JSON.stringify(original.body)).toBe(201);
    const lines = (await exported(original.body.id)).trim().split('\n');
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind).sort();
    expect(kinds.filter((kind) => kind !== 'SnapshotInfo')).toEqual(
      [...text.matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind).sort(),
    );
    const copy = await test.ingest('kinds-again', lines.join('\n'));
    expect(copy.status, JSON.stringify(copy.body)).toBe(201);
    expect(copy.body.contentHash).toBe(original.body.contentHash);
  });

  it('lands every one of several ingests at once, each with its own number', async () => {
    const bodies = Array.from({ length: 6 }, (_, i) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: c${i}}`);
    const responses = await Promise.all(bodies.map((body) => test.ingest('parallel', body)));
    expect(responses.map(({ status }) => status)).toEqual(bodies.map(() => 201));
    expect(responses.map(({ body }) => body.number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('keeps who did what, and lets nobody rewrite it', async () => {
    const rows = await test.dataSource.query<{ action: string }[]>(
      'SELECT DISTINCT action FROM audit_event ORDER BY action',
    );
    expect(rows.map(({ action }) => action)).toEqual(['snapshot.create', 'snapshot.delete', 'snapshot.label']);
    await expect(test.dataSource.query('DELETE FROM audit_event')).rejects.toThrow('append-only');
  });
});
