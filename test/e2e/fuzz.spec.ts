import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileGraphql } from '../generate/hostile-graphql.js';
import { hostileInput } from '../generate/hostile-input.js';
import { hostileQuestion } from '../generate/hostile-question.js';
import { Random } from '../generate/random.js';
import { sampleManifests, startApp, type TestApp } from './start-app.js';

/** Seed of this run; CANREACH_SEED repeats one. */
const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.CANREACH_RUNS ?? 200);

/** No answer within this time is a hang. */
const answerMillisMax = 10_000;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let test: TestApp;
let port: number;
let objects: unknown[];

beforeAll(async () => {
  test = await startApp();
  await test.app.listen(0, '127.0.0.1');
  port = Number(new URL(await test.app.getUrl()).port);
  objects = [...loadAll(sampleManifests()).filter((object) => object != null), ...otherKinds];
  expect((await test.ingest('sample', sampleManifests(), '?label=first')).status).toBe(201);
});
afterAll(() => test.stop());

/** Kinds that the sample does not have. */
const otherKinds: unknown[] = [
  {
    apiVersion: 'canreach.dev/v1',
    kind: 'SnapshotInfo',
    takenAt: '2026-01-01T00:00:00Z',
    resourceVersion: '7',
    scope: { namespaces: ['shop'] },
    notCollected: [{ kind: 'Pod', reason: 'forbidden' }],
    dataplane: { primary: 'calico' },
  },
  {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkPolicy',
    metadata: { name: 'g', uid: 'u-1' },
    spec: { selector: 'all()' },
  },
  {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'c', namespace: 'shop' },
    specs: [{ endpointSelector: {} }],
  },
  {
    apiVersion: 'v1',
    kind: 'ReplicationController',
    metadata: { name: 'r', namespace: 'shop' },
    spec: {
      replicas: 2,
      template: {
        metadata: { labels: { a: 'b' } },
        spec: { containers: [{ name: 'c', ports: [{ containerPort: 80, name: 'http' }] }] },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'orders', namespace: 'shop' },
    subsets: [
      {
        addresses: [{ ip: '10.1.2.3', targetRef: { kind: 'Pod', name: 'x', namespace: 'shop' } }],
        ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
      },
    ],
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'j',
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'cj', uid: 'x', controller: true }],
    },
    spec: { template: { spec: { containers: [] } } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 'shop', annotations: { 'kubernetes.io/ingress.class': 'nginx' } },
    spec: {
      defaultBackend: { resource: { kind: 'Bucket', name: 'b' } },
      rules: [
        {
          host: '*.example.com',
          http: { paths: [{ path: '/', backend: { service: { name: 'orders', port: { number: 80 } } } }] },
        },
      ],
    },
  },
  {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: { name: 'r', namespace: 'shop' },
    spec: {
      to: { kind: 'Service', name: 'orders', weight: 1 },
      port: { targetPort: 'http' },
      tls: { termination: 'edge' },
    },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'g', namespace: 'shop' },
    spec: {
      gatewayClassName: 'c',
      listeners: [
        {
          name: 'l',
          hostname: 'a.example.com',
          port: 443,
          protocol: 'HTTPS',
          allowedRoutes: { namespaces: { from: 'Selector', selector: { matchLabels: { a: 'b' } } } },
        },
      ],
    },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'h', namespace: 'shop' },
    spec: {
      parentRefs: [{ name: 'g', sectionName: 'l' }],
      hostnames: ['*.example.com'],
      rules: [{ matches: [{ path: { value: '/' } }], backendRefs: [{ name: 'orders', port: 80, weight: 1 }] }],
    },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1beta1',
    kind: 'ReferenceGrant',
    metadata: { name: 'r', namespace: 'shop' },
    spec: { from: [{ group: '', kind: 'HTTPRoute', namespace: 'a' }], to: [{ group: '', kind: 'Service' }] },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'b' } },
];

function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.setTimeout(answerMillisMax, () => request.destroy(new Error(`no answer within ${answerMillisMax} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

/** What is wrong with an answer; null if it is an answer, or a refusal as a client may rely on it. */
function faultOf({ status, headers, text }: Answer, method = 'POST'): string | null {
  if (status >= 500) return 'it is the fault of the server';
  if (status < 400 || method === 'HEAD') return null;
  if (!(headers['content-type'] ?? '').startsWith('application/problem+json'))
    return 'a refusal that is no problem+json';
  const problem = JSON.parse(text) as Record<string, unknown>;
  if (problem.status !== status) return 'the status of the problem is another';
  if (!/^[A-Z][A-Z0-9_]+$/.test(String(problem.code))) return 'no code';
  if (String(problem.detail).length < 10) return 'no sentence';
  if (/node_modules|\.ts:\d|\.js:\d|at async|QueryFailed/.test(text)) return 'it shows its insides';
  return Array.isArray(problem.errors) ? null : 'no errors';
}

async function expectHealthy(): Promise<void> {
  const begun = performance.now();
  expect((await send('GET', '/healthz')).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
}

async function snapshotsOf(cluster: string): Promise<string[]> {
  const { status, text } = await send('GET', `/api/v1/clusters/${cluster}/snapshots?limit=1000`);
  return status === 404 ? [] : (JSON.parse(text) as { items: { id: string }[] }).items.map(({ id }) => id);
}

/** Runs a case for each of `runs` seeds; the message of a failure names the seeds that fail. */
async function forEachSeed(check: (random: Random) => Promise<void>): Promise<void> {
  const failures: string[] = [];
  for (let run = 0; run < runs && failures.length < 20; run++) {
    try {
      await check(new Random(seed + run));
    } catch (error) {
      failures.push(`CANREACH_SEED=${seed + run} CANREACH_RUNS=1: ${(error as Error).message}`);
    }
    if (run % 50 === 0) await expectHealthy();
  }
  await expectHealthy();
  if (failures.length > 0) expect.fail(failures.join('\n'));
}

/** Questions that an input that was taken must bear. */
const questions = [
  '',
  '/pods?limit=3',
  '/workloads?limit=3',
  '/services?limit=3',
  '/policies?limit=3',
  '/nodes',
  '/namespaces',
  '/dataplane?provenance=true',
  '/verdict?from=pods:*&to=pods:*',
  '/verdict?from=internet&to=namespace:shop&port=80',
  '/connectivity?include=ingress&limit=3',
  '/exposure?limit=3',
];

it(
  `${runs} spoilt inputs are taken or refused, and leave nothing when refused (seed ${seed})`,
  { timeout: 3_600_000 },
  () =>
    forEachSeed(async (random) => {
      const { what, body, headers } = hostileInput(objects, random);
      const strict = random.pick(['', '', '?strict=false', '?strict=true']);
      const answer = await send('POST', `/api/v1/clusters/fuzz/snapshots${strict}`, { ...headers }, body);
      const about = `${what}${strict}: ${answer.status} ${answer.text.slice(0, 500)}`;
      expect(faultOf(answer), about).toBeNull();
      try {
        if (answer.status === 201) await expectUsable(JSON.parse(answer.text) as Taken, about, strict);
        else expect(await snapshotsOf('fuzz'), about).toEqual([]);
      } finally {
        for (const id of await snapshotsOf('fuzz')) await send('DELETE', `/api/v1/snapshots/${id}`);
      }
    }),
);

interface Taken {
  readonly id: string;
  readonly contentHash: string;
}

/** An odd input that was taken bears questions, and its bundle is the same snapshot elsewhere. */
async function expectUsable({ id, contentHash }: Taken, about: string, strict: string): Promise<void> {
  for (const question of questions) {
    const asked = await send('GET', `/api/v1/snapshots/${id}${question}`);
    expect(faultOf(asked), `${question} of ${about}: ${asked.status} ${asked.text.slice(0, 500)}`).toBeNull();
  }
  const { text } = await send('GET', `/api/v1/snapshots/${id}/bundle`);
  // Of an input with nothing but kinds that have no part in connectivity nothing is kept.
  const isEmpty = text.trimEnd().split('\n').length === 1;
  const again = await send('POST', `/api/v1/clusters/fuzz/snapshots${strict.replace('true', 'false')}`, {}, text);
  const { code, contentHash: hash } = JSON.parse(again.text) as Partial<Taken> & { code?: string };
  expect([hash, code], `bundle of ${about}: ${again.text.slice(0, 500)}`).toEqual(
    isEmpty ? [undefined, 'EMPTY_INPUT'] : [contentHash, undefined],
  );
}

it(`${runs} odd requests are answered or refused (seed ${seed})`, { timeout: 3_600_000 }, async () => {
  await forEachSeed(async (random) => {
    const { method, path, headers, body } = hostileQuestion(random);
    const answer = await send(method, path, { ...headers }, body);
    if (path.startsWith('/graphql') && answer.text.startsWith('{"errors":')) return;
    expect(
      faultOf(answer, method),
      `${method} ${path} ${JSON.stringify(headers)} ${String(body).slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 500)}`,
    ).toBeNull();
    if (answer.status === 201) await send('DELETE', String(answer.headers.location));
  });
});

it(
  `${runs} odd GraphQL requests are answered or refused with codes (seed ${seed})`,
  { timeout: 3_600_000 },
  async () => {
    await forEachSeed(async (random) => {
      const body = hostileGraphql(random);
      const answer = await send('POST', '/graphql', { 'content-type': 'application/json' }, body);
      const about = `${body.slice(0, 300)}: ${answer.status} ${answer.text.slice(0, 500)}`;
      expect(answer.status, about).toBeLessThan(500);
      const {
        errors = [],
        data,
        code,
      } = JSON.parse(answer.text) as {
        errors?: { message: string; extensions: { code: string } }[];
        data?: unknown;
        code?: string;
      };
      expect(data !== undefined || errors.length > 0 || code !== undefined, about).toBe(true);
      for (const error of code === undefined ? errors : []) {
        expect(error.extensions?.code, about).toMatch(/^[A-Z][A-Z_]+$/);
        expect(error.extensions.code, about).not.toMatch(/INTERNAL/);
      }
    });
  },
);

/** Sends bytes as they stand, closes its side unless told otherwise, and gives all that comes back. */
function sendRaw(bytes: string, ending: 'end' | 'destroy' | 'wait' = 'end'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setTimeout(answerMillisMax, () => {
      socket.destroy();
      reject(new Error('the connection hangs'));
    });
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    socket.write(bytes, 'latin1', () => {
      if (ending === 'end') socket.end();
      if (ending === 'destroy') socket.destroy();
    });
  });
}

describe('bytes that are not quite HTTP are refused, and nothing of them is stored', () => {
  const target = 'POST /api/v1/clusters/cut/snapshots HTTP/1.1\r\nHost: localhost\r\n';
  const document = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n';
  const chunk = `${document.length.toString(16)}\r\n${document}\r\n`;

  it.each([
    ['a body shorter than announced', `${target}Content-Length: 9999\r\n\r\n${document}`, 'end', /^$|^HTTP\/1.1 400/],
    ['the same, with the connection lost', `${target}Content-Length: 9999\r\n\r\n${document}`, 'destroy', /^$/],
    ['chunks without an end', `${target}Transfer-Encoding: chunked\r\n\r\n${chunk}`, 'end', /^$|^HTTP\/1.1 400/],
    ['chunks cut in the middle', `${target}Transfer-Encoding: chunked\r\n\r\n${chunk}ff\r\nap`, 'destroy', /^$/],
    ['a chunk whose size is no number', `${target}Transfer-Encoding: chunked\r\n\r\n${chunk}zz\r\n`, 'wait', /400/],
    [
      'both a length and chunks',
      `${target}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`,
      'wait',
      /^HTTP\/1.1 400/,
    ],
    ['two lengths', `${target}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`, 'wait', /^HTTP\/1.1 400/],
    ['a negative length', `${target}Content-Length: -1\r\n\r\n`, 'wait', /^HTTP\/1.1 400/],
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 'wait', /HOST_NOT_ALLOWED/],
    ['no Host in HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n', 'wait', /HOST_NOT_ALLOWED/],
    ['a header with a NUL', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n', 'wait', /HTTP_MALFORMED/],
    ['an unknown method', 'BREW /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', 'wait', /HTTP_MALFORMED/],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'wait', /HTTP_MALFORMED/],
    [
      'a path of 100 kB',
      `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      'wait',
      /HEADERS_TOO_LARGE/,
    ],
    [
      'headers of 100 kB',
      `GET / HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(17_000)}\r\n`,
      'wait',
      /HEADERS_TOO_LARGE/,
    ],
    [
      'another server in the request line',
      'GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      'wait',
      /HOST_NOT_ALLOWED/,
    ],
    [
      'an expectation',
      `${target}Content-Length: 1\r\nExpect: a-miracle\r\n\r\n`,
      'wait',
      /^HTTP\/1.1 417[^]*EXPECTATION_UNKNOWN/,
    ],
  ] as const)('%s', async (_, bytes, ending, answer) => {
    expect(await sendRaw(bytes, ending)).toMatch(answer);
    expect(await snapshotsOf('cut')).toEqual([]);
    await expectHealthy();
  });
});
