import { describe, expect, it } from 'vitest';
import { normalise } from '../normalise.js';

type Kind = 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';

function read(kind: Kind, spec: unknown, name = 'default'): ReturnType<typeof normalise> {
  const version = kind === 'ClusterNetworkPolicy' ? 'v1alpha2' : 'v1alpha1';
  return normalise({ apiVersion: `policy.networking.k8s.io/${version}`, kind, metadata: { name }, spec });
}

function complaints(kind: Kind, spec: unknown, name?: string): string[] {
  const result = read(kind, spec, name);
  return result.outcome === 'Refused'
    ? result.complaints.map(({ field, reason, detail }) => `${field} ${reason} ${detail}`.trim())
    : [];
}

const subject = { namespaces: {} };
const everybody = [{ namespaces: {} }];
const many = (count: number, value: unknown): unknown[] => Array<unknown>(count).fill(value);
const allow = { action: 'Allow', from: everybody };
const accept = { action: 'Accept', from: everybody };

describe('a policy of policy.networking.k8s.io is refused where its schema refuses it', () => {
  it.each<[Kind, unknown, string[]]>([
    [
      'AdminNetworkPolicy',
      undefined,
      [
        'spec Required',
        'spec.priority Required',
        'spec.subject Required',
        'spec.subject Invalid must have exactly one of the properties namespaces, pods',
      ],
    ],
    ['AdminNetworkPolicy', { priority: 1001, subject }, ['spec.priority Invalid must be at most 1000']],
    ['AdminNetworkPolicy', { priority: -1, subject }, ['spec.priority Invalid must be at least 0']],
    ['AdminNetworkPolicy', { priority: '1', subject }, ['spec.priority Decode must be a 32-bit integer']],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject: { ...subject, pods: { namespaceSelector: {}, podSelector: {} } } },
      ['spec.subject Invalid must have exactly one of the properties namespaces, pods'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject: { pods: {} } },
      ['spec.subject.pods.namespaceSelector Required', 'spec.subject.pods.podSelector Required'],
    ],
    [
      'ClusterNetworkPolicy',
      { tier: 'Admin', priority: 1, subject: { pods: {} } },
      ['spec.subject.pods.podSelector Required'],
    ],
    ['ClusterNetworkPolicy', { priority: 1, subject }, ['spec.tier Required']],
    [
      'ClusterNetworkPolicy',
      { tier: 'admin', priority: 1, subject },
      ['spec.tier NotSupported supported values: "Admin", "Baseline"'],
    ],
    [
      'ClusterNetworkPolicy',
      { tier: 'Admin', priority: 1, subject, ingress: [{ ...accept, action: 'Allow' }] },
      ['spec.ingress[0].action NotSupported supported values: "Accept", "Deny", "Pass"'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: [{ ...allow, action: 'Accept' }] },
      ['spec.ingress[0].action NotSupported supported values: "Allow", "Deny", "Pass"'],
    ],
    [
      'BaselineAdminNetworkPolicy',
      { subject, ingress: [{ ...allow, action: 'Pass' }] },
      ['spec.ingress[0].action NotSupported supported values: "Allow", "Deny"'],
    ],
    [
      'ClusterNetworkPolicy',
      {
        tier: 'Admin',
        priority: 1,
        subject,
        ingress: [{ ...accept, protocols: [{}, { sctp: { destinationPort: {} } }] }],
      },
      [
        'spec.ingress[0].protocols[0] Invalid must have exactly one of the properties tcp, udp, sctp, destinationNamedPort',
        'spec.ingress[0].protocols[1].sctp.destinationPort Invalid must have exactly one of the properties number, range',
      ],
    ],
    ['AdminNetworkPolicy', { priority: 1, subject, ingress: [{ action: 'Deny' }] }, ['spec.ingress[0].from Required']],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: [{ action: 'Deny', from: [] }] },
      ['spec.ingress[0].from Invalid must have at least 1 items'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: many(101, allow) },
      ['spec.ingress Invalid must have at most 100 items'],
    ],
    [
      'ClusterNetworkPolicy',
      { tier: 'Admin', priority: 1, subject, ingress: many(26, accept) },
      ['spec.ingress Invalid must have at most 25 items'],
    ],
    [
      'ClusterNetworkPolicy',
      { tier: 'Admin', priority: 1, subject, ingress: [{ ...accept, from: many(26, everybody[0]) }] },
      ['spec.ingress[0].from Invalid must have at most 25 items'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: [{ ...allow, name: 'x'.repeat(101) }] },
      ['spec.ingress[0].name TooLong must be no more than 100 characters'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: [{ ...allow, ports: [] }] },
      ['spec.ingress[0].ports Invalid must have at least 1 items'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: [{ ...allow, ports: [{}] }] },
      ['spec.ingress[0].ports[0] Invalid must have exactly one of the properties portNumber, portRange, namedPort'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: [{ ...allow, ports: [{ portNumber: { port: 0, protocol: 'ICMP' } }] }] },
      [
        'spec.ingress[0].ports[0].portNumber.protocol NotSupported supported values: "TCP", "UDP", "SCTP"',
        'spec.ingress[0].ports[0].portNumber.port Invalid must be at least 1',
      ],
    ],
    [
      'ClusterNetworkPolicy',
      { tier: 'Admin', priority: 1, subject, ingress: [{ ...accept, protocols: [{ tcp: {} }] }] },
      ['spec.ingress[0].protocols[0].tcp Invalid must have exactly one of the properties destinationPort'],
    ],
    [
      'ClusterNetworkPolicy',
      {
        tier: 'Admin',
        priority: 1,
        subject,
        ingress: [{ ...accept, protocols: [{ udp: { destinationPort: { range: { start: 5, end: 5 } } } }] }],
      },
      ['spec.ingress[0].protocols[0].udp.destinationPort.range Invalid Start port must be less than End port'],
    ],
    [
      'AdminNetworkPolicy',
      {
        priority: 1,
        subject,
        ingress: [{ action: 'Deny', from: [{ namespaces: {}, pods: { namespaceSelector: {}, podSelector: {} } }] }],
      },
      ['spec.ingress[0].from[0] Invalid must have at most one of the properties namespaces, pods'],
    ],
    [
      'AdminNetworkPolicy',
      {
        priority: 1,
        subject,
        egress: [{ action: 'Deny', to: [{ networks: ['10.0.0.0/8'] }], ports: [{ namedPort: 'http' }] }],
      },
      [
        'spec.egress[0] Invalid networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts for networks/nodes/domainNames',
      ],
    ],
    [
      'AdminNetworkPolicy',
      {
        priority: 1,
        subject,
        egress: [
          {
            action: 'Allow',
            to: [{ networks: ['10.0.0.0/8', 'fd00::/8', '10.0.0.0/8'] }, { domainNames: ['a.b', 'a.b'] }],
          },
        ],
      },
      [
        'spec.egress[0].to[0].networks[2] Duplicate may not be there twice',
        'spec.egress[0].to[1].domainNames[1] Duplicate may not be there twice',
      ],
    ],
    [
      'AdminNetworkPolicy',
      {
        priority: 1,
        subject,
        egress: [{ action: 'Deny', to: [{ networks: ['10.0.0/8', '010.0.0.0/8', '::ffff:10.0.0.0/104'] }] }],
      },
      [
        'spec.egress[0].to[0].networks[0] Invalid Invalid CIDR format provided',
        'spec.egress[0].to[0].networks[1] Invalid Invalid CIDR format provided',
        'spec.egress[0].to[0].networks[2] Invalid CIDR must be either an IPv4 or IPv6 address. IPv4 address embedded in IPv6 addresses are not supported',
      ],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, egress: [{ action: 'Deny', to: [{ domainNames: ['example.com'] }] }] },
      ['spec.egress[0].action Invalid domainNames peers are only supported for Allow rules'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject: { namespaces: { matchExpressions: [{ key: 'a', operator: 'Is' }] } } },
      ['spec.subject.namespaces.matchExpressions[0].operator Invalid not a valid selector operator'],
    ],
    [
      'AdminNetworkPolicy',
      { priority: 1, subject, ingress: [{ action: 'Deny', from: [{ namespaces: { notSameLabels: ['team'] } }] }] },
      [
        'spec.ingress[0].from[0].namespaces.notSameLabels Forbidden is of a version of the API that is no longer served; select the namespaces by their labels',
      ],
    ],
  ])('%s %j', (kind, spec, expected) => {
    expect(complaints(kind, spec)).toEqual(expected);
  });

  it('has one baseline, named default', () => {
    expect(complaints('BaselineAdminNetworkPolicy', { subject }, 'other')).toEqual([
      'Invalid Only one baseline admin network policy with metadata.name="default" can be created in the cluster',
    ]);
    expect(complaints('BaselineAdminNetworkPolicy', { subject })).toEqual([]);
  });

  it('complains of everything at once', () => {
    const spec = { priority: 2000, subject: {}, ingress: [{}], egress: [{ action: 'No', to: [{ networks: [] }] }] };
    expect(complaints('AdminNetworkPolicy', spec).length).toBe(6);
  });
});

describe('a policy of policy.networking.k8s.io is kept with every default written out', () => {
  const kept = (kind: Kind, spec: unknown): unknown => {
    const result = read(kind, spec);
    if (result.outcome !== 'Stored') throw new Error(result.outcome);
    const again = normalise(JSON.parse(result.object.body));
    expect(again).toMatchObject({ outcome: 'Stored', object: { body: result.object.body } });
    return (JSON.parse(result.object.body) as { spec: unknown }).spec;
  };
  const none = { matchLabels: {}, matchExpressions: [] };

  it('protocols of ports, both selectors of pods, canonical networks', () => {
    const spec = {
      priority: 0,
      subject: { namespaces: null, pods: { namespaceSelector: {}, podSelector: {} } },
      ingress: [
        { action: 'Pass', from: everybody, ports: [{ portRange: { start: 9, end: 1 } }, { namedPort: 'http' }] },
      ],
      egress: [
        {
          action: 'Deny',
          to: [{ networks: ['10.1.2.3/8', 'FD00::/8', '10.0.0.0/8'] }, { nodes: {} }, {}],
          ports: null,
        },
      ],
    };
    expect(kept('AdminNetworkPolicy', spec)).toEqual({
      priority: 0,
      subject: { pods: { namespaceSelector: none, podSelector: none } },
      ingress: [
        {
          action: 'Pass',
          from: [{ namespaces: none }],
          ports: [{ portRange: { protocol: 'TCP', start: 9, end: 1 } }, { namedPort: 'http' }],
        },
      ],
      egress: [{ action: 'Deny', to: [{ networks: ['10.0.0.0/8', 'fd00::/8'] }, { nodes: none }, {}] }],
    });
  });

  it('selectors of the first versions of the API as those of this one', () => {
    const namespaceSelector = { matchLabels: { team: 'red' } };
    const old = {
      priority: 1,
      subject: { pods: { namespaces: { namespaceSelector }, podSelector: {} } },
      ingress: [{ action: 'Deny', from: [{ namespaces: { namespaceSelector } }] }],
    };
    expect(kept('AdminNetworkPolicy', old)).toEqual({
      priority: 1,
      subject: { pods: { namespaceSelector: { ...none, ...namespaceSelector }, podSelector: none } },
      ingress: [{ action: 'Deny', from: [{ namespaces: { ...none, ...namespaceSelector } }] }],
      egress: [],
    });
  });

  it('a baseline has no peers by name', () => {
    const spec = { subject, egress: [{ action: 'Allow', to: [{ domainNames: ['example.com'] }] }] };
    expect(kept('BaselineAdminNetworkPolicy', spec)).toMatchObject({ egress: [{ to: [{}] }] });
  });
});
