import fc from 'fast-check';

export type CiliumLabels = Readonly<Record<string, string>>;

/** A selector as a user writes it; keys may say where a label comes from. */
export interface CiliumSelector {
  readonly matchLabels?: CiliumLabels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** A rule as a user writes it, its peers without `from` and `to`. */
export interface CiliumRule {
  readonly Endpoints?: readonly CiliumSelector[];
  readonly Entities?: readonly string[];
  readonly CIDR?: readonly string[];
  readonly CIDRSet?: readonly { readonly cidr: string; readonly except: readonly string[] }[];
  readonly Nodes?: readonly CiliumSelector[];
  readonly Services?: readonly { readonly k8sService: { readonly serviceName: string; readonly namespace?: string } }[];
  readonly Requires?: readonly CiliumSelector[];
  readonly toPorts?: readonly {
    readonly ports: readonly { readonly port: string; readonly endPort?: number; readonly protocol?: string }[];
    readonly rules?: unknown;
  }[];
  readonly icmps?: readonly {
    readonly fields: readonly { readonly family: string; readonly type: number | string }[];
  }[];
}

export interface CiliumRuleSet {
  readonly endpointSelector: CiliumSelector;
  readonly ingress?: readonly CiliumRule[];
  readonly ingressDeny?: readonly CiliumRule[];
  readonly egress?: readonly CiliumRule[];
  readonly egressDeny?: readonly CiliumRule[];
  readonly enableDefaultDeny?: { readonly ingress?: boolean; readonly egress?: boolean };
}

export interface CiliumWorld {
  /** Without a namespace: clusterwide. */
  readonly policies: readonly {
    readonly name: string;
    readonly namespace: string | null;
    readonly sets: readonly CiliumRuleSet[];
  }[];
  /** Kubernetes' policies: one direction, one peer (null: everyone), one port (null: all). */
  readonly kubernetes: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly direction: 'Ingress' | 'Egress';
    readonly app: string | null;
    readonly peer:
      { readonly namespace: string } | { readonly cidr: string; readonly except: readonly string[] } | null;
    readonly port: number | string | null;
  }[];
}

const sometimes = <T>(arbitrary: fc.Arbitrary<T>, freq = 2): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq });

const keys = [
  'app',
  'k8s:app',
  'any:role',
  'role',
  'k8s:io.kubernetes.pod.namespace',
  'io.kubernetes.pod.namespace',
  'k8s:io.cilium.k8s.namespace.labels.team',
  'io.cilium.k8s.policy.serviceaccount',
  'cni:app',
  'pod-template-hash',
];
const reservedKeys = ['reserved:host', 'reserved:remote-node', 'reserved:world', 'reserved:health'];
const values = ['x', 'y', 'a', 'b', 'red', 'web'];

const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key: fc.constantFrom(...keys, ...reservedKeys), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const pairs = (from: readonly string[], of: readonly string[]): fc.Arbitrary<CiliumLabels> =>
  fc.dictionary(fc.constantFrom(...from), fc.constantFrom(...of), { maxKeys: 1 });
const selector: fc.Arbitrary<CiliumSelector> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ matchLabels: pairs(keys.slice(0, 4), ['x', 'y']) }) },
  { weight: 2, arbitrary: fc.record({ matchLabels: pairs(keys.slice(4, 6), ['a', 'b', 'c']) }) },
  { weight: 1, arbitrary: fc.record({ matchLabels: pairs(keys.slice(6), ['red', 'web', 'blue']) }) },
  { weight: 1, arbitrary: fc.record({ matchLabels: pairs(reservedKeys, ['']) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      matchLabels: pairs(keys.slice(0, 2), ['x', 'y']),
      matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }),
    }),
  },
);

const cidrs = ['0.0.0.0/0', '10.0.1.0/24', '203.0.113.0/24', '192.168.0.0/24', '8.8.8.8/32', '::/0', '2001:db8::/32'];
const entities = [
  'all',
  'world',
  'world-ipv4',
  'world-ipv6',
  'cluster',
  'host',
  'remote-node',
  'kube-apiserver',
  'none',
  'health',
];
const someOf = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 2 });

const peers = (direction: 'Ingress' | 'Egress'): fc.Arbitrary<CiliumRule> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant({}) },
    { weight: 6, arbitrary: fc.record({ Endpoints: someOf(selector) }) },
    { weight: 5, arbitrary: fc.record({ Entities: someOf(fc.constantFrom(...entities)) }) },
    { weight: 2, arbitrary: fc.record({ CIDR: someOf(fc.constantFrom(...cidrs)) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        CIDRSet: someOf(
          fc.constantFrom(
            { cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] },
            { cidr: '203.0.113.0/24', except: ['203.0.113.7/32'] },
            { cidr: '::/0', except: [] },
          ),
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ Nodes: someOf(fc.constantFrom<CiliumSelector>({}, { matchLabels: { pool: 'x' } })) }),
    },
    direction === 'Ingress'
      ? { weight: 0, arbitrary: fc.constant({}) }
      : {
          weight: 1,
          arbitrary: fc.record({
            Services: someOf(
              fc.constantFrom(
                { k8sService: { serviceName: 'web', namespace: 'a' } },
                { k8sService: { serviceName: 'web' } },
                { k8sService: { serviceName: 'ext' } },
                { k8sService: { serviceName: 'lost' } },
              ),
            ),
          }),
        },
  );

const port = fc.constantFrom<NonNullable<CiliumRule['toPorts']>[number]['ports'][number]>(
  { port: '80' },
  { port: '80', protocol: 'TCP' },
  { port: '81', protocol: 'UDP' },
  { port: '53', endPort: 81 },
  { port: '0', protocol: 'TCP' },
  { port: '0' },
  { port: 'web' },
  { port: 'web', protocol: 'UDP' },
);
const icmp = fc.constantFrom(
  { family: 'IPv4', type: 8 },
  { family: 'IPv4', type: 'EchoReply' },
  { family: 'IPv6', type: 'EchoRequest' },
);

const rule = (direction: 'Ingress' | 'Egress', isDenial: boolean): fc.Arbitrary<CiliumRule> =>
  fc
    .tuple(
      peers(direction),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant({}) },
        {
          weight: 4,
          arbitrary: fc.record({
            toPorts: fc.array(
              fc.record({
                ports: fc.array(port, { maxLength: 2 }),
                ...(isDenial
                  ? {}
                  : { rules: sometimes(fc.constantFrom({ http: [{ method: 'GET' }] }, { dns: [] }), 1) }),
              }),
              { maxLength: 2 },
            ),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({
            icmps: fc.array(fc.record({ fields: fc.array(icmp, { maxLength: 2 }) }), { maxLength: 1 }),
          }),
        },
      ),
      fc.option(fc.array(selector, { maxLength: 1 }), { nil: undefined, freq: 12 }),
    )
    .map(([whom, what, required]) => ({ ...whom, ...what, ...(required === undefined ? {} : { Requires: required }) }));

const ruleSet: fc.Arbitrary<CiliumRuleSet> = fc.record({
  endpointSelector: fc.oneof(
    { weight: 3, arbitrary: fc.constant<CiliumSelector>({}) },
    { weight: 2, arbitrary: fc.record({ matchLabels: pairs(['app', 'k8s:role'], ['x', 'y']) }) },
    { weight: 2, arbitrary: selector },
  ),
  ingress: sometimes(fc.array(rule('Ingress', false), { maxLength: 3 }), 4),
  ingressDeny: sometimes(fc.array(rule('Ingress', true), { maxLength: 2 }), 1),
  egress: sometimes(fc.array(rule('Egress', false), { maxLength: 3 }), 3),
  egressDeny: sometimes(fc.array(rule('Egress', true), { maxLength: 2 }), 1),
  enableDefaultDeny: sometimes(fc.record({ ingress: sometimes(fc.boolean()), egress: sometimes(fc.boolean()) }), 1),
});

/** Policies of Cilium in a small cluster, with a few of Kubernetes. */
export const ciliumWorld: fc.Arbitrary<CiliumWorld> = fc.record({
  policies: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('p', 'q', 'r'),
      namespace: fc.constantFrom(null, 'a', 'a', 'b'),
      sets: fc.array(ruleSet, { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 3, selector: ({ name, namespace }) => `${namespace}/${name}` },
  ),
  kubernetes: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('k1', 'k2'),
      namespace: fc.constantFrom('a', 'b'),
      direction: fc.constantFrom('Ingress', 'Ingress', 'Egress'),
      app: fc.constantFrom(null, 'x'),
      peer: fc.constantFrom(
        null,
        { namespace: 'a' },
        { namespace: 'b' },
        { cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] },
        { cidr: '10.0.0.0/8', except: [] },
        { cidr: '192.168.0.0/16', except: [] },
      ),
      port: fc.constantFrom(null, 80, 81, 'web'),
    }),
    { maxLength: 2, selector: ({ name, namespace }) => `${namespace}/${name}` },
  ),
});
