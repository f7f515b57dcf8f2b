import { describe, expect, it } from 'vitest';
import { normalise } from '../../normalise.js';

const policy = (kind: string, spec: unknown): Record<string, unknown> => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name: 'p', ...(kind.includes('Global') ? {} : { namespace: 'x' }) },
  spec,
});

/** `field reason` of every complaint about a policy. */
function complaints(kind: string, spec: unknown): string[] {
  const result = normalise(policy(kind, spec));
  return result.outcome === 'Refused' ? result.complaints.map(({ field, reason }) => `${field} ${reason}`) : [];
}

function storedSpec(kind: string, spec: unknown): Record<string, unknown> {
  const result = normalise(policy(kind, spec));
  if (result.outcome !== 'Stored') throw new Error(JSON.stringify(result));
  return (JSON.parse(result.object.body) as { spec: Record<string, unknown> }).spec;
}

const anyone = { nets: [], notNets: [], ports: [], notPorts: [] };

describe("a Calico policy's defaults", () => {
  it('are written out', () => {
    expect(storedSpec('NetworkPolicy', {})).toEqual({
      tier: 'default',
      selector: 'all()',
      types: ['Ingress'],
      ingress: [],
      egress: [],
    });
    expect(storedSpec('GlobalNetworkPolicy', { ingress: [{ action: 'Allow' }] })).toEqual({
      tier: 'default',
      selector: 'all()',
      types: ['Ingress'],
      ingress: [{ action: 'Allow', source: anyone, destination: anyone }],
      egress: [],
      preDNAT: false,
      doNotTrack: false,
      applyOnForward: false,
    });
    expect(storedSpec('StagedNetworkPolicy', { stagedAction: 'Delete' })).toMatchObject({ stagedAction: 'Delete' });
    expect(storedSpec('StagedGlobalNetworkPolicy', {})).toMatchObject({ stagedAction: 'Set', preDNAT: false });
  });

  it.each([
    [{ ingress: 1 }, ['Ingress']],
    [{ egress: 1 }, ['Egress']],
    [{ ingress: 1, egress: 1 }, ['Ingress', 'Egress']],
    [{ egress: 1, types: ['Egress', 'Ingress'] }, ['Ingress', 'Egress']],
    [{ ingress: 1, types: [] }, ['Ingress']],
  ])('types of %j are %j', ({ types, ...rules }: { types?: string[]; ingress?: number; egress?: number }, wanted) => {
    const spec = Object.fromEntries(Object.keys(rules).map((direction) => [direction, [{ action: 'Allow' }]]));
    expect(storedSpec('NetworkPolicy', { ...spec, types }).types).toEqual(wanted);
  });

  it('write protocols by name, ports as numbers and networks in canonical form', () => {
    const rule = {
      action: 'Allow',
      protocol: '6',
      notProtocol: 99,
      source: { nets: ['10.1.2.3/8', '10.0.0.1'] },
      destination: { ports: ['80', '8080:8089', 'http', '81:81', 9000], notPorts: [1] },
    };
    expect(storedSpec('NetworkPolicy', { ingress: [rule] }).ingress).toEqual([
      {
        action: 'Allow',
        protocol: 'TCP',
        notProtocol: 99,
        source: { ...anyone, nets: ['10.0.0.0/8', '10.0.0.1/32'] },
        destination: { ...anyone, ports: [80, '8080:8089', 'http', 81, 9000], notPorts: [1] },
      },
    ]);
    const service = { action: 'Allow', destination: { services: { name: 'web' } } };
    expect(storedSpec('NetworkPolicy', { egress: [service] }).egress).toMatchObject([
      { destination: { services: { name: 'web', namespace: 'x' } } },
    ]);
  });

  it('keep what nobody knows, since it may change a verdict, and say so', () => {
    const spec = { egress: [{ action: 'Allow', destination: { domains: ['a.example'] } }], shape: 'odd' };
    const result = normalise(policy('GlobalNetworkPolicy', spec));
    expect(result).toMatchObject({
      outcome: 'Stored',
      unknownFields: ['spec.egress[0].destination.domains', 'spec.shape'],
      unknownAre: 'Kept',
    });
    expect(storedSpec('GlobalNetworkPolicy', spec)).toMatchObject(spec);
  });
});

describe('a Calico policy is refused', () => {
  const ingress = (rule: object): object => ({ ingress: [{ action: 'Allow', ...rule }] });
  const egress = (rule: object): object => ({ egress: [{ action: 'Allow', ...rule }] });
  const r = 'spec.ingress[0]';
  it.each<[string, string, object, string[]]>([
    ['a selector that does not parse', 'NetworkPolicy', { selector: "a = 'b'" }, ['spec.selector Invalid']],
    [
      'global() as a subject',
      'GlobalNetworkPolicy',
      { namespaceSelector: 'global()' },
      ['spec.namespaceSelector Invalid'],
    ],
    [
      'global() beside something',
      'NetworkPolicy',
      ingress({ source: { namespaceSelector: "global() || a == 'b'" } }),
      [`${r}.source.namespaceSelector Invalid`],
    ],
    [
      'global() alone where it means something',
      'NetworkPolicy',
      ingress({ source: { namespaceSelector: 'global()' } }),
      [],
    ],
    [
      'global() as a selector',
      'NetworkPolicy',
      ingress({ source: { selector: '!global()' } }),
      [`${r}.source.selector Invalid`],
    ],
    ['a tier with a dot', 'NetworkPolicy', { tier: 'a.b' }, ['spec.tier Invalid']],
    ['an order that is no number', 'NetworkPolicy', { order: '1' }, ['spec.order Decode']],
    ['a direction twice', 'NetworkPolicy', { types: ['Ingress', 'Ingress'] }, ['spec.types Duplicate']],
    ['a direction nobody knows', 'NetworkPolicy', { types: ['ingress'] }, ['spec.types[0] NotSupported']],
    ['no action', 'NetworkPolicy', { ingress: [{}] }, [`${r}.action Required`]],
    ['an action in lower case', 'NetworkPolicy', { ingress: [{ action: 'allow' }] }, [`${r}.action NotSupported`]],
    ['too many rules', 'NetworkPolicy', { egress: Array(1025).fill({ action: 'Allow' }) }, ['spec.egress TooLong']],
    ['as many rules as are allowed', 'NetworkPolicy', { egress: Array(1024).fill({ action: 'Allow' }) }, []],
    [
      'both families in one rule',
      'NetworkPolicy',
      ingress({ source: { nets: ['10.0.0.0/8'] }, destination: { notNets: ['fd00::/8'] } }),
      [`${r} Invalid`],
    ],
    [
      'networks of another family than ipVersion',
      'NetworkPolicy',
      ingress({ ipVersion: 6, source: { nets: ['10.0.0.0/8'] } }),
      [`${r}.ipVersion Invalid`],
    ],
    ['an ipVersion that is none', 'NetworkPolicy', ingress({ ipVersion: 5 }), [`${r}.ipVersion NotSupported`]],
    [
      'ICMP of the other family',
      'NetworkPolicy',
      ingress({ ipVersion: 4, protocol: 'ICMPv6' }),
      [`${r}.protocol Invalid`],
    ],
    ['icmp without its protocol', 'NetworkPolicy', ingress({ icmp: { type: 8 } }), [`${r}.icmp Invalid`]],
    [
      'a code without a type',
      'NetworkPolicy',
      ingress({ protocol: 'ICMP', icmp: { code: 0 } }),
      [`${r}.icmp.code Invalid`],
    ],
    [
      'a type above 254',
      'NetworkPolicy',
      ingress({ protocol: 'ICMP', notICMP: { type: 255 } }),
      [`${r}.notICMP.type Invalid`],
    ],
    ['icmp as it should be', 'NetworkPolicy', ingress({ protocol: 1, icmp: { type: 8, code: 0 } }), []],
    ['a protocol nobody knows', 'NetworkPolicy', ingress({ protocol: 'tcp' }), [`${r}.protocol Invalid`]],
    ['protocol 0', 'NetworkPolicy', ingress({ notProtocol: 0 }), [`${r}.notProtocol Invalid`]],
    [
      'numeric ports without a protocol',
      'NetworkPolicy',
      ingress({ destination: { ports: [80] } }),
      [`${r}.destination.ports Invalid`],
    ],
    ['a named port without a protocol', 'NetworkPolicy', ingress({ destination: { ports: ['dns'] } }), []],
    [
      'ports of ICMP',
      'NetworkPolicy',
      ingress({ protocol: 'ICMP', source: { notPorts: ['a'] } }),
      [`${r}.source.notPorts Invalid`],
    ],
    [
      'port 0',
      'NetworkPolicy',
      ingress({ protocol: 'TCP', destination: { ports: [0] } }),
      [`${r}.destination.ports[0] Invalid`],
    ],
    [
      'a range upside down',
      'NetworkPolicy',
      ingress({ protocol: 'TCP', destination: { ports: ['9:8'] } }),
      [`${r}.destination.ports[0] Invalid`],
    ],
    [
      'a network that is none',
      'NetworkPolicy',
      ingress({ source: { nets: ['10.0.0/8', 7] } }),
      [`${r}.source.nets[0] Invalid`, `${r}.source.nets[1] Decode`],
    ],
    [
      'a Service as an ingress destination',
      'NetworkPolicy',
      ingress({ destination: { services: { name: 'a' } } }),
      [`${r}.destination.services Forbidden`],
    ],
    [
      'a Service with a selector',
      'NetworkPolicy',
      egress({ destination: { services: { name: 'a' }, selector: 'all()' } }),
      ['spec.egress[0].destination.services Forbidden'],
    ],
    [
      'a Service with ports',
      'NetworkPolicy',
      egress({ protocol: 'TCP', destination: { services: { name: 'a' }, ports: [80] } }),
      ['spec.egress[0].destination.services Forbidden'],
    ],
    [
      'a Service as the source with destination ports',
      'NetworkPolicy',
      ingress({ protocol: 'TCP', source: { services: { name: 'a' } }, destination: { ports: [80] } }),
      [],
    ],
    [
      'a Service without a namespace in a global policy',
      'GlobalNetworkPolicy',
      egress({ destination: { services: { name: 'a' } } }),
      ['spec.egress[0].destination.services.namespace Required'],
    ],
    [
      'http in egress',
      'NetworkPolicy',
      egress({ protocol: 'TCP', http: { methods: ['GET'] } }),
      ['spec.egress[0].http Forbidden'],
    ],
    ['http that denies', 'NetworkPolicy', { ingress: [{ action: 'Deny', http: {} }] }, [`${r}.http Forbidden`]],
    ['http over UDP', 'NetworkPolicy', ingress({ protocol: 'UDP', http: {} }), [`${r}.http Forbidden`]],
    [
      'an http path that is two',
      'NetworkPolicy',
      ingress({ http: { paths: [{ exact: '/a', prefix: '/b' }] } }),
      [`${r}.http.paths[0] Invalid`],
    ],
    [
      'preDNAT that is not applied on forward',
      'GlobalNetworkPolicy',
      { preDNAT: true, types: ['Ingress'] },
      ['spec.applyOnForward Forbidden'],
    ],
    [
      'preDNAT with doNotTrack',
      'GlobalNetworkPolicy',
      { preDNAT: true, doNotTrack: true, applyOnForward: true },
      ['spec.preDNAT Forbidden'],
    ],
    [
      'preDNAT of egress',
      'GlobalNetworkPolicy',
      { preDNAT: true, applyOnForward: true, ...egress({}) },
      ['spec.egress Forbidden'],
    ],
    [
      'preDNAT with the type Egress',
      'GlobalNetworkPolicy',
      { preDNAT: true, applyOnForward: true, types: ['Egress'] },
      ['spec.types Forbidden'],
    ],
    [
      'a staged action nobody knows',
      'StagedNetworkPolicy',
      { stagedAction: 'Try' },
      ['spec.stagedAction NotSupported'],
    ],
    [
      'a staged Kubernetes policy with a bad port',
      'StagedKubernetesNetworkPolicy',
      { ingress: [{ ports: [{ port: 0 }] }] },
      [`${r}.ports[0].port Invalid`],
    ],
    [
      'everything at once',
      'NetworkPolicy',
      { selector: '(', tier: '-', ...ingress({ protocol: 'x', source: { nets: ['y'] } }) },
      [`${r}.protocol Invalid`, `${r}.source.nets[0] Invalid`, 'spec.tier Invalid', 'spec.selector Invalid'],
    ],
  ])('or not: %s', (_title, kind, spec, wanted) => {
    expect(complaints(kind, spec)).toEqual(wanted);
  });

  it('with the place of the mistake in its selector', () => {
    const result = normalise(policy('NetworkPolicy', { selector: "a == 'b' and c" }));
    expect(result).toMatchObject({
      outcome: 'Refused',
      complaints: [
        {
          field: 'spec.selector',
          detail: 'is not a valid selector: at character 10 expected "&&", "||" or the end, found "and c"',
          value: "a == 'b' and c",
        },
      ],
    });
  });
});
