import { jsonOf, odd, oddValues } from './odd-values.js';
import type { Random } from './random.js';

/** A request that is no ingest. `path` is sent as it stands. */
export interface HostileQuestion {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const peers = [
  'shop/frontend',
  'shop/db',
  'pod:shop/frontend',
  'deployment:shop/frontend',
  'statefulset:payments/postgres',
  'service:shop/orders',
  'dns:orders.shop.svc.cluster.local',
  'ingress:shop/web',
  'gateway:shop/\u0000',
  'httproute:__proto__/constructor',
  'node:node-1',
  'ip:10.0.0.1',
  'ip:fd00::1',
  'ip:::ffff:10.0.0.1',
  'cidr:0.0.0.0/0',
  'cidr:::/0',
  'cidr:10.0.0.0/8',
  'namespace:shop',
  'internet',
  'pods:*{}',
  'pods:shop{app=frontend,tier in (a,b)}',
  'pods:*{!a,b notin (c)}',
  'nope/nope',
  'pod:',
  'ip:999.1.1.1',
  'cidr:10.0.0.0/99',
  'pods:*{a in (b}',
  'pods:*{{}}',
  `pods:*{${'a,'.repeat(500)}b}`,
  `${'a'.repeat(64)}/b`,
  `a/${'b.'.repeat(200)}`,
  'constructor:a/b',
  '__proto__:a/b',
  '__proto__/constructor',
  'service:shop/orders:80',
  '\u0000',
  '\ud800',
  '😀/😀',
  '../..',
  '%',
];

const values: Readonly<Record<string, readonly string[]>> = {
  from: peers,
  to: peers,
  protocol: ['TCP', 'udp', 'SCTP', 'ICMP', 'tcp ', 'ı', '6', '', '__proto__'],
  port: ['80', '0', '-1', '65535', '65536', '1-65535', '80-79', 'http', '1e3', '0x50', '٨٠', '', '999999999999', '8 0'],
  family: ['IPv4', 'IPv6', 'ipv4', 'constructor', ''],
  mode: ['effective', 'intended', 'Intended', ''],
  fields: ['verdict', 'verdict,reason', '', ',', '__proto__', 'gates,example'],
  semantics: ['', ':', 'x', 'ipv4MappedCidr:match', '__proto__:x', 'constructor:x', ','.repeat(3000), 'a:b:c,,:'],
  dataplane: [
    '',
    ':',
    'primary:flannel',
    'enforcement:no',
    'podCIDR:::/0',
    'podCIDR:/',
    'podCIDR:10.0.0.0/99',
    'serviceCIDRs:1+2+/',
    'proxy:////',
    'policyEngine:__proto__',
    '__proto__:x',
    'primary:ambiguous,policyEngine:calico',
    'ingressController:shop/frontend',
    'ingressController:=/+constructor=__proto__/x',
  ],
  namespace: ['shop', 'nope', '', '__proto__', '-', '\u0000'],
  cursor: [
    '',
    'x',
    '%00',
    Buffer.from('shop/frontend').toString('base64url'),
    Buffer.from('["-271821-04-20T00:00:00Z",1]').toString('base64url'),
    Buffer.from('["+275760-09-13T00:00:00Z",-9007199254740991]').toString('base64url'),
    Buffer.from('["2026-01-01T00:00:00Z","1; DROP"]').toString('base64url'),
    Buffer.from('{"0":1}').toString('base64url'),
    Buffer.from('null').toString('base64url'),
  ],
  limit: ['1', '0', '-1', '1000', '1001', 'all', '1.5', '1e2', '', '١'],
  provenance: ['true', 'false', 'yes', ''],
  explain: ['true', 'false', '1'],
  label: ['a', 'latest', '2026-01-01', 'x'.repeat(64), '', 'ä', '\u0000', '1'],
  takenAt: [
    '2026-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '9999-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01 00:00:00z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00.123456789123456789Z',
    '2026-01-01T00:00:00+99:99',
    'now',
    '',
  ],
  strict: ['true', 'false', 'TRUE', ''],
  __proto__: ['x'],
  'constructor[prototype][x]': ['x'],
};

const refs = [
  'sample@first',
  'sample@latest',
  'sample@2020-01-01',
  'sample@2099-12-31T23:59:59Z',
  'sample@0000-01-01T00:00:00Z',
  'sample@2026-02-30T00:00:00Z',
  'sample@2026-13-01T00:00:00Z',
  'sample@0000-00-00',
  'sample@nope',
  'sample@',
  '@latest',
  'nope@latest',
  'sample@latest@latest',
  '00000000-0000-0000-0000-000000000000',
  '__proto__',
  'constructor@latest',
  '\u0000',
  '..',
  ' ',
  'x'.repeat(1500),
];

const routes: readonly (readonly [string, readonly string[]])[] = [
  ['/api/v1/snapshots/REF', []],
  [
    '/api/v1/snapshots/REF/verdict',
    ['from', 'to', 'protocol', 'port', 'family', 'mode', 'fields', 'semantics', 'dataplane'],
  ],
  ['/api/v1/snapshots/REF/verdict', ['from', 'to', 'port']],
  ['/api/v1/snapshots/REF/verdict', ['from', 'to', 'protocol', 'port']],
  ['/api/v1/snapshots/REF/verdict', ['from', 'to', 'dataplane']],
  ['/api/v1/snapshots/REF/pods', ['namespace', 'cursor', 'limit']],
  ['/api/v1/snapshots/REF/workloads', ['namespace', 'cursor', 'limit']],
  ['/api/v1/snapshots/REF/services', ['cursor']],
  ['/api/v1/snapshots/REF/policies', ['limit', 'namespace']],
  ['/api/v1/snapshots/REF/nodes', ['limit']],
  ['/api/v1/snapshots/REF/namespaces', ['cursor', 'limit']],
  ['/api/v1/snapshots/REF/dataplane', ['provenance']],
  ['/api/v1/snapshots/REF/bundle', []],
  ['/api/v1/snapshots/REF/pods/NAME/NAME/policies', []],
  ['/api/v1/snapshots/REF/policies/NAME/NAME/NAME/pods', []],
  ['/api/v1/snapshots/REF/label', []],
  ['/api/v1/snapshots/REF/verdicts', ['explain', 'mode']],
  ['/api/v1/clusters', []],
  ['/api/v1/clusters/NAME/snapshots', ['cursor', 'limit']],
  ['/api/v1/clusters/NAME/snapshots', ['label', 'takenAt', 'strict']],
  ['/api/v1/NAME', []],
  ['/NAME', []],
  ['/healthz', []],
  ['/readyz', []],
  ['/metrics', ['limit']],
  ['/graphql', ['from']],
  ['/api/openapi.json', []],
  ['/api/docs', []],
];

const names = [
  'sample',
  'shop',
  'frontend',
  'NetworkPolicy',
  'NetworkPolicy.networking.k8s.io',
  'CiliumNetworkPolicy',
  '-',
  '..',
  '__proto__',
  'constructor',
  'A B',
  '\u0000',
  '%2e%2e%2f',
  'ä',
  '',
  '😀',
];

const methods = [
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'PATCH',
  'TRACE',
  'PROPFIND',
];

const oddHeaders: readonly (readonly [string, string])[] = [
  ['accept', 'text/html, */*;q=0.1'],
  ['accept', ''],
  ['accept-encoding', 'gzip;q=0, *;q=0'],
  ['content-type', 'application/json; charset="'],
  ['content-type', 'application/xml'],
  ['range', 'bytes=0-1'],
  ['if-none-match', '*'],
  ['expect', '200-maybe'],
  ['x-forwarded-host', 'evil.example'],
  ['cookie', 'a'.repeat(4000)],
  ['authorization', 'Bearer \x80'],
  ['idempotency-key', 'a b'],
  ['idempotency-key', 'x'.repeat(300)],
  ['upgrade', 'websocket'],
  ['x-http-method-override', 'DELETE'],
];

/** Any route, with parameters some of which make no sense. */
export function hostileQuestion(random: Random): HostileQuestion {
  const [template, known] = random.pick(routes);
  const path = template
    .replace('REF', () => segment(random.chance(70) ? 'sample@first' : random.pick(refs)))
    .replaceAll('NAME', () => segment(random.pick(names)));
  const parameters = known.filter(() => random.chance(80));
  if (random.chance(10)) parameters.push(random.pick(Object.keys(values)));
  const query = parameters.map((name) => `${encodeURIComponent(name)}=${valueOf(name, random)}`).join('&');
  const method = template.endsWith('/verdicts') ? 'POST' : template.endsWith('/label') ? 'PUT' : random.pick(methods);
  const headers: Record<string, string> = {};
  if (random.chance(15)) Object.assign(headers, Object.fromEntries([random.pick(oddHeaders)]));
  const hasBody = !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
  return {
    method,
    path: query === '' ? path : `${path}?${query}`,
    headers: hasBody ? { 'content-type': 'application/json', ...headers } : headers,
    ...(hasBody ? { body: bodyOf(template, random) } : {}),
  };
}

function valueOf(name: string, random: Random): string {
  const known = values[name] ?? ['x'];
  if (random.chance(90)) return segment(random.pick(known));
  const value = random.pick(oddValues);
  return segment(typeof value === 'string' ? value.slice(0, 3000) : jsonOf(value).slice(0, 3000));
}

/** Escaped for a URL; lone surrogates, which cannot be, become bytes that are no UTF-8. */
function segment(text: string): string {
  return /\p{Surrogate}/u.test(text) ? '%ED%A0%80' : encodeURIComponent(text);
}

function bodyOf(template: string, random: Random): string {
  const flow = {
    from: random.pick(peers),
    to: random.pick(peers),
    protocol: 'TCP',
    port: random.pick(['80', 80, null]),
  };
  const plain = template.endsWith('/label')
    ? { label: random.pick(['first', 'second', null, 'latest', '\u0000']) }
    : { flows: [flow, { from: 'shop/frontend', to: 'service:shop/orders', port: 80 }] };
  if (random.chance(10))
    return random.pick(['', '{', 'null', '[]', '"x"', '1e999', '{"flows":{}}', '\u0000', '{"flows":[[]]}']);
  return jsonOf(random.chance(70) ? odd(plain, random) : plain);
}
