import { describe, expect, it } from 'vitest';
import { normalise } from '../normalise.js';

type Spec = Record<string, unknown>;

const apiVersions: Readonly<Record<string, string>> = {
  Ingress: 'networking.k8s.io/v1',
  IngressClass: 'networking.k8s.io/v1',
  Route: 'route.openshift.io/v1',
};

function read(kind: string, spec: unknown, apiVersion = apiVersions[kind] ?? 'gateway.networking.k8s.io/v1beta1') {
  return normalise({
    apiVersion,
    kind,
    metadata: { name: 'x', namespace: 'shop', annotations: { secret: 'word' } },
    spec,
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } },
  });
}

function bodyOf(kind: string, spec: unknown, apiVersion?: string): Record<string, unknown> {
  const result = read(kind, spec, apiVersion);
  if (result.outcome !== 'Stored') throw new Error(JSON.stringify(result));
  const again = normalise(JSON.parse(result.object.body));
  expect(again, 'what is stored is read again as it is').toMatchObject({ object: { body: result.object.body } });
  return JSON.parse(result.object.body) as Record<string, unknown>;
}

function complaintsOf(kind: string, spec: unknown, apiVersion?: string): string[] {
  const result = read(kind, spec, apiVersion);
  if (result.outcome !== 'Refused') throw new Error(JSON.stringify(result));
  return result.complaints.map(({ field, reason }) => `${field} ${reason}`);
}

const service = (port: unknown): Spec => ({ service: { name: 'web', port } });

describe('what lets traffic in is kept, and nothing else', () => {
  it('of an Ingress its class, hosts, paths and backends; no TLS', () => {
    const body = bodyOf('Ingress', {
      ingressClassName: 'nginx',
      tls: [{ hosts: ['a.example.com'], secretName: 'key' }],
      defaultBackend: { resource: { apiGroup: 'x.example.com', kind: 'Bucket', name: 'b' } },
      rules: [
        {
          host: '*.example.com',
          http: { paths: [{ path: '/a', pathType: 'Prefix', backend: service({ number: 80 }) }] },
        },
        { host: 'b.example.com' },
      ],
    });
    expect(body.spec).toEqual({
      ingressClassName: 'nginx',
      defaultBackend: { resource: { apiGroup: 'x.example.com', kind: 'Bucket', name: 'b' } },
      rules: [
        { host: '*.example.com', http: { paths: [{ path: '/a', backend: service({ number: 80 }) }] } },
        { host: 'b.example.com' },
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/key|word|203\.0/);
  });

  it.each(['networking.k8s.io/v1beta1', 'extensions/v1beta1'])(
    'of an Ingress of %s the same, in the words of v1',
    (old) => {
      const web = { serviceName: 'web', servicePort: 'http' };
      const body = bodyOf(
        'Ingress',
        {
          backend: { serviceName: 'web', servicePort: 80 },
          defaultBackend: service({ number: 1 }),
          rules: [
            { http: { paths: [{ path: '/a', backend: web }, { backend: { resource: { kind: 'B', name: 'b' } } }] } },
          ],
        },
        old,
      );
      expect(body.apiVersion).toBe('networking.k8s.io/v1');
      expect(body.spec).toEqual({
        defaultBackend: service({ number: 80 }),
        rules: [
          {
            http: {
              paths: [
                { path: '/a', backend: service({ name: 'http' }) },
                { backend: { resource: { kind: 'B', name: 'b' } } },
              ],
            },
          },
        ],
      });
    },
  );

  it('of a Route its targets; no certificate', () => {
    const body = bodyOf('Route', {
      host: 'a.example.com',
      to: { kind: 'Service', name: 'web' },
      tls: { termination: 'edge', key: 'KEY', certificate: 'CERT' },
    });
    expect(body.spec).toEqual({
      host: 'a.example.com',
      to: { kind: 'Service', name: 'web', weight: 100 },
      alternateBackends: [],
      tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'None' },
    });
  });

  it('of a Gateway its listeners with their defaults; no certificate', () => {
    const body = bodyOf('Gateway', {
      gatewayClassName: 'gc',
      listeners: [{ name: 'l', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'KEY' }] } }],
    });
    expect(body.apiVersion).toBe('gateway.networking.k8s.io/v1');
    expect(body.spec).toEqual({
      gatewayClassName: 'gc',
      listeners: [
        { name: 'l', port: 443, protocol: 'HTTPS', allowedRoutes: { namespaces: { from: 'Same' }, kinds: [] } },
      ],
    });
  });

  it('of routes of the Gateway API parents, hosts and backends, of filters the mirrors, in every version', () => {
    const rules = [
      {
        matches: [{ path: { value: '/a' }, headers: [{ name: 'authorization', value: 'KEY' }] }],
        filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'two', port: 81 } } }, { type: 'X' }],
        backendRefs: [{ name: 'web', port: 80 }],
      },
    ];
    const body = bodyOf('HTTPRoute', { parentRefs: [{ name: 'g' }], hostnames: ['a.example.com'], rules });
    const two = { group: '', kind: 'Service', name: 'two', port: 81, weight: 1 };
    expect(body.spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }],
      hostnames: ['a.example.com'],
      rules: [
        {
          matches: [{ path: { value: '/a' } }],
          filters: [{ type: 'RequestMirror', requestMirror: { backendRef: two } }],
          backendRefs: [{ ...two, name: 'web', port: 80 }],
        },
      ],
    });
    for (const [kind, version] of [
      ['GRPCRoute', 'v1alpha2'],
      ['TLSRoute', 'v1alpha3'],
      ['TCPRoute', 'v1alpha2'],
      ['UDPRoute', 'v1alpha2'],
    ]) {
      expect(bodyOf(kind, { rules }, `gateway.networking.k8s.io/${version}`).kind).toBe(kind);
    }
  });

  it('of classes the controller, of a ReferenceGrant who may name what', () => {
    expect(bodyOf('IngressClass', { controller: 'k8s.io/ingress-nginx', parameters: { name: 'p' } }).spec).toEqual({
      controller: 'k8s.io/ingress-nginx',
    });
    expect(bodyOf('GatewayClass', { controllerName: 'example.com/g', description: 'd' }).spec).toEqual({
      controllerName: 'example.com/g',
    });
    const from = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'a' }];
    const to = [{ group: '', kind: 'Service' }];
    expect(bodyOf('ReferenceGrant', { from, to }).spec).toEqual({ from, to });
  });
});

describe('what is wrong is refused, with its path, all at once', () => {
  it.each<[string, unknown, string[]]>([
    ['Ingress', {}, ['spec Invalid']],
    [
      'Ingress',
      { rules: 'x', defaultBackend: 3 },
      ['spec.defaultBackend Decode', 'spec.defaultBackend Required', 'spec.rules Decode'],
    ],
    [
      'Ingress',
      { defaultBackend: { service: { name: 5, port: { number: '80' } } } },
      [
        'spec.defaultBackend.service.name Decode',
        'spec.defaultBackend.service.port.number Decode',
        'spec.defaultBackend.service.port Required',
      ],
    ],
    [
      'Ingress',
      { defaultBackend: service({ number: 70000 }) },
      ['spec.defaultBackend.service.port.number Invalid', 'spec.defaultBackend.service.port Required'],
    ],
    [
      'Ingress',
      { defaultBackend: service({ number: 80, name: 'http' }) },
      ['spec.defaultBackend.service.port Invalid'],
    ],
    [
      'Ingress',
      { defaultBackend: { ...service({ number: 80 }), resource: { kind: 'B', name: 'b' } } },
      ['spec.defaultBackend Invalid'],
    ],
    [
      'Ingress',
      { rules: [{ host: 'A_B', http: { paths: [] } }] },
      ['spec.rules[0].host Invalid', 'spec.rules[0].http.paths Required'],
    ],
    [
      'Ingress',
      { rules: [{ http: { paths: [{ path: 1, backend: {} }] } }] },
      ['spec.rules[0].http.paths[0].path Decode', 'spec.rules[0].http.paths[0].backend Required'],
    ],
    ['IngressClass', { controller: 1 }, ['spec.controller Decode']],
    ['Route', { to: { kind: 'Secret' } }, ['spec.to.kind NotSupported', 'spec.to.name Required']],
    [
      'Route',
      { to: { name: 'a', weight: 257 }, port: { targetPort: 0 } },
      ['spec.to.weight Invalid', 'spec.port.targetPort Invalid'],
    ],
    [
      'Route',
      { to: { name: 'a' }, port: {}, alternateBackends: [7] },
      ['spec.alternateBackends[0] Decode', 'spec.alternateBackends[0].name Required', 'spec.port.targetPort Required'],
    ],
    ['GatewayClass', {}, ['spec.controllerName Required']],
    [
      'Gateway',
      { listeners: [{ port: 'x' }] },
      [
        'spec.gatewayClassName Required',
        'spec.listeners[0].port Decode',
        'spec.listeners[0].name Required',
        'spec.listeners[0].protocol Required',
      ],
    ],
    [
      'Gateway',
      {
        gatewayClassName: 'g',
        listeners: [{ name: 'l', port: 1, protocol: 'TCP', allowedRoutes: { namespaces: { from: 'Selector' } } }],
      },
      ['spec.listeners[0].allowedRoutes.namespaces.selector Required'],
    ],
    [
      'Gateway',
      {
        gatewayClassName: 'g',
        listeners: [
          {
            name: 'l',
            port: 1,
            protocol: 'TCP',
            allowedRoutes: {
              namespaces: { from: 'Selector', selector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
              kinds: [{}],
            },
          },
        ],
      },
      [
        'spec.listeners[0].allowedRoutes.namespaces.selector.matchExpressions[0].operator Invalid',
        'spec.listeners[0].allowedRoutes.kinds[0].kind Required',
      ],
    ],
    [
      'HTTPRoute',
      {
        parentRefs: [{}],
        hostnames: [1],
        rules: [{ backendRefs: [{ name: 'a' }, { name: 'b', port: 80, weight: -1 }] }],
      },
      [
        'spec.parentRefs[0].name Required',
        'spec.hostnames[0] Decode',
        'spec.rules[0].backendRefs[0].port Required',
        'spec.rules[0].backendRefs[1].weight Invalid',
      ],
    ],
    [
      'HTTPRoute',
      { rules: [{ matches: [{ path: 'x' }], filters: [{ type: 'RequestMirror' }] }] },
      [
        'spec.rules[0].matches[0].path Decode',
        'spec.rules[0].filters[0].requestMirror.backendRef.port Required',
        'spec.rules[0].filters[0].requestMirror.backendRef.name Required',
      ],
    ],
    [
      'ReferenceGrant',
      { from: [{}], to: 'x' },
      ['spec.from[0].kind Required', 'spec.from[0].namespace Required', 'spec.to Decode'],
    ],
  ])('%s %j', (kind, spec, complaints) => {
    expect(complaintsOf(kind, spec)).toEqual(complaints);
  });

  it.each<[Spec, string[]]>([
    [{ defaultBackend: service({ number: 80 }) }, ['spec Invalid']],
    [{ backend: {} }, ['spec.backend.serviceName Required', 'spec.backend.servicePort Required']],
    [{ backend: { serviceName: 'web', servicePort: 70000 } }, ['spec.backend.servicePort Invalid']],
    [
      { backend: { serviceName: 'web', servicePort: 80, resource: { kind: 'B', name: 'b' } } },
      ['spec.backend Invalid'],
    ],
    [
      { rules: [{ http: { paths: [{ backend: service({ number: 80 }) }] } }] },
      [
        'spec.rules[0].http.paths[0].backend.serviceName Required',
        'spec.rules[0].http.paths[0].backend.servicePort Required',
      ],
    ],
  ])('an old Ingress %j', (spec, complaints) => {
    expect(complaintsOf('Ingress', spec, 'extensions/v1beta1')).toEqual(complaints);
  });

  it('a path that belongs to no route is left alone: other kinds of the group are not read', () => {
    expect(read('BackendLBPolicy', {}, 'gateway.networking.k8s.io/v1alpha2').outcome).toBe('Skipped');
  });
});
