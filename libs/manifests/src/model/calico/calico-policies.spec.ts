import { describe, expect, it } from 'vitest';
import { everything, type PolicyRule, type RulePeer } from '#model';
import { readAgain } from '../../normalise.js';
import type { CalicoRule, StoredCalicoPolicy, StoredNetworkSet } from '../stored-calico.js';
import type { CalicoObjects } from './calico-objects.js';
import { calicoPoliciesOf } from './calico-policies.js';

function stored<T>(kind: string, namespace: string | undefined, spec: object, labels: Record<string, string> = {}): T {
  const object = { apiVersion: 'projectcalico.org/v3', kind, metadata: { name: 'n', namespace, labels }, spec };
  return { ...object, ...readAgain(object) } as T;
}

const objects: CalicoObjects = {
  policies: [],
  staged: [],
  stagedKubernetes: [],
  tiers: [],
  networkSets: [
    stored<StoredNetworkSet>('NetworkSet', 'x', { nets: ['198.51.100.0/24'] }, { role: 'r' }),
    stored<StoredNetworkSet>('GlobalNetworkSet', undefined, { nets: ['203.0.113.0/24'] }, { role: 'r' }),
  ],
  hostEndpoints: [],
  profiles: [],
  serviceAccounts: new Map(),
  pods: [],
  namespaces: [
    { name: 'x', labels: { team: 'red' }, implicit: false },
    { name: 'y', labels: {}, implicit: false },
  ],
  services: [],
};

function lowered(namespace: string | null, spec: object): ReturnType<typeof calicoPoliciesOf> {
  const kind = namespace === null ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
  const body = stored<StoredCalicoPolicy>(kind, namespace ?? undefined, spec);
  const ref = { group: 'projectcalico.org', kind, namespace, name: 'n' };
  return calicoPoliciesOf({ ...objects, policies: [{ ref, body }] });
}

function ruleOf(namespace: string | null, rule: Partial<CalicoRule> | object): PolicyRule {
  return lowered(namespace, { ingress: [{ action: 'Allow', ...rule }] }).policies[0].ingress[0];
}

const peersOf = (namespace: string | null, source: object): readonly RulePeer[] | null =>
  ruleOf(namespace, { source }).peers;

const anywhere = { kind: 'Selected', selector: everything };
const roleIsR = { requirements: [{ key: 'role', operator: 'In', values: ['r'] }] };
const addresses = (...cidrs: string[]): object => ({ kind: 'Addresses', cidrs, except: [] });

describe('a Calico rule speaks of', () => {
  it('everyone, where its source says nothing', () => expect(peersOf('x', {})).toBeNull());

  it('pods, and the networks of sets, that a selector matches: in its own namespace, or everywhere', () => {
    expect(peersOf('x', { selector: "role == 'r'" })).toEqual([
      { kind: 'Pods', namespaces: { kind: 'Named', name: 'x' }, pods: roleIsR },
      addresses('198.51.100.0/24'),
    ]);
    expect(peersOf(null, { selector: "role == 'r'" })).toEqual([
      { kind: 'Pods', namespaces: anywhere, pods: roleIsR },
      addresses('198.51.100.0/24', '203.0.113.0/24'),
    ]);
  });

  it('sets without a namespace only, under global()', () => {
    expect(peersOf('x', { namespaceSelector: 'global()' })).toEqual([addresses('203.0.113.0/24')]);
  });

  it('what an excluding selector leaves: of its namespace, or of everything', () => {
    const notR = { requirements: [{ key: 'role', operator: 'NotIn', values: ['r'] }] };
    expect(peersOf('y', { notSelector: "role == 'r'" })).toEqual([
      { kind: 'Pods', namespaces: { kind: 'Named', name: 'y' }, pods: notR },
    ]);
    expect(peersOf(null, { notSelector: "role == 'r'" })).toEqual([
      {
        kind: 'All',
        of: [
          { kind: 'Not', of: { kind: 'Pods', namespaces: anywhere, pods: roleIsR } },
          { kind: 'Not', of: addresses('198.51.100.0/24', '203.0.113.0/24') },
        ],
      },
    ]);
  });

  it('networks, with what a selector asks for besides', () => {
    const nets = { nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] };
    const inNets = { kind: 'Addresses', cidrs: ['10.0.0.0/8'], except: ['10.1.0.0/16'] };
    expect(peersOf('x', nets)).toEqual([inNets]);
    expect(peersOf('y', { ...nets, selector: "role == 'r'" })).toEqual([
      { kind: 'All', of: [{ kind: 'Pods', namespaces: { kind: 'Named', name: 'y' }, pods: roleIsR }, inNets] },
    ]);
  });

  it('one family, where ipVersion or excluded networks say so', () => {
    expect(ruleOf('x', { ipVersion: 6 }).peers).toEqual([addresses('::/0')]);
    expect(peersOf('x', { notNets: ['10.0.0.0/8'] })).toEqual([
      { kind: 'All', of: [{ kind: 'Not', of: addresses('10.0.0.0/8') }, addresses('0.0.0.0/0')] },
    ]);
  });

  it('nobody, where it names a Service that is not there', () => {
    expect(peersOf('x', { services: { name: 'lost' } })).toEqual([]);
  });

  it('everyone, restricted at layer 7, where it matches HTTP', () => {
    expect(ruleOf('x', { http: { methods: ['GET'] } })).toMatchObject({ peers: null, layer7: ['http'] });
    expect(ruleOf('x', {}).layer7).toBeUndefined();
  });

  it('something that a snapshot does not show', () => {
    const undecidable = (what: string): object[] => [{ kind: 'Undecidable', what }];
    const fromPort1 = { kind: 'Undecidable', what: 'the port of the source', sourcePorts: [{ first: 1, last: 1 }] };
    expect(ruleOf('x', { protocol: 'TCP', source: { ports: [1] } }).peers).toEqual([fromPort1]);
    expect(ruleOf('x', { protocol: 'TCP', source: { ports: ['web'] } }).peers).toEqual(
      undecidable('the port of the source'),
    );
  });
});

describe('a Calico rule for some of the subjects only', () => {
  const subjectOf = (rule: object): unknown => ruleOf('x', rule).subject;

  it('names them by their labels, and by the networks their addresses are in', () => {
    expect(subjectOf({ destination: { selector: "role == 's'" } })).toEqual({
      requirements: [
        { key: 'projectcalico.org/namespace', operator: 'In', values: ['x'] },
        { key: 'role', operator: 'In', values: ['s'] },
      ],
    });
    const key = '@nets [["10.0.0.0/8"],["10.1.0.0/16"]]';
    expect(ruleOf('x', { destination: { nets: ['10.0.0.0/8'], notNets: ['10.1.0.0/16'] } })).toEqual({
      action: 'Allow',
      ports: null,
      peers: [addresses('0.0.0.0/0')],
      subject: { requirements: [{ key, operator: 'In', values: ['yes'] }] },
    });
  });

  it('several of one number are one rule of the object', () => {
    const spec = { ingress: [{ action: 'Allow', destination: { selector: "role == 'r'" } }, { action: 'Deny' }] };
    expect(lowered('x', spec).policies[0].ingress.map(({ number, action }) => [number, action])).toEqual([
      [0, 'Allow'],
      [0, 'Allow'],
      [1, 'Deny'],
    ]);
  });

  it('is for all of them where it says nothing of them', () => expect(subjectOf({})).toBeUndefined());
});

describe('source ports', () => {
  const portsOf = (source: object): unknown => ruleOf('x', { protocol: 'TCP', source }).peers;

  it.each<[object, unknown]>([
    [{ ports: ['1:65535'] }, null],
    [{ ports: ['1:100', '101:65535'] }, null],
    [{ ports: [80], notPorts: ['1:1000'] }, []],
  ])('of %j', (source, peers) => expect(portsOf(source)).toEqual(peers));

  it('are what is listed without what is excluded', () => {
    const sourcePorts = [
      { first: 1, last: 9 },
      { first: 21, last: 30 },
    ];
    expect(portsOf({ ports: ['5:30', '1:6'], notPorts: ['10:20'] })).toEqual([
      { kind: 'Undecidable', what: 'the port of the source', sourcePorts },
    ]);
  });
});

describe('the ports of a Calico rule', () => {
  it.each<[object, object]>([
    [{}, { ports: null }],
    [
      { protocol: 'TCP', destination: { ports: [80, '8000:8010', 'web'], notPorts: [8005] } },
      {
        ports: [
          { kind: 'Range', protocol: 'TCP', first: 80, last: 80 },
          { kind: 'Range', protocol: 'TCP', first: 8000, last: 8010 },
          { kind: 'Named', protocol: 'TCP', name: 'web' },
        ],
        exceptPorts: [{ kind: 'Range', protocol: 'TCP', first: 8005, last: 8005 }],
      },
    ],
    [{ destination: { ports: ['web'] } }, { ports: [{ kind: 'Named', protocol: null, name: 'web' }] }],
    [{ protocol: 136 }, { ports: [{ kind: 'Protocol', number: 136 }] }],
    [{ protocol: 2 }, { ports: [{ kind: 'Protocol', number: 2 }] }],
    [
      { protocol: 'ICMPv6', icmp: { type: 128 }, notICMP: { type: 1, code: 0 } },
      {
        ports: [{ kind: 'Icmp', family: 'IPv6', type: 128, code: null }],
        exceptPorts: [{ kind: 'Icmp', family: 'IPv6', type: 1, code: 0 }],
      },
    ],
    [{ notProtocol: 'UDP' }, { ports: null, exceptPorts: [{ kind: 'Range', protocol: 'UDP', first: 1, last: 65535 }] }],
  ])('of %j', (rule, { ports, exceptPorts }: { ports?: unknown; exceptPorts?: unknown }) => {
    const found = ruleOf('x', rule);
    expect({ ports: found.ports, exceptPorts: found.exceptPorts }).toEqual({ ports, exceptPorts });
  });
});

describe('a Calico policy', () => {
  it('has its tier, and comes last without an order', () => {
    const [policy] = lowered('x', { selector: 'has(a)', types: ['Egress'] }).policies;
    expect(policy).toMatchObject({
      tier: { name: 'default', order: 1_000_000, unmatched: 'Isolate', evaluation: 'FirstMatch' },
      order: Number.MAX_VALUE,
      subject: {
        namespaces: { kind: 'Named', name: 'x' },
        pods: { requirements: [{ key: 'a', operator: 'Exists', values: [] }] },
      },
      directions: ['Egress'],
    });
  });

  it('names the inherited labels that it needs', () => {
    const spec = {
      selector: "pcns.team == 'red' && app == 'x'",
      ingress: [{ action: 'Allow', source: { serviceAccounts: { names: ['web'] } } }],
    };
    expect([...lowered('x', spec).labels.inherited]).toEqual(['pcns.team', 'projectcalico.org/serviceaccount']);
  });

  it('is not understood without its tier or with unknown fields', () => {
    const why = (spec: object): string[] => lowered('x', spec).notUnderstood.map((one) => one.why);
    expect(why({ tier: 'lost' })).toEqual(['its tier lost is not in the snapshot']);
    expect(why({ ingress: [{ action: 'Allow', source: { domains: ['a'] } }] })).toEqual([
      'spec.ingress[0].source.domains is not known',
    ]);
    expect(why({ serviceAccountSelector: "role == 'r'" })).toEqual([]);
    expect(why({ serviceAccountSelector: "projectcalico.org/name == 'web'" })).toEqual([]);
  });

  it('for host endpoints only says nothing about pods', () => {
    const { policies, notUnderstood } = lowered(null, { doNotTrack: true, applyOnForward: true });
    expect([policies, notUnderstood]).toEqual([[], []]);
  });
});
