import fc from 'fast-check';
import type {
  RawAdminPort,
  RawClusterProtocol,
  RawContainer,
  RawObject,
  RawPeer,
  RawPolicy,
  RawPort,
  RawRule,
  RawSelector,
  RawTieredPeer,
  RawTieredPolicy,
  RawTieredRule,
} from '../oracle/objects.js';

// Small universes, so that things collide: few labels, few ports, addresses on the borders of few CIDRs.
const namespaces = ['a', 'b', 'c'];
const keys = ['app', 'tier'];
const values = ['x', 'y', ''];
const portNames = ['web', 'dns'];
const numbers = [53, 80, 81, 8080, 65535, 1];
const nodeNames = ['n1', 'n2'];
const addresses4 = [
  '10.0.0.0',
  '10.0.0.1',
  '10.0.0.127',
  '10.0.0.128',
  '10.0.0.255',
  '10.0.1.0',
  '10.0.1.5',
  '10.1.0.1',
];
const addresses6 = ['fd00::', 'fd00::1', 'fd00::ff', 'fd00:0:0:1::1'];
const cidrs4 = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.0.0.0/24',
  '10.0.0.0/25',
  '10.0.0.128/25',
  '10.0.1.5/32',
  '192.168.0.0/24',
  '192.168.0.1/32',
  '10.0.0.77/24',
];
const cidrs6 = ['::/0', 'fd00::/64', 'fd00::/120', 'fd00::1/128'];

/** Addresses outside of pods and nodes that are worth asking about. */
export const outsideAddresses = [
  '8.8.8.8',
  '10.0.0.64',
  '10.0.0.200',
  '10.255.0.1',
  '192.168.0.99',
  'fd00::7',
  '2001:db8::1',
];

/** Ports worth asking about: everything that is mentioned, and its neighbours. */
export const askedPorts = [...new Set(numbers.flatMap((n) => [n - 1, n, n + 1]).concat(90, 7999))].filter(
  (n) => n >= 1 && n <= 65535,
);

const protocol = fc.constantFrom('TCP', 'UDP', 'SCTP');
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
const labels = fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...values), { maxKeys: 2 });

const expression = fc.oneof(
  fc.record({
    key: fc.constantFrom(...keys),
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: fc.constantFrom(...keys), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector: fc.Arbitrary<RawSelector> = fc.record({
  matchLabels: maybe(labels),
  matchExpressions: maybe(fc.array(expression, { maxLength: 2 })),
});
const namespaceSelector: fc.Arbitrary<RawSelector> = fc.oneof(
  selector,
  fc.record({ matchLabels: fc.record({ 'kubernetes.io/metadata.name': fc.constantFrom(...namespaces) }) }),
);

const ipBlock4 = fc.constantFrom(...cidrs4).chain((cidr) => {
  const inner = ['10.0.0.0/25', '10.0.0.127/32', '10.0.0.0/26'].filter(
    () => cidr === '10.0.0.0/24' || cidr === '10.0.0.0/8' || cidr === '0.0.0.0/0' || cidr === '10.0.0.77/24',
  );
  return fc.record({
    cidr: fc.constant(cidr),
    except: maybe(fc.subarray(inner)),
  });
});
const ipBlock6 = fc.constantFrom(...cidrs6).map((cidr) => ({ cidr, except: cidr === '::/0' ? ['fd00::/64'] : [] }));
const peer: fc.Arbitrary<RawPeer> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ podSelector: selector }) },
  { weight: 2, arbitrary: fc.record({ namespaceSelector }) },
  { weight: 2, arbitrary: fc.record({ namespaceSelector, podSelector: selector }) },
  { weight: 4, arbitrary: fc.record({ ipBlock: ipBlock4 }) },
  { weight: 1, arbitrary: fc.record({ ipBlock: ipBlock6 }) },
);
const port: fc.Arbitrary<RawPort | null> = fc.oneof(
  fc.record({ protocol: maybe(protocol), port: fc.constantFrom(...numbers) }),
  fc.record({ protocol: maybe(protocol), port: fc.constantFrom(...portNames, 'none') }),
  fc.record({
    protocol: maybe(protocol),
    port: fc.constantFrom(1, 53, 80),
    endPort: fc.constantFrom(80, 81, 8080, 65535),
  }),
  fc.record({ protocol: maybe(protocol) }),
  fc.constant(null),
);
const rule = (peers: 'from' | 'to'): fc.Arbitrary<RawRule | null> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        [peers]: orNull(fc.array(peer, { maxLength: 3 })),
        ports: orNull(fc.array(port, { maxLength: 2 })),
      }) as fc.Arbitrary<RawRule>,
    },
    { weight: 1, arbitrary: fc.constant(null) },
  );
const types = fc.constantFrom(
  undefined,
  null,
  [],
  ['Ingress'],
  ['Egress'],
  ['Ingress', 'Egress'],
  ['Egress', 'Egress'],
);
const policies: fc.Arbitrary<RawPolicy[]> = fc.array(
  fc
    .tuple(
      fc.constantFrom('p', 'q', 'r', 's', 't', 'u'),
      fc.constantFrom(...namespaces),
      maybe(
        fc.record({
          podSelector: orNull(selector),
          policyTypes: types,
          ingress: orNull(fc.array(rule('from'), { maxLength: 3 })),
          egress: orNull(fc.array(rule('to'), { maxLength: 3 })),
        }),
      ),
    )
    .map(([name, namespace, spec]): RawPolicy => ({ kind: 'NetworkPolicy', metadata: { name, namespace }, spec })),
  { maxLength: 6 },
);

/** Node labels, so that rules can speak of some nodes. */
const nodeLabels: Readonly<Record<string, Record<string, string>>> = { n1: { pool: 'x' }, n2: { pool: 'y' } };
const nodeSelector: fc.Arbitrary<RawSelector> = fc.constantFrom(
  {},
  { matchLabels: { pool: 'x' } },
  { matchExpressions: [{ key: 'pool', operator: 'NotIn', values: ['x'] }] },
);
const podPeer: fc.Arbitrary<RawTieredPeer> = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
);
const addressPeer: fc.Arbitrary<RawTieredPeer> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      networks: fc.uniqueArray(fc.constantFrom(...cidrs4, ...cidrs6), { minLength: 1, maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ nodes: nodeSelector }) },
);
const unknownPeer: fc.Arbitrary<RawTieredPeer> = fc.constant({});
const ofProtocol = (number: fc.Arbitrary<number>): fc.Arbitrary<{ protocol?: string; port: number }> =>
  fc.record({ protocol: maybe(protocol), port: number }) as fc.Arbitrary<{ protocol?: string; port: number }>;
const numberPort: fc.Arbitrary<RawAdminPort> = fc.oneof(
  fc.record({ portNumber: ofProtocol(fc.constantFrom(...numbers)) }),
  fc.record({
    portRange: fc.record({
      protocol: maybe(protocol),
      start: fc.constantFrom(1, 53, 81),
      end: fc.constantFrom(53, 80, 8080, 65535),
    }) as fc.Arbitrary<{ protocol?: string; start: number; end: number }>,
  }),
);
const namedPort: fc.Arbitrary<RawAdminPort> = fc.record({ namedPort: fc.constantFrom(...portNames) });
const destination = fc.oneof(
  fc.record({ number: fc.constantFrom(...numbers) }),
  fc.record({ range: fc.constantFrom({ start: 1, end: 65535 }, { start: 53, end: 80 }, { start: 80, end: 8080 }) }),
);
const numberProtocol: fc.Arbitrary<RawClusterProtocol> = fc.oneof(
  fc.record({ tcp: fc.record({ destinationPort: destination }) }),
  fc.record({ udp: fc.record({ destinationPort: destination }) }),
  fc.record({ sctp: fc.record({ destinationPort: destination }) }),
);
const namedProtocol: fc.Arbitrary<RawClusterProtocol> = fc.record({
  destinationNamedPort: fc.constantFrom(...portNames),
});

type TieredKind = RawTieredPolicy['kind'];
const actionsOf: Readonly<Record<TieredKind, readonly RawTieredRule['action'][]>> = {
  AdminNetworkPolicy: ['Allow', 'Deny', 'Pass'],
  BaselineAdminNetworkPolicy: ['Allow', 'Deny'],
  ClusterNetworkPolicy: ['Accept', 'Deny', 'Pass'],
};
/** A rule that the schema accepts: named ports only with pods, domain names only where they may open. */
function tieredRule(kind: TieredKind, direction: 'ingress' | 'egress'): fc.Arbitrary<RawTieredRule> {
  const isCluster = kind === 'ClusterNetworkPolicy';
  const peerField = direction === 'ingress' ? 'from' : 'to';
  const rule = (
    actions: readonly RawTieredRule['action'][],
    peers: fc.Arbitrary<RawTieredPeer>,
    entries: fc.Arbitrary<RawAdminPort | RawClusterProtocol>,
  ): fc.Arbitrary<RawTieredRule> =>
    fc.record({
      action: fc.constantFrom(...actions),
      [peerField]: fc.array(peers, { minLength: 1, maxLength: 2 }),
      [isCluster ? 'protocols' : 'ports']: maybe(fc.array(entries, { minLength: 1, maxLength: 2 })),
    }) as unknown as fc.Arbitrary<RawTieredRule>;
  const numbered = isCluster ? numberProtocol : numberPort;
  const onPods = rule(
    actionsOf[kind],
    fc.oneof({ weight: 12, arbitrary: podPeer }, { weight: 1, arbitrary: unknownPeer }),
    fc.oneof({ weight: 2, arbitrary: numbered }, { weight: 1, arbitrary: isCluster ? namedProtocol : namedPort }),
  );
  if (direction === 'ingress') return onPods;
  const onAddresses = rule(actionsOf[kind], fc.oneof(podPeer, addressPeer, addressPeer), numbered);
  const onNames = rule(
    [isCluster ? 'Accept' : 'Allow'],
    fc.oneof(podPeer, addressPeer, fc.constant({ domainNames: ['*.example.com'] })),
    numbered,
  );
  return kind === 'BaselineAdminNetworkPolicy'
    ? fc.oneof(onPods, onAddresses)
    : fc.oneof(onPods, onAddresses, { weight: 1, arbitrary: onNames });
}
function tieredPolicy(kind: TieredKind, name: string): fc.Arbitrary<RawTieredPolicy> {
  const rules = (direction: 'ingress' | 'egress'): fc.Arbitrary<RawTieredRule[] | null | undefined> =>
    orNull(fc.array(tieredRule(kind, direction), { maxLength: 3 }));
  return fc.record({
    kind: fc.constant(kind),
    metadata: fc.constant({ name }),
    spec: fc.record({
      ...(kind === 'ClusterNetworkPolicy' ? { tier: fc.constantFrom('Admin' as const, 'Baseline' as const) } : {}),
      // Few priorities, so that policies tie.
      ...(kind === 'BaselineAdminNetworkPolicy' ? {} : { priority: fc.constantFrom(0, 1, 2, 1000) }),
      subject: podPeer,
      ingress: rules('ingress'),
      egress: rules('egress'),
    }),
  }) as fc.Arbitrary<RawTieredPolicy>;
}
const some = <T>(arbitraries: readonly fc.Arbitrary<T>[], max: number): fc.Arbitrary<T[]> =>
  fc.tuple(fc.nat({ max }), ...arbitraries).map(([count, ...all]) => all.slice(0, count as number) as T[]);
/** Policies of policy.networking.k8s.io; in a third of the clusters there are none. */
const tieredPolicies: fc.Arbitrary<RawTieredPolicy[]> = fc.oneof(fc.constant<RawTieredPolicy[]>([]), {
  weight: 2,
  arbitrary: fc
    .tuple(
      some(
        ['a1', 'a2'].map((name) => tieredPolicy('AdminNetworkPolicy', name)),
        2,
      ),
      some([tieredPolicy('BaselineAdminNetworkPolicy', 'default')], 1),
      some(
        ['c1', 'c2', 'c3'].map((name) => tieredPolicy('ClusterNetworkPolicy', name)),
        3,
      ),
    )
    .map((lists) => lists.flat()),
});

const containerPorts = fc.array(
  fc.record({
    name: fc.constantFrom(...portNames),
    containerPort: fc.constantFrom(...numbers),
    protocol: maybe(protocol),
  }),
  { maxLength: 2 },
);
const containers: fc.Arbitrary<RawContainer[]> = fc.array(
  fc.record({ name: fc.constant('c'), ports: containerPorts }),
  { minLength: 1, maxLength: 2 },
);
const initContainers: fc.Arbitrary<RawContainer[]> = fc.array(
  fc.record({ name: fc.constant('i'), restartPolicy: maybe(fc.constant('Always')), ports: containerPorts }),
  { maxLength: 1 },
);

interface PodDraft {
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly nodeName: string | undefined;
  readonly shape:
    'ordinary' | 'dual' | 'v6' | 'hostNetwork' | 'finished' | 'pending' | 'template' | 'hostNetworkTemplate';
  readonly health: 'good' | 'notReady' | 'terminating';
  readonly containers: RawContainer[];
  readonly initContainers: RawContainer[];
}
const pods: fc.Arbitrary<PodDraft[]> = fc.array(
  fc.record({
    namespace: fc.constantFrom(...namespaces),
    labels,
    nodeName: maybe(fc.constantFrom(...nodeNames, 'elsewhere')),
    shape: fc.oneof(
      { weight: 8, arbitrary: fc.constant('ordinary' as const) },
      {
        weight: 5,
        arbitrary: fc.constantFrom(
          'dual' as const,
          'v6' as const,
          'hostNetwork' as const,
          'finished' as const,
          'pending' as const,
        ),
      },
      { weight: 2, arbitrary: fc.constant('template' as const) },
      { weight: 1, arbitrary: fc.constant('hostNetworkTemplate' as const) },
    ),
    health: fc.constantFrom('good', 'good', 'good', 'notReady', 'terminating'),
    containers,
    initContainers,
  }),
  { minLength: 1, maxLength: 7 },
);

/** What a controller, or a user, wrote down: addresses of pods, nodes and others, in any combination with the Service. */
const slices = fc.array(
  fc.record({
    isIPv6: fc.boolean(),
    picks: fc.uniqueArray(fc.nat(15), { maxLength: 3 }),
    conditions: fc.constantFrom(undefined, {}, { ready: true }, { ready: false }),
    ports: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(undefined, 'main', 'other'),
        port: fc.constantFrom(8080, 8081),
        protocol: maybe(protocol),
      }),
      { maxLength: 2, selector: ({ name }) => name },
    ),
  }),
  { minLength: 1, maxLength: 3 },
);
const services = fc.array(
  fc.record({
    namespace: fc.constantFrom(...namespaces),
    selector: maybe(fc.dictionary(fc.constantFrom(...keys), fc.constantFrom('x', 'y'), { minKeys: 1, maxKeys: 1 })),
    address: fc.constantFrom('None', '10.96.0.', 'fd96::', undefined),
    ipFamilies: fc.constantFrom(undefined, undefined, ['IPv4'], ['IPv6'], ['IPv6', 'IPv4']),
    publishNotReadyAddresses: maybe(fc.boolean()),
    name: fc.constantFrom(undefined, 'main'),
    port: fc.constantFrom(80, 443),
    targetPort: fc.constantFrom(undefined, 0, 8080, 'web'),
    slices: maybe(slices),
  }),
  { maxLength: 2 },
);

/** A small cluster as raw Kubernetes objects. */
export const randomCluster: fc.Arbitrary<RawObject[]> = fc
  .record({
    pods,
    policies,
    tieredPolicies,
    services,
    nodes: fc.subarray(nodeNames),
    namespaceLabels: fc.tuple(labels, labels, labels),
    addresses4: fc.shuffledSubarray(addresses4, { minLength: 7 }),
    addresses6: fc.shuffledSubarray(addresses6, { minLength: 3 }),
  })
  .map((draft) => {
    const ip4 = [...draft.addresses4];
    const ip6 = [...draft.addresses6];
    return [
      ...namespaces.map((name, i): RawObject => ({
        kind: 'Namespace',
        metadata: { name, labels: draft.namespaceLabels[i] },
      })),
      ...draft.nodes.map((name): RawObject => {
        const n = Number(name.slice(1));
        const addresses = [`192.168.0.${n}`, ...(n === 1 ? ['fd01::1'] : []), `172.16.0.${n}`];
        return {
          kind: 'Node',
          metadata: { name, labels: nodeLabels[name] },
          status: {
            addresses: addresses.map((address, i) => ({
              type: i === addresses.length - 1 ? 'ExternalIP' : 'InternalIP',
              address,
            })),
          },
        };
      }),
      ...draft.pods.map((pod, i) => podObject(pod, `p${i}`, ip4, ip6)),
      ...draft.services.flatMap((service, i) => serviceObjects(service, i)),
      ...draft.policies,
      ...draft.tieredPolicies,
    ];
  });

type ServiceDraft = typeof services extends fc.Arbitrary<(infer T)[]> ? T : never;

const sliceAddresses4 = [...addresses4, '192.168.0.1', '172.16.0.2', '203.0.113.5'];
const sliceAddresses6 = [...addresses6, 'fd01::1', '2001:db8::5'];

function serviceObjects(draft: ServiceDraft, i: number): RawObject[] {
  const { namespace, selector: pairs, address, ipFamilies, publishNotReadyAddresses } = draft;
  const name = `s${i}`;
  const clusterIP = address === undefined || address === 'None' ? address : `${address}${i + 1}`;
  const ports = [{ name: draft.name, port: draft.port, targetPort: draft.targetPort }];
  return [
    {
      kind: 'Service',
      metadata: { name, namespace },
      spec: { clusterIP, ipFamilies, publishNotReadyAddresses, selector: pairs, ports },
    },
    ...(draft.slices ?? []).map(({ isIPv6, picks, conditions, ports: written }, k): RawObject => {
      const pool = isIPv6 ? sliceAddresses6 : sliceAddresses4;
      return {
        kind: 'EndpointSlice',
        metadata: { name: `${name}-${k}`, namespace, labels: { 'kubernetes.io/service-name': name } },
        addressType: isIPv6 ? 'IPv6' : 'IPv4',
        endpoints: picks.map((pick) => ({ addresses: [pool[pick % pool.length]], conditions })),
        ports: written,
      };
    }),
  ];
}

function podObject(
  { namespace, labels: own, nodeName, shape, health, containers: main, initContainers: init }: PodDraft,
  name: string,
  ip4: string[],
  ip6: string[],
): RawObject {
  const deletionTimestamp = health === 'terminating' ? '2026-01-01T00:00:00Z' : undefined;
  const metadata = { name, namespace, labels: own, deletionTimestamp };
  const conditions = [{ type: 'Ready', status: health === 'notReady' ? 'False' : 'True' }];
  const spec = { nodeName, containers: main, initContainers: init, hostNetwork: shape.startsWith('hostNetwork') };
  const take = (list: string[]): { ip: string }[] => {
    const address = list.pop();
    return address === undefined ? [] : [{ ip: address }];
  };
  switch (shape) {
    case 'template':
    case 'hostNetworkTemplate':
      return {
        kind: 'Deployment',
        metadata: { name, namespace },
        spec: { template: { metadata: { labels: own }, spec } },
      };
    case 'dual':
      return {
        kind: 'Pod',
        metadata,
        spec,
        status: { phase: 'Running', podIPs: [...take(ip4), ...take(ip6)], conditions },
      };
    case 'v6':
      return { kind: 'Pod', metadata, spec, status: { phase: 'Running', podIPs: take(ip6), conditions } };
    case 'pending':
      return { kind: 'Pod', metadata, spec, status: { phase: 'Pending', podIPs: [] } };
    case 'finished':
      return { kind: 'Pod', metadata, spec, status: { phase: 'Succeeded', podIPs: take(ip4) } };
    case 'hostNetwork':
      return { kind: 'Pod', metadata, spec, status: { phase: 'Running', podIPs: [], conditions } };
    case 'ordinary':
      return { kind: 'Pod', metadata, spec, status: { phase: 'Running', podIPs: take(ip4), conditions } };
  }
}

const apiVersions: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networking.k8s.io/v1',
  AdminNetworkPolicy: 'policy.networking.k8s.io/v1alpha1',
  BaselineAdminNetworkPolicy: 'policy.networking.k8s.io/v1alpha1',
  ClusterNetworkPolicy: 'policy.networking.k8s.io/v1alpha2',
  Deployment: 'apps/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
};

/** The objects as they would be sent. */
export function asManifests(objects: readonly RawObject[]): string {
  return objects
    .map((object) => JSON.stringify({ apiVersion: apiVersions[object.kind] ?? 'v1', ...object }))
    .join('\n');
}
