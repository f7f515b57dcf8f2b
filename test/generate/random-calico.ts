import fc from 'fast-check';

export type Labels = Readonly<Record<string, string>>;

/** A selector as it is written, and what it says of labels. */
export interface Written {
  readonly text: string;
  readonly holds: (labels: Labels) => boolean;
}

export interface CalicoEntity {
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
  readonly selector?: Written;
  readonly notSelector?: Written;
  readonly namespaceSelector?: Written;
  readonly serviceAccounts?: { readonly names: readonly string[]; readonly selector?: Written };
  readonly services?: { readonly name: string; readonly namespace: string };
  readonly ports?: readonly (number | string)[];
  readonly notPorts?: readonly (number | string)[];
}
export interface CalicoRule {
  readonly action: 'Allow' | 'Deny' | 'Pass' | 'Log';
  readonly protocol?: 'TCP' | 'UDP' | 'ICMP';
  readonly notProtocol?: 'TCP' | 'UDP' | 'ICMP';
  readonly source: CalicoEntity;
  readonly destination: CalicoEntity;
}
export interface CalicoPolicy {
  readonly name: string;
  /** Null: a GlobalNetworkPolicy. */
  readonly namespace: string | null;
  readonly tier: string;
  readonly order: number | undefined;
  readonly selector: Written;
  readonly namespaceSelector?: Written;
  /** What it says is of labels with `pcsa.` before their key. */
  readonly serviceAccountSelector?: Written;
  readonly types: readonly string[] | undefined;
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
}
export interface CalicoSet {
  readonly name: string;
  readonly namespace: string | null;
  readonly labels: Labels;
  readonly nets: readonly string[];
}
/** Addresses with the ports that are behind a Service there, in the form of slices. */
export interface CalicoService {
  readonly name: string;
  readonly namespace: string;
  readonly slices: readonly {
    readonly addresses: readonly string[];
    readonly ports: readonly { readonly protocol: 'TCP' | 'UDP'; readonly port: number }[];
  }[];
}
export interface CalicoWorld {
  readonly tiers: readonly { name: string; order: number | undefined; defaultAction: 'Deny' | 'Pass' }[];
  readonly policies: readonly CalicoPolicy[];
  readonly sets: readonly CalicoSet[];
  readonly services: readonly CalicoService[];
  /** Kubernetes policies that allow one port from one namespace, or from everywhere. */
  readonly kubernetes: readonly { name: string; namespace: string; from: string | null; port: number }[];
}

const nets4 = ['10.0.1.0/24', '10.0.1.1/32', '10.0.2.2/32', '10.0.0.0/8', '203.0.113.0/24', '192.168.0.1/32'];
const nets6 = ['fd00::/8'];
const all: Written = { text: 'all()', holds: () => true };

const comparison = fc
  .record({
    key: fc.constantFrom(
      'app',
      'role',
      'pcns.team',
      'projectcalico.org/namespace',
      'projectcalico.org/serviceaccount',
      'projectcalico.org/orchestrator',
      'pcsa.role',
    ),
    values: fc.uniqueArray(fc.constantFrom('x', 'y', 'red', 'blue', 'a', 'b', 'web', 'k8s'), {
      minLength: 1,
      maxLength: 3,
    }),
    form: fc.constantFrom('==', '!=', 'in', 'not in', 'has', 'starts with'),
  })
  .map(({ key, values, form }): Written => {
    const value = (labels: Labels): string | null => (Object.hasOwn(labels, key) ? labels[key] : null);
    const set = `{${values.map((text) => `'${text}'`).join(',')}}`;
    switch (form) {
      case '==':
        return { text: `${key} == '${values[0]}'`, holds: (labels) => value(labels) === values[0] };
      case '!=':
        return { text: `${key} != '${values[0]}'`, holds: (labels) => value(labels) !== values[0] };
      case 'in':
        return { text: `${key} in ${set}`, holds: (labels) => values.some((one) => one === value(labels)) };
      case 'not in':
        return { text: `${key} not in ${set}`, holds: (labels) => values.every((one) => one !== value(labels)) };
      case 'has':
        return { text: `has(${key})`, holds: (labels) => value(labels) !== null };
      default:
        return {
          text: `${key} starts with '${values[0]}'`,
          holds: (labels) => value(labels)?.startsWith(values[0]) === true,
        };
    }
  });

const { selector } = fc.letrec<{ selector: Written }>((tie) => ({
  selector: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 3, arbitrary: comparison },
    { weight: 1, arbitrary: fc.constant(all) },
    {
      weight: 1,
      arbitrary: tie('selector').map(({ text, holds }) => ({
        text: `!(${text})`,
        holds: (labels: Labels) => !holds(labels),
      })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(tie('selector'), tie('selector'), fc.boolean()).map(([left, right, isAnd]) => ({
        text: `(${left.text}) ${isAnd ? '&&' : '||'} (${right.text})`,
        holds: (labels: Labels) =>
          isAnd ? left.holds(labels) && right.holds(labels) : left.holds(labels) || right.holds(labels),
      })),
    },
  ),
}));

const hasNamespace = (labels: Labels): boolean => Object.hasOwn(labels, 'projectcalico.org/namespace');

/** Selectors of namespaces, as what they say of the inherited labels of an endpoint. */
const namespaceSelector = fc.constantFrom<Written>(
  { text: 'all()', holds: hasNamespace },
  { text: 'global()', holds: (labels) => !hasNamespace(labels) },
  { text: "team == 'red'", holds: (labels) => labels['pcns.team'] === 'red' },
  { text: "team != 'red'", holds: (labels) => labels['pcns.team'] !== 'red' },
  {
    text: "projectcalico.org/name in {'a', 'c'}",
    holds: (labels) => ['a', 'c'].includes(labels['pcns.projectcalico.org/name']),
  },
  { text: '!has(team)', holds: (labels) => !Object.hasOwn(labels, 'pcns.team') },
);

/** Selectors of service accounts, as what they say of the labels that pods have from them. */
const accountSelector = fc.constantFrom<Written>(
  { text: "role == 'x'", holds: (labels) => labels['pcsa.role'] === 'x' },
  { text: "role != 'x'", holds: (labels) => labels['pcsa.role'] !== 'x' },
  { text: '!has(role)', holds: (labels) => !Object.hasOwn(labels, 'pcsa.role') },
  { text: "projectcalico.org/name == 'web'", holds: (labels) => labels['pcsa.projectcalico.org/name'] === 'web' },
);

const rarely = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 1 });
const nets = fc.oneof(
  { weight: 5, arbitrary: fc.uniqueArray(fc.constantFrom(...nets4), { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.constant(nets6) },
);

const parts: Required<
  Pick<
    { [K in keyof CalicoEntity]: fc.Arbitrary<unknown> },
    'nets' | 'notNets' | 'selector' | 'notSelector' | 'namespaceSelector' | 'serviceAccounts'
  >
> = {
  nets,
  notNets: nets,
  selector,
  notSelector: selector,
  namespaceSelector,
  serviceAccounts: fc.record({
    names: fc.uniqueArray(fc.constantFrom('web', 'default'), { maxLength: 1 }),
    selector: fc.option(accountSelector, { nil: undefined }),
  }),
};

/** The other side of a rule: few conditions, so that some of them are met. */
const peer: fc.Arbitrary<CalicoEntity> = fc
  .tuple(
    fc.record(parts),
    fc.subarray(['nets', 'notNets', 'selector', 'notSelector', 'namespaceSelector', 'serviceAccounts', 'selector'], {
      maxLength: 2,
    }),
  )
  .map(([entity, kept]) => Object.fromEntries(Object.entries(entity).filter(([name]) => kept.includes(name))));

/** The pod's own side of a rule, which mostly says nothing. */
const own: fc.Arbitrary<CalicoEntity> = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: peer },
);

const service = fc.record({ name: fc.constantFrom('s1', 's2'), namespace: fc.constantFrom('a', 'b') });
const sourcePort = fc.constantFrom<number | string>(1024, '1000:2000', '1:65535', '1500:1600');

const rule = (direction: 'Ingress' | 'Egress'): fc.Arbitrary<CalicoRule> =>
  fc
    .record({
      action: fc.constantFrom('Allow', 'Allow', 'Deny', 'Pass', 'Log'),
      protocol: rarely(fc.constantFrom('TCP', 'UDP', 'ICMP')),
      notProtocol: fc.option(fc.constantFrom('TCP', 'UDP', 'ICMP'), { nil: undefined, freq: 5 }),
      peer,
      own,
      services: fc.option(service, { nil: undefined, freq: 1 }),
      sourcePorts: fc.record({
        ports: fc.uniqueArray(sourcePort, { maxLength: 1 }),
        notPorts: fc.uniqueArray(sourcePort, { maxLength: 1 }),
      }),
      asksSource: fc.integer({ min: 0, max: 3 }),
      ports: fc.uniqueArray(fc.constantFrom<number | string>(80, '80:81', 'web', 'dns', 443), { maxLength: 2 }),
      notPorts: fc.uniqueArray(fc.constantFrom<number | string>(81, 'web'), { maxLength: 1 }),
    })
    .map(({ action, protocol, notProtocol, ports, notPorts, ...sides }): CalicoRule => {
      const isService = sides.services !== undefined && sides.asksSource === 1;
      const other: CalicoEntity = isService ? { services: sides.services } : sides.peer;
      // Numbers need a protocol that has ports, names do not; ICMP has none.
      const fits = (port: number | string): boolean =>
        protocol === 'ICMP' ? false : protocol !== undefined || port === 'web' || port === 'dns';
      const destination = { ports: ports.filter(fits), notPorts: notPorts.filter(fits) };
      const lists = [other, sides.own].flatMap(({ nets: list = [], notNets = [] }) => [...list, ...notNets]);
      const isMixed = lists.some((net) => net.includes(':')) && lists.some((net) => !net.includes(':'));
      const withoutNets = (entity: CalicoEntity): CalicoEntity =>
        isMixed ? { ...entity, nets: undefined, notNets: undefined } : entity;
      const [side, self] = [withoutNets(other), withoutNets(sides.own)];
      const hasPorts = protocol === 'TCP' || protocol === 'UDP';
      const from = hasPorts && sides.asksSource === 0 ? sides.sourcePorts : {};
      const at = isService && direction === 'Egress' ? {} : destination;
      return {
        action: action as CalicoRule['action'],
        protocol: protocol as CalicoRule['protocol'],
        notProtocol: notProtocol as CalicoRule['notProtocol'],
        source: { ...(direction === 'Ingress' ? side : self), ...from },
        destination: { ...(direction === 'Ingress' ? self : side), ...at },
      };
    });

const policy: fc.Arbitrary<CalicoPolicy> = fc.record({
  name: fc.constantFrom('p', 'p-a', 'p.a', 'q', 'r'),
  namespace: fc.constantFrom(null, 'a', 'b'),
  tier: fc.constantFrom('default', 'default', 't1', 't2'),
  order: fc.constantFrom(undefined, 5, 5, 1000, 1001),
  selector: fc.oneof({ weight: 3, arbitrary: fc.constant(all) }, { weight: 1, arbitrary: selector }),
  // As a subject global() is refused.
  namespaceSelector: rarely(namespaceSelector.filter(({ text }) => text !== 'global()')),
  serviceAccountSelector: fc.option(accountSelector, { nil: undefined, freq: 1 }),
  types: fc.constantFrom(undefined, ['Ingress'], ['Ingress', 'Egress'], ['Egress']),
  ingress: fc.array(rule('Ingress'), { maxLength: 3 }),
  egress: fc.array(rule('Egress'), { maxLength: 2 }),
});

/** Calico's objects of a small cluster, with a few policies of Kubernetes. */
export const calicoWorld: fc.Arbitrary<CalicoWorld> = fc.record({
  tiers: fc
    .record({
      order1: fc.constantFrom(undefined, 5, 2_000_000),
      order2: fc.constantFrom(undefined, 5, 1_000_000),
      action1: fc.constantFrom('Deny', 'Pass'),
      action2: fc.constantFrom('Deny', 'Pass'),
    })
    .map(({ order1, order2, action1, action2 }) => [
      { name: 't1', order: order1, defaultAction: action1 as 'Deny' | 'Pass' },
      { name: 't2', order: order2, defaultAction: action2 as 'Deny' | 'Pass' },
    ]),
  policies: fc.uniqueArray(policy, {
    maxLength: 4,
    selector: ({ name, namespace }) => `${namespace}/${name}`,
  }),
  sets: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('s1', 's2'),
      namespace: fc.constantFrom(null, 'a', 'b'),
      labels: fc.dictionary(fc.constantFrom('app', 'role'), fc.constantFrom('x', 'y'), { maxKeys: 2 }),
      nets: fc.uniqueArray(fc.constantFrom(...nets4, ...nets6), { maxLength: 2 }),
    }),
    { maxLength: 3, selector: ({ name, namespace }) => `${namespace}/${name}` },
  ),
  services: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('s1', 's2'),
      namespace: fc.constantFrom('a', 'b'),
      slices: fc.array(
        fc.record({
          addresses: fc.uniqueArray(fc.constantFrom('10.0.1.1', '10.0.2.1', '10.0.3.1', '203.0.113.7'), {
            maxLength: 2,
          }),
          ports: fc.uniqueArray(
            fc.record({ protocol: fc.constantFrom('TCP' as const, 'UDP' as const), port: fc.constantFrom(80, 81, 53) }),
            { maxLength: 2, selector: ({ protocol, port }) => `${protocol} ${port}` },
          ),
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2, selector: ({ name, namespace }) => `${namespace}/${name}` },
  ),
  kubernetes: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('k1', 'k2'),
      namespace: fc.constantFrom('a', 'b'),
      from: fc.constantFrom(null, 'a', 'b', 'c'),
      port: fc.constantFrom(80, 81),
    }),
    { maxLength: 2, selector: ({ name, namespace }) => `${namespace}/${name}` },
  ),
});
