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
  readonly serviceAccounts?: readonly string[];
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
export interface CalicoWorld {
  readonly tiers: readonly { name: string; order: number | undefined; defaultAction: 'Deny' | 'Pass' }[];
  readonly policies: readonly CalicoPolicy[];
  readonly sets: readonly CalicoSet[];
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
  serviceAccounts: fc.uniqueArray(fc.constantFrom('web', 'default'), { maxLength: 1 }),
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

const rule = (direction: 'Ingress' | 'Egress'): fc.Arbitrary<CalicoRule> =>
  fc
    .record({
      action: fc.constantFrom('Allow', 'Allow', 'Deny', 'Pass', 'Log'),
      protocol: rarely(fc.constantFrom('TCP', 'UDP', 'ICMP')),
      notProtocol: fc.option(fc.constantFrom('TCP', 'UDP', 'ICMP'), { nil: undefined, freq: 5 }),
      peer,
      ports: fc.uniqueArray(fc.constantFrom<number | string>(80, '80:81', 'web', 'dns', 443), { maxLength: 2 }),
      notPorts: fc.uniqueArray(fc.constantFrom<number | string>(81, 'web'), { maxLength: 1 }),
    })
    .map(({ action, protocol, notProtocol, peer: other, ports, notPorts }): CalicoRule => {
      // Numbers need a protocol that has ports, names do not; ICMP has none.
      const fits = (port: number | string): boolean =>
        protocol === 'ICMP' ? false : protocol !== undefined || port === 'web' || port === 'dns';
      const destination = { ports: ports.filter(fits), notPorts: notPorts.filter(fits) };
      const lists = [other.nets, other.notNets].filter((list) => list !== undefined).flat();
      const isMixed = lists.some((net) => net.includes(':')) && lists.some((net) => !net.includes(':'));
      const side = isMixed ? { ...other, notNets: undefined } : other;
      return {
        action: action as CalicoRule['action'],
        protocol: protocol as CalicoRule['protocol'],
        notProtocol: notProtocol as CalicoRule['notProtocol'],
        source: direction === 'Ingress' ? side : {},
        destination: direction === 'Ingress' ? destination : { ...side, ...destination },
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
