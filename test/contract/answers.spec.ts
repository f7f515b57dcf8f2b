import { readFileSync } from 'node:fs';
import addFormatsModule from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument, operations } from '../../apps/api/src/openapi/openapi-document.js';
import { sampleManifests, startApp, type TestApp } from '../e2e/start-app.js';

let test: TestApp;
let id: string;

const manifestsOf = (name: string): string =>
  readFileSync(new URL(`../corpus/entries/${name}/manifests/all.yaml`, import.meta.url), 'utf8');

beforeAll(async () => {
  test = await startApp();
  await test.ingest('bare', 'apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\n').expect(201);
  await test.ingest('entries', manifestsOf('parents')).expect(201);
  await test.ingest('ways', manifestsOf('ways-from-outside')).expect(201);
  ({ id } = (await test.ingest('c', sampleManifests(), '?label=one').expect(201)).body as { id: string });
});
afterAll(() => test.stop());

// Its types are those of a CommonJS module, which it is not when it is imported.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/** The document, in which an answer may have nothing that is not written there. */
const validator = addFormats(new Ajv2020({ strict: false, allErrors: true })).addSchema(
  closed({ $id: 'document', ...openApiDocument() }) as object,
);

function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, closed(member)]));
  const isRecord = members.type === 'object' && 'properties' in members && !('additionalProperties' in members);
  return isRecord ? { ...members, additionalProperties: false } : members;
}

function validate(method: string, path: string, status: number | 'default', type: string): ValidateFunction {
  const pointer = ['paths', path, method, 'responses', String(status), 'content', type, 'schema'];
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  return validator.compile({ $ref: `document#/${escaped}` });
}

/** Questions by path of the document; every path that answers JSON to a GET has one. */
const questions: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/clusters': ['/api/v1/clusters'],
  '/api/v1/clusters/{cluster}/snapshots': ['/api/v1/clusters/c/snapshots'],
  '/api/v1/snapshots/{ref}': ['/api/v1/snapshots/c@latest', '/api/v1/snapshots/c@one'],
  '/api/v1/snapshots/{ref}/verdict': [
    'from=shop/frontend&to=service:shop/orders&port=80',
    'from=shop/frontend&to=service:shop/orders',
    'from=shop/orders&to=service:payments/gateway&port=443',
    'from=namespace:shop&to=namespace:payments',
    'from=shop/frontend&to=internet',
    'from=internet&to=shop/frontend&port=8080',
    'from=pods:*{}&to=shop/orders&protocol=UDP',
    'from=node:node-1&to=shop/orders&protocol=ICMP',
    'from=shop/orders&to=shop/orders&port=8080&mode=intended',
    'from=shop/orders&to=ip:10.0.0.1&port=1-65535&family=IPv6',
  ]
    .map((query) => `/api/v1/snapshots/c@latest/verdict?${query}`)
    .concat(
      ['httproute:shop/one', 'gateway:shop/g', 'httproute:shop/orphan'].map(
        (to) => `/api/v1/snapshots/entries@latest/verdict?from=internet&to=${to}`,
      ),
    ),
  '/api/v1/snapshots/{ref}/connectivity': [
    '',
    '?level=pod&limit=50',
    '?level=class',
    '?level=namespace&include=nodes',
    '?include=ingress',
  ].map((query) => `/api/v1/snapshots/c@latest/connectivity${query}`),
  ...Object.fromEntries(
    ['unreached', 'unreaching', 'bidirectional'].map((reading) => [
      `/api/v1/snapshots/{ref}/connectivity/${reading}`,
      [`/api/v1/snapshots/c@latest/connectivity/${reading}`],
    ]),
  ),
  ...Object.fromEntries(
    ['pods', 'workloads', 'services', 'policies', 'nodes', 'namespaces'].map((list) => [
      `/api/v1/snapshots/{ref}/${list}`,
      [`/api/v1/snapshots/c@latest/${list}`, `/api/v1/snapshots/c@latest/${list}?limit=2`],
    ]),
  ),
  '/api/v1/snapshots/{ref}/dataplane': [
    '/api/v1/snapshots/c@latest/dataplane',
    '/api/v1/snapshots/c@latest/dataplane?provenance=true',
    '/api/v1/snapshots/c@latest/dataplane?dataplane=hostMTU:9000',
  ],
  '/api/v1/snapshots/{ref}/trace': [
    'from=shop/frontend&to=service:shop/orders&port=80',
    'from=shop/orders&to=service:payments/gateway',
    'from=shop/frontend&to=internet&port=443',
    'from=internet&to=shop/frontend&port=8080',
    'from=node:node-1&to=shop/orders&protocol=ICMP',
    'from=shop/orders&to=ip:127.0.0.1&port=8080',
    'from=namespace:shop&to=namespace:payments&mode=intended',
  ].map((query) => `/api/v1/snapshots/c@latest/trace?${query}`),
  '/api/v1/snapshots/{ref}/findings': [
    '/api/v1/snapshots/c@latest/findings',
    '/api/v1/snapshots/c@latest/findings?dataplane=enforcement:no&severity=error',
  ],
  '/api/v1/snapshots/{ref}/exposure': [
    '/api/v1/snapshots/c@latest/exposure',
    '/api/v1/snapshots/entries@latest/exposure?limit=5',
    '/api/v1/snapshots/ways@latest/exposure',
  ],
  '/api/v1/diff': ['/api/v1/diff?from=c@latest&to=c@latest', '/api/v1/diff?from=c@one&to=bare@latest&limit=5'],
  '/healthz': ['/healthz'],
  '/readyz': ['/readyz'],
};

describe('answers are what the document says, and have nothing it does not say', () => {
  for (const [path, urls] of Object.entries(questions)) {
    it.each(urls)('GET %s', async (url) => {
      const { body } = await test.http().get(url).expect(200);
      const isValid = validate('get', path, 200, 'application/json');
      expect(isValid(body), JSON.stringify(isValid.errors?.slice(0, 5), null, 1)).toBe(true);
    });
  }

  it('who selects whom', async () => {
    const { body: pods } = await test.http().get('/api/v1/snapshots/c@latest/pods?namespace=shop&limit=1').expect(200);
    const [{ name }] = pods.items as { name: string }[];
    const { body } = await test.http().get(`/api/v1/snapshots/c@latest/pods/shop/${name}/policies`).expect(200);
    expect(body.items.length).toBeGreaterThan(0);
    const policies = validate(
      'get',
      '/api/v1/snapshots/{ref}/pods/{namespace}/{name}/policies',
      200,
      'application/json',
    );
    expect(policies(body), JSON.stringify(policies.errors)).toBe(true);
    const { body: selected } = await test
      .http()
      .get('/api/v1/snapshots/c@latest/policies/NetworkPolicy/shop/default-deny/pods')
      .expect(200);
    const path = '/api/v1/snapshots/{ref}/policies/{kind}/{namespace}/{name}/pods';
    const isPage = validate('get', path, 200, 'application/json');
    expect(isPage(selected), JSON.stringify(isPage.errors)).toBe(true);
  });

  it.each(['', '?explain=true'])('a batch%s', async (query) => {
    const flows = [
      { from: 'shop/frontend', to: 'service:shop/orders', port: 80 },
      { from: 'shop/frontend', to: 'internet' },
    ];
    const { body } = await test.http().post(`/api/v1/snapshots/c@latest/verdicts${query}`).send({ flows }).expect(200);
    const isValid = validate('post', '/api/v1/snapshots/{ref}/verdicts', 200, 'application/json');
    expect(isValid(body), JSON.stringify(isValid.errors)).toBe(true);
  });

  it('problems', async () => {
    for (const url of ['/api/v1/snapshots/none@latest', '/api/v1/snapshots/c@latest/verdict', '/nowhere']) {
      const { body } = await test.http().get(url).expect(/./);
      const isValid = validate('get', '/api/v1/snapshots/{ref}', 'default', 'application/problem+json');
      expect(isValid(body), JSON.stringify(isValid.errors)).toBe(true);
    }
    expect((await test.http().get(`/api/v1/snapshots/${id}`)).status).toBe(200);
  });

  it('no path that answers JSON to a GET is left out', () => {
    const asked = [...Object.keys(questions), '/api/v1/snapshots/{ref}/pods/{namespace}/{name}/policies'];
    const left = operations
      .filter(({ method, answer }) => method === 'get' && answer !== null && 'application/json' in answer)
      .map(({ path }) => path)
      .filter((path) => !asked.includes(path) && !path.endsWith('/{name}/pods'));
    expect(left).toEqual([]);
  });
});
