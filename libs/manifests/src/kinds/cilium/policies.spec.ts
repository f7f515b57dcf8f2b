import { describe, expect, it } from 'vitest';
import { ciliumFeaturesOutside } from '../../model/cilium-features.js';
import type { CiliumRule, CiliumSpec, StoredCiliumPolicy } from '../../model/stored-cilium.js';
import { normalise } from '../../normalise.js';

type Given = Record<string, unknown>;

const policy = (members: Given, kind = 'CiliumNetworkPolicy'): Given => ({
  apiVersion: 'cilium.io/v2',
  kind,
  metadata: { name: 'p', ...(kind === 'CiliumNetworkPolicy' ? { namespace: 'x' } : {}) },
  ...members,
});

function bodyOf(value: Given): StoredCiliumPolicy {
  const result = normalise(value);
  if (result.outcome !== 'Stored') throw new Error(JSON.stringify(result));
  return JSON.parse(result.object.body) as StoredCiliumPolicy;
}

function complaints(value: Given): string[] {
  const result = normalise(value);
  return result.outcome === 'Refused' ? result.complaints.map(({ field, reason }) => `${field} ${reason}`) : [];
}

const spec = (members: Given): Given => policy({ spec: { endpointSelector: {}, ...members } });
const specOf = (members: Given): CiliumSpec => bodyOf(spec(members)).spec as CiliumSpec;

describe('a Cilium policy', () => {
  it('has its defaults written out', () => {
    expect(specOf({})).toEqual({
      endpointSelector: { matchLabels: {}, matchExpressions: [] },
      ingress: [],
      ingressDeny: [],
      egress: [],
      egressDeny: [],
      enableDefaultDeny: { ingress: false, egress: false },
    });
    expect(specOf({ ingress: [{}] }).enableDefaultDeny).toEqual({ ingress: true, egress: false });
    expect(specOf({ ingress: [{}], enableDefaultDeny: { ingress: false } }).enableDefaultDeny.ingress).toBe(false);
    expect(specOf({ egressDeny: [{}] }).enableDefaultDeny).toEqual({ ingress: false, egress: true });
  });

  it('tells an empty list of peers from none', () => {
    expect(
      specOf({ ingress: [{ fromEndpoints: [] }, { fromEndpoints: null }, { fromEndpoints: [{}] }] }).ingress,
    ).toEqual([
      { fromEndpoints: [] },
      {},
      { fromEndpoints: [{ matchLabels: {}, matchExpressions: [] }] },
    ] satisfies CiliumRule[]);
  });

  it('keeps peers and ports in one form', () => {
    const rule = {
      toCIDRSet: [{ cidr: '10.1.0.0/8', except: ['10.2.3.4/16'] }],
      toPorts: [
        {
          ports: [
            { port: '010', protocol: 'TCP' },
            { port: '80', protocol: 'TCP' },
          ],
          rules: { http: [{ method: 'GET' }] },
        },
        { ports: [{ port: 'DNS-tcp' }] },
      ],
    };
    expect(
      specOf({ egress: [rule, { icmps: [{ fields: [{ type: '8' }, { type: 128, family: 'IPv6' }] }] }] }).egress,
    ).toEqual([
      {
        toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.2.0.0/16'] }],
        toPorts: [
          {
            // A leading zero makes it a number to the base of 8.
            ports: [
              { port: '8', protocol: 'TCP' },
              { port: '80', protocol: 'TCP' },
            ],
            rules: { http: [{ method: 'GET' }] },
          },
          { ports: [{ port: 'dns-tcp', protocol: 'ANY' }] },
        ],
      },
      {
        icmps: [
          {
            fields: [
              { family: 'IPv4', type: 8 },
              { family: 'IPv6', type: 128 },
            ],
          },
        ],
      },
    ]);
    expect(specOf({ ingress: [{ fromCIDR: ['10.0.0.1', 'FD00::/8'] }] }).ingress).toEqual([
      { fromCIDR: ['10.0.0.1/32', 'fd00::/8'] },
    ]);
  });

  it('may have several specs, and keeps the sources of labels', () => {
    const selector = { matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'y', 'reserved:host': '', app: 'a' } };
    const body = bodyOf(
      policy({ specs: [{ endpointSelector: selector }, { nodeSelector: {} }] }, 'CiliumClusterwideNetworkPolicy'),
    );
    expect(body.specs?.map(({ endpointSelector }) => endpointSelector?.matchLabels)).toEqual([
      selector.matchLabels,
      undefined,
    ]);
    expect(body.spec).toBeUndefined();
  });

  it('does not keep header values, which may be secrets', () => {
    const http = [{ method: 'GET', headers: ['X-Token: hunter2'], headerMatches: [{ name: 'a', value: 'hunter2' }] }];
    const body = spec({ ingress: [{ toPorts: [{ ports: [{ port: '80' }], rules: { http } }] }] });
    expect(specOf(body.spec as Given).ingress[0].toPorts?.[0].rules).toEqual({ http: [{ method: 'GET' }] });
    const refused = normalise(spec({ ...(body.spec as Given), egress: [{ toEntities: ['moon'] }] }));
    expect(refused).toMatchObject({
      outcome: 'Refused',
      raw: { body: expect.not.stringContaining('hunter2') as string },
    });
  });

  const i = 'spec.ingress[0]';
  it.each<[string, Given, string[]]>([
    ['nothing at all', policy({}), ['spec Required']],
    ['no subject', policy({ spec: {} }), ['spec Required']],
    ['nodes in a namespace', policy({ spec: { nodeSelector: {} } }), ['spec.nodeSelector Forbidden']],
    [
      'two subjects',
      policy({ specs: [{ nodeSelector: {}, endpointSelector: {} }] }, 'CiliumClusterwideNetworkPolicy'),
      ['specs[0] Forbidden'],
    ],
    [
      'two kinds of peers',
      spec({ ingress: [{ fromEntities: ['world'], fromCIDR: ['10.0.0.0/8'] }] }),
      [`${i} Invalid`],
    ],
    ['a second kind that is empty', spec({ ingress: [{ fromEntities: ['world'], fromCIDR: [] }] }), []],
    ['ports and ICMP', spec({ ingress: [{ toPorts: [{ ports: [] }], icmps: [{ fields: [] }] }] }), [`${i} Invalid`]],
    [
      'an entity nobody knows',
      spec({ ingress: [{ fromEntities: ['internet'] }] }),
      [`${i}.fromEntities[0] NotSupported`],
    ],
    [
      'a port that is a number',
      spec({ ingress: [{ toPorts: [{ ports: [{ port: 80 }] }] }] }),
      [`${i}.toPorts[0].ports[0].port Decode`],
    ],
    [
      'a port too high',
      spec({ ingress: [{ toPorts: [{ ports: [{ port: '65536' }] }] }] }),
      [`${i}.toPorts[0].ports[0].port Invalid`],
    ],
    [
      'an endPort below',
      spec({ ingress: [{ toPorts: [{ ports: [{ port: '80', endPort: 79 }] }] }] }),
      [`${i}.toPorts[0].ports[0].endPort Invalid`],
    ],
    [
      'too many ports',
      spec({ ingress: [{ toPorts: [{ ports: Array(41).fill({ port: '1' }) }] }] }),
      [`${i}.toPorts[0].ports TooLong`],
    ],
    [
      'a protocol nobody knows',
      spec({ ingress: [{ toPorts: [{ ports: [{ port: '1', protocol: 'QUIC' }] }] }] }),
      [`${i}.toPorts[0].ports[0].protocol NotSupported`],
    ],
    [
      'a protocol in lower case',
      spec({ ingress: [{ toPorts: [{ ports: [{ port: '1', protocol: 'tcp' }] }] }] }),
      [`${i}.toPorts[0].ports[0].protocol NotSupported`],
    ],
    [
      'a name of a port without a letter',
      spec({ ingress: [{ toPorts: [{ ports: [{ port: '80-90' }, { port: '08' }, { port: 'a--b' }] }] }] }),
      [0, 1, 2].map((k) => `${i}.toPorts[0].ports[${k}].port Invalid`),
    ],
    [
      'a domain name with a star, and a pattern beside a name',
      spec({
        egress: [
          { toFQDNs: [{ matchName: '*.a.example' }, { matchPattern: '*.a b' }, { matchName: 'a', matchPattern: 'b' }] },
        ],
      }),
      ['[0].matchName', '[1].matchPattern', '[2]'].map((at) => `spec.egress[0].toFQDNs${at} Invalid`),
    ],
    [
      'domain names and patterns',
      spec({
        egress: [
          { toFQDNs: [{ matchName: 'a_b.example.' }, { matchPattern: '**.a-*.example' }, { matchPattern: '*' }] },
        ],
      }),
      [],
    ],
    [
      'a set of addresses without prefixes',
      spec({ ingress: [{ fromCIDRSet: [{ cidr: '10.0.0.1' }, { cidr: '10.0.0.0/8', except: ['10.0.0.1'] }] }] }),
      [`${i}.fromCIDRSet[0].cidr Invalid`, `${i}.fromCIDRSet[1].except[0] Invalid`],
    ],
    [
      'layer 7 in a denial',
      spec({ ingressDeny: [{ toPorts: [{ ports: [{ port: '1' }], rules: {} }] }] }),
      ['spec.ingressDeny[0].toPorts[0].rules Forbidden'],
    ],
    [
      'an exception outside',
      spec({ ingress: [{ fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] }] }] }),
      [`${i}.fromCIDRSet[0].except[0] Invalid`],
    ],
    ['a set of nothing', spec({ ingress: [{ fromCIDRSet: [{}] }] }), [`${i}.fromCIDRSet[0] Invalid`]],
    ['a network that is none', spec({ ingress: [{ fromCIDR: ['x'] }] }), [`${i}.fromCIDR[0] Invalid`]],
    [
      'a selector without values',
      spec({ ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] }] }),
      [`${i}.fromEndpoints[0].matchExpressions[0].values Required`],
    ],
    [
      'a bad key',
      spec({ ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:-': '' } }] }] }),
      [`${i}.fromEndpoints[0].matchLabels Invalid`],
    ],
  ])('is refused or not: %s', (_title, value, wanted) => {
    expect(complaints(value)).toEqual(wanted);
  });

  it('lists what is not modelled, and not what no snapshot shows', () => {
    const value = spec({
      ingress: [
        { fromNodes: [{}] },
        { fromCIDRSet: [{ cidrGroupRef: 'g' }], novelty: 1 },
        { fromEndpoints: [{}], authentication: { mode: 'required' } },
      ],
      egress: [{ toFQDNs: [{ matchName: 'a.example' }] }, { toPorts: [{ ports: [{ port: '0', protocol: 'VRRP' }] }] }],
      egressDeny: [
        { icmps: [{ fields: [{ type: 'EchoRequest' }, { type: 'Novelty' }] }] },
        { toPorts: [{ ports: [{ port: '0', endPort: 9 }] }] },
      ],
    });
    expect(ciliumFeaturesOutside(bodyOf(value))).toEqual([
      'spec.ingress[1].novelty',
      'spec.egress[1].toPorts[0].ports[0].protocol',
      'spec.egressDeny[0].icmps[0].fields[1].type',
      'spec.egressDeny[1].toPorts[0].ports[0].endPort',
    ]);
    // Only what nobody knows is worth a warning: the rest is Cilium's.
    expect(normalise(value)).toMatchObject({ unknownFields: ['spec.ingress[1].novelty'], unknownAre: 'Kept' });
    const plain = spec({
      ingress: [{ fromEntities: ['all'], toPorts: [{ ports: [{ port: '80' }], rules: { http: [{}] } }] }],
    });
    expect(ciliumFeaturesOutside(bodyOf(plain))).toEqual([]);
  });
});
