import type { ObjectRef } from '#model';
import type { Fields } from './decoder.js';

type Shape = { readonly [field: string]: Shape | readonly [Shape] | null };

const selector: Shape = { matchLabels: null, matchExpressions: [{ key: null, operator: null, values: null }] };
const ports: readonly [Shape] = [{ protocol: null, port: null, endPort: null }];
const peers: readonly [Shape] = [
  { podSelector: selector, namespaceSelector: selector, ipBlock: { cidr: null, except: null } },
];
const networkPolicySpec: Shape = {
  podSelector: selector,
  policyTypes: null,
  ingress: [{ ports, from: peers }],
  egress: [{ ports, to: peers }],
};

const podPeer: Shape = {
  namespaces: { ...selector, namespaceSelector: selector, sameLabels: null, notSameLabels: null },
  pods: {
    namespaceSelector: selector,
    podSelector: selector,
    namespaces: { namespaceSelector: selector, sameLabels: null, notSameLabels: null },
  },
};
const egressPeer: Shape = { ...podPeer, networks: null, nodes: selector, domainNames: null };
const adminPorts: readonly [Shape] = [
  {
    portNumber: { protocol: null, port: null },
    portRange: { protocol: null, start: null, end: null },
    namedPort: null,
  },
];
const protocol: Shape = { destinationPort: { number: null, range: { start: null, end: null } } };
const clusterProtocols: readonly [Shape] = [
  { tcp: protocol, udp: protocol, sctp: protocol, destinationNamedPort: null },
];

function tieredSpec(ports: Shape, egress: Shape, own: Shape): Shape {
  return {
    ...own,
    subject: podPeer,
    ingress: [{ name: null, action: null, from: [podPeer], ...ports }],
    egress: [{ name: null, action: null, to: [egress], ...ports }],
  };
}

/** Shapes of the specs of policies, by group and kind. */
const specs: Readonly<Record<string, Shape>> = {
  'networking.k8s.io/NetworkPolicy': networkPolicySpec,
  'policy.networking.k8s.io/AdminNetworkPolicy': tieredSpec({ ports: adminPorts }, egressPeer, { priority: null }),
  'policy.networking.k8s.io/BaselineAdminNetworkPolicy': tieredSpec(
    { ports: adminPorts },
    { ...podPeer, networks: null, nodes: selector },
    {},
  ),
  'policy.networking.k8s.io/ClusterNetworkPolicy': tieredSpec({ protocols: clusterProtocols }, egressPeer, {
    tier: null,
    priority: null,
  }),
};

/**
 * Paths in a policy that upstream does not know. The server drops them, so that `podSelecter` selects every pod: worth
 * a warning. Empty for kinds whose fields are not listed here.
 */
export function unknownFieldsOf({ group, kind }: Pick<ObjectRef, 'group' | 'kind'>, object: Fields): string[] {
  const key = `${group}/${kind}`;
  return Object.hasOwn(specs, key) ? unknownIn(object.spec, specs[key], 'spec') : [];
}

function unknownIn(value: unknown, shape: Shape | readonly [Shape] | null, path: string): string[] {
  if (shape === null || value === null || typeof value !== 'object') return [];
  if (isListOf(shape))
    return Array.isArray(value) ? value.flatMap((element, i) => unknownIn(element, shape[0], `${path}[${i}]`)) : [];
  return Object.entries(value).flatMap(([key, member]) =>
    Object.hasOwn(shape, key) ? unknownIn(member, shape[key], `${path}.${key}`) : [`${path}.${key}`],
  );
}

function isListOf(shape: Shape | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}
