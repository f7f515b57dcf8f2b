import fc from 'fast-check';
import type { RawContainer, RawObject, RawPeer, RawPolicy, RawPort, RawRule, RawSelector } from '../oracle/objects.js';

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
          metadata: { name },
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
  Deployment: 'apps/v1',
  EndpointSlice: 'discovery.k8s.io/v1',
};

/** The objects as they would be sent. */
export function asManifests(objects: readonly RawObject[]): string {
  return objects
    .map((object) => JSON.stringify({ apiVersion: apiVersions[object.kind] ?? 'v1', ...object }))
    .join('\n');
}
