import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;

beforeAll(async () => {
  test = await startApp();
});
afterAll(() => test.stop());

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}';
const policy = (spec: unknown, metadata: unknown = { name: 'p', namespace: 'x' }): string =>
  JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec });
const pod = (fields: Record<string, unknown>): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'x' },
    spec: { containers: [] },
    ...fields,
  });

async function tar(
  entries: { name: string; type?: 'symlink' | 'character-device'; linkname?: string; content?: string }[],
): Promise<Buffer> {
  const archive = pack();
  for (const { name, type, linkname, content } of entries) archive.entry({ name, type, linkname }, content ?? '');
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const aliasBomb = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...'bcdefghij'.split('').map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghij'[i]}`).join(',')}]`),
].join('\n');

/** Inputs that somebody careless or hostile might send: name, body, status, code. */
const inputs: [string, string | Buffer | (() => Promise<Buffer>), number, string][] = [
  ['nothing', '', 422, 'EMPTY_INPUT'],
  ['only document lines', '---\n---\n...\n', 422, 'EMPTY_INPUT'],
  ['only a comment', '# nothing here', 422, 'EMPTY_INPUT'],
  ['an empty List', '{"apiVersion":"v1","kind":"List","items":[]}', 422, 'EMPTY_INPUT'],
  ['a List without items', '{"apiVersion":"v1","kind":"PodList","items":null}', 422, 'EMPTY_INPUT'],
  ['an empty YAML List', 'apiVersion: v1\nkind: List\nitems: []', 422, 'EMPTY_INPUT'],
  ['a tar without manifests', () => tar([{ name: 'README.md', content: 'hello' }]), 422, 'EMPTY_INPUT'],
  ['only a SnapshotInfo', '{"apiVersion":"canreach.dev/v1","kind":"SnapshotInfo"}', 422, 'EMPTY_INPUT'],
  ['truncated JSON', '{"apiVersion":"v1","kind":"Pod","metadata":{"name"', 400, 'MALFORMED'],
  [
    'a truncated List',
    '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}},',
    400,
    'MALFORMED',
  ],
  ['JSON with a trailing comma', '{"apiVersion":"v1","kind":"Pod",}', 400, 'MALFORMED'],
  ['items without commas', '{"kind":"List","apiVersion":"v1","items":[{"a":1}{"b":2}]}', 400, 'MALFORMED'],
  ['a List of numbers', '{"kind":"List","apiVersion":"v1","items":[1,2]}', 400, 'MALFORMED'],
  ['a top-level list', '[{"apiVersion":"v1","kind":"Pod"}]', 400, 'MALFORMED'],
  [
    'JSON, then YAML',
    `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}\n---\n${namespace}`,
    400,
    'MALFORMED',
  ],
  ['two closing braces', '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}}', 400, 'MALFORMED'],
  ['a bare word', 'hello', 422, 'INVALID_OBJECT'],
  ['a bare number', '42', 422, 'INVALID_OBJECT'],
  ['YAML with a tab', 'a:\n\t- b', 400, 'MALFORMED'],
  ['YAML with a repeated key', 'apiVersion: v1\napiVersion: v1\nkind: Pod', 400, 'MALFORMED'],
  ['YAML with a function', 'a: !!js/function "function(){}"', 400, 'MALFORMED'],
  ['an alias bomb', aliasBomb, 413, 'LIMIT_EXCEEDED'],
  ['an alias to itself', '&a [*a]', 413, 'LIMIT_EXCEEDED'],
  ['deep YAML', `a: ${'['.repeat(5000)}`, 413, 'LIMIT_EXCEEDED'],
  ['deep JSON', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, 413, 'LIMIT_EXCEEDED'],
  ['UTF-16', Buffer.from(`\ufeff${namespace}`, 'utf16le'), 400, 'ENCODING_INVALID'],
  [
    'invalid UTF-8 in YAML',
    Buffer.concat([Buffer.from('a: "'), Buffer.from([0xff, 0xfe, 0xfd]), Buffer.from('"')]),
    400,
    'ENCODING_INVALID',
  ],
  [
    'invalid UTF-8 in JSON',
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    400,
    'ENCODING_INVALID',
  ],
  ['random bytes', Buffer.from([0, 1, 2, 3, 250, 251, 252]), 400, 'ENCODING_INVALID'],
  ['truncated gzip', gzipSync(namespace.repeat(50)).subarray(0, 40), 400, 'MALFORMED'],
  ['damaged gzip', Buffer.concat([gzipSync(namespace).subarray(0, 12), Buffer.alloc(40, 7)]), 400, 'MALFORMED'],
  ['gzip in gzip in gzip in gzip', gzipSync(gzipSync(gzipSync(gzipSync(namespace)))), 400, 'MALFORMED'],
  ['a tar that climbs out', () => tar([{ name: '../../etc/x.yaml', content: namespace }]), 400, 'MALFORMED'],
  ['a tar with an absolute name', () => tar([{ name: '/etc/x.yaml', content: namespace }]), 400, 'MALFORMED'],
  ['a tar with a link', () => tar([{ name: 'x.yaml', type: 'symlink', linkname: '/etc/passwd' }]), 400, 'MALFORMED'],
  ['a tar with a device', () => tar([{ name: 'x.yaml', type: 'character-device' }]), 400, 'MALFORMED'],
  [
    'a truncated tar',
    async () => (await tar([{ name: 'x.yaml', content: namespace.repeat(100) }])).subarray(0, 1500),
    400,
    'MALFORMED',
  ],
  ['no kind', '{"apiVersion":"v1","metadata":{"name":"a"}}', 422, 'INVALID_OBJECT'],
  ['a kind that is a number', '{"apiVersion":"v1","kind":7}', 422, 'INVALID_OBJECT'],
  ['metadata that is a list', '{"apiVersion":"v1","kind":"Pod","metadata":[]}', 422, 'INVALID_OBJECT'],
  ['no name', '{"apiVersion":"v1","kind":"Pod","metadata":{}}', 422, 'INVALID_OBJECT'],
  ['a name with a slash', '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a/b"}}', 422, 'INVALID_OBJECT'],
  [
    'a namespace with a dot',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b.c"}}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'labels that are a list',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":["x"]}}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'a label value that is a number',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"x":1}}}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'a label named __proto__',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"__proto__":"x"}}}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'a label with a NUL',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"x":"\\u0000"}}}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'a uid with a NUL',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","uid":"a\\u0000"}}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'a kind with a NUL',
    '{"apiVersion":"cilium.io/v2","kind":"Policy\\u0000","metadata":{"name":"a"}}',
    422,
    'INVALID_OBJECT',
  ],
  ['an empty kind', '{"apiVersion":"v1","kind":"","metadata":{"name":"a"}}', 422, 'INVALID_OBJECT'],
  ['a version with a space', '{"apiVersion":"v 1","kind":"Pod","metadata":{"name":"a"}}', 422, 'INVALID_OBJECT'],
  [
    'a SnapshotInfo with half a surrogate pair, and an invalid object',
    '{"apiVersion":"canreach.dev/v1","kind":"SnapshotInfo","resourceVersion":"\\ud800"}\n{"apiVersion":"v1","kind":"Pod"}',
    422,
    'INVALID_OBJECT',
  ],
  ['a pod IP that is none', pod({ status: { phase: 'Running', podIP: '10.0.0.300' } }), 422, 'INVALID_OBJECT'],
  ['an octal pod IP', pod({ status: { phase: 'Running', podIP: '010.0.0.1' } }), 422, 'INVALID_OBJECT'],
  ['an unknown phase', pod({ status: { phase: 'Dancing' } }), 422, 'INVALID_OBJECT'],
  ['containers that are a text', pod({ spec: { containers: 'x' } }), 422, 'INVALID_OBJECT'],
  [
    'a container port of 70000',
    pod({ spec: { containers: [{ name: 'a', ports: [{ containerPort: 70000 }] }] } }),
    422,
    'INVALID_OBJECT',
  ],
  ['hostNetwork that is a text', pod({ spec: { hostNetwork: 'yes', containers: [] } }), 422, 'INVALID_OBJECT'],
  [
    'a Service port of 0',
    '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":0}]}}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'negative replicas',
    '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"},"spec":{"replicas":-1}}',
    422,
    'INVALID_OBJECT',
  ],
  ['a policy without a valid peer', policy({ ingress: [{ from: [{}] }] }), 422, 'INVALID_OBJECT'],
  ['a policy with rules of the wrong type', policy({ ingress: 'all' }), 422, 'INVALID_OBJECT'],
  ['a policy with a fraction for a port', policy({ ingress: [{ ports: [{ port: 80.5 }] }] }), 422, 'INVALID_OBJECT'],
  [
    'a policy with a port beyond 32 bits',
    policy({ ingress: [{ ports: [{ port: 99999999999 }] }] }),
    422,
    'INVALID_OBJECT',
  ],
  [
    'a policy that blocks with 10.0.0/8',
    policy({ egress: [{ to: [{ ipBlock: { cidr: '10.0.0/8' } }] }] }),
    422,
    'INVALID_OBJECT',
  ],
  [
    'two SnapshotInfos',
    '{"apiVersion":"canreach.dev/v1","kind":"SnapshotInfo"}\n{"apiVersion":"canreach.dev/v1","kind":"SnapshotInfo"}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'a SnapshotInfo with an odd time',
    '{"apiVersion":"canreach.dev/v1","kind":"SnapshotInfo","takenAt":"yesterday"}',
    422,
    'INVALID_OBJECT',
  ],
  [
    'a SnapshotInfo with an unknown knob',
    `{"apiVersion":"canreach.dev/v1","kind":"SnapshotInfo","semantics":{"magic":"yes"}}\n{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"a"}}`,
    400,
    'KNOB_INVALID',
  ],
];

describe('an input that cannot be taken is refused with a problem, and nothing is stored', () => {
  it.each(inputs)('%s', async (_, body, status, code) => {
    const response = await test.ingest('hostile', typeof body === 'function' ? await body() : body);
    expect([response.status, response.body.code], JSON.stringify(response.body).slice(0, 400)).toEqual([status, code]);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.body.detail.length).toBeGreaterThan(10);
    expect(await test.dataSource.query('SELECT 1 FROM snapshot UNION ALL SELECT 1 FROM cluster')).toEqual([]);
  });

  it.each([
    ['a content type that is not read', 'image/png', undefined, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['an encoding that is not read', 'application/yaml', 'br', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['gzip that is announced and is not there', 'application/yaml', 'gzip', 400, 'MALFORMED'],
  ])('%s', async (_, type, encoding, status, code) => {
    const sent = test.http().post('/api/v1/clusters/hostile/snapshots').set('Content-Type', type);
    if (encoding !== undefined) void sent.set('Content-Encoding', encoding);
    const response = await sent.send(Buffer.from(namespace));
    expect([response.status, response.body.code]).toEqual([status, code]);
  });

  it.each([
    ['a cluster name in capitals', '/api/v1/clusters/Prod/snapshots', 'CLUSTER_NAME_INVALID', 400],
    ['a label that is a time', '/api/v1/clusters/a/snapshots?label=2026-01-01', 'LABEL_INVALID', 400],
    ['the label latest', '/api/v1/clusters/a/snapshots?label=latest', 'LABEL_INVALID', 400],
    ['a time that is none', '/api/v1/clusters/a/snapshots?takenAt=tomorrow', 'TAKEN_AT_INVALID', 400],
    ['a time in the future', '/api/v1/clusters/a/snapshots?takenAt=2099-01-01T00:00:00Z', 'TAKEN_AT_FUTURE', 422],
    ['strict that is no word', '/api/v1/clusters/a/snapshots?strict=maybe', 'BOOLEAN_INVALID', 400],
    ['a misspelt parameter', '/api/v1/clusters/a/snapshots?lable=x', 'PARAMETER_UNKNOWN', 400],
    ['a parameter twice', '/api/v1/clusters/a/snapshots?label=x&label=y', 'PARAMETER_REPEATED', 400],
  ])('%s', async (_, path, code, status) => {
    const response = await test.http().post(path).send(namespace);
    expect([response.status, response.body.code]).toEqual([status, code]);
  });

  it.each([
    ['a name with a NUL', { name: 'a\0b', namespace: 'x' }],
    ['a namespace with a dot', { name: 'p', namespace: 'a.b' }],
    ['a uid with a NUL', { name: 'p', namespace: 'x', uid: '\0' }],
  ])('%s is refused in lenient reading too', async (_, metadata) => {
    const response = await test.ingest('hostile', policy({ podSelector: {} }, metadata), '?strict=false');
    expect([response.status, response.body.code]).toEqual([422, 'INVALID_OBJECT']);
  });

  it('a small gzip that becomes large is read as a stream and stopped at the limit of a document', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, 'a'));
    expect(bomb.length).toBeLessThan(200_000);
    const response = await test.ingest('hostile', bomb);
    expect([response.status, response.body.code]).toEqual([413, 'LIMIT_EXCEEDED']);
    expect(response.body.detail).toContain('documentBytesMax');
  });
});

describe('an input that is taken although it is odd', () => {
  it('may quote half a surrogate pair and a NUL', async () => {
    const info = { apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', resourceVersion: '\ud800 \0' };
    const invalid = policy({ podSelector: {}, policyTypes: [`${'x'.repeat(190)}${'😀'.repeat(9)}`] });
    const response = await test.ingest('odd', `${JSON.stringify(info)}\n${invalid}`, '?strict=false');
    expect([response.status, response.body.counts.notUnderstood]).toEqual([201, 1]);
  });

  it('keeps a policy that is invalid outside of its spec as not understood, and so does its bundle', async () => {
    const invalid = policy({ podSelector: {} }, { name: 'p', namespace: 'x', labels: { a: 1 } });
    const { body: snapshot } = await test.ingest('odd', `${pod({})}\n${invalid}`, '?strict=false');
    expect(snapshot.counts).toMatchObject({ policies: 0, notUnderstood: 1 });
    const question = `/api/v1/snapshots/${snapshot.id}/verdict?from=internet&to=x/p&fields=verdict,notUnderstood`;
    expect((await test.http().get(question)).body).toMatchObject({
      verdict: 'unknown',
      notUnderstood: [{ kind: 'NetworkPolicy', name: 'p' }],
    });
    const bundle = await test.http().get(`/api/v1/snapshots/${snapshot.id}/bundle`).buffer();
    expect((await test.ingest('odd', bundle.text)).status).toBe(422);
    expect((await test.ingest('odd', bundle.text, '?strict=false')).body.contentHash).toBe(snapshot.contentHash);
  });
});

describe('requests that are no requests', () => {
  it.each([
    ['GET', '/api/v1/unknown', 404],
    ['DELETE', '/api/v1/clusters', 404],
    ['GET', '/api/v1/snapshots/%ZZ', 400],
    ['GET', '/api/v1/snapshots/..%2f..%2fetc', 400],
    ['GET', `/api/v1/snapshots/${'x'.repeat(900)}`, 400],
    ['GET', '/api/v1/snapshots/nope@latest', 404],
    ['GET', '/api/v1/snapshots/00000000-0000-0000-0000-000000000000', 404],
    ['GET', '/api/v1/clusters/nope/snapshots', 404],
    ['GET', '/api/v1/clusters/nope/snapshots?limit=0', 400],
    ['GET', '/api/v1/clusters/nope/snapshots?cursor=xyz', 400],
    // The time of this cursor is before all times that Postgres knows.
    ['GET', '/api/v1/clusters/nope/snapshots?cursor=WyItMjcxODIxLTA0LTIwVDAwOjAwOjAwWiIsMV0', 400],
  ] as const)('%s %s', async (method, path, status) => {
    const response = await test.http()[method === 'GET' ? 'get' : 'delete'](path);
    expect(response.status, response.text).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.text).not.toMatch(/node_modules|\.ts:|at async/);
  });
});

describe('bodies of questions', () => {
  it.each([
    ['post', '/api/v1/snapshots/a@latest/verdicts', '{"flows":[],"explian":true}', 'BODY_INVALID'],
    ['post', '/api/v1/snapshots/a@latest/verdicts', '[]', 'BODY_INVALID'],
    ['post', '/api/v1/snapshots/a@latest/verdicts', '', 'BODY_INVALID'],
    ['post', '/api/v1/snapshots/a@latest/verdicts', '{', 'MALFORMED'],
    ['post', '/api/v1/snapshots/a@latest/verdicts', '{"flows":{}}', 'QUESTION_MALFORMED'],
    ['put', '/api/v1/snapshots/a@latest/label', '{"labl":"x"}', 'BODY_INVALID'],
    ['put', '/api/v1/snapshots/a@latest/label', '{}', 'LABEL_INVALID'],
    ['put', '/api/v1/snapshots/a@latest/label?labl=x', '{"label":"x"}', 'PARAMETER_UNKNOWN'],
  ] as const)('%s %s %s', async (method, path, body, code) => {
    const response = await test.http()[method](path).set('Content-Type', 'application/json').send(body);
    expect([response.status, response.body.code]).toEqual([400, code]);
  });
});

describe('who may speak to the server', () => {
  it.each(['evil.example', 'localhost.evil.example', '10.0.0.1:3000', '', 'a b'])(
    'refuses the Host %j',
    async (host) => {
      const response = await test.http().get('/healthz').set('Host', host);
      expect([response.status, response.body.code]).toEqual([421, 'HOST_NOT_ALLOWED']);
    },
  );

  it.each(['localhost:1', '127.0.0.1', '[::1]:3000'])('takes the Host %j', async (host) => {
    expect((await test.http().get('/healthz').set('Host', host)).status).toBe(200);
  });

  it.each([{ Origin: 'https://evil.example' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }])(
    'refuses a write with %j',
    async (headers) => {
      for (const path of ['/api/v1/clusters/a/snapshots', '/graphql']) {
        const response = await test.http().post(path).set(headers).send('{}');
        expect([path, response.status, response.body.code]).toEqual([path, 403, 'ORIGIN_NOT_ALLOWED']);
      }
    },
  );

  it('takes a write from its own origin', async () => {
    const response = await test
      .http()
      .post('/api/v1/clusters/own/snapshots')
      .set('Host', 'localhost:3000')
      .set('Origin', 'http://localhost:3000')
      .send(namespace);
    expect(response.status).toBe(201);
  });
});
