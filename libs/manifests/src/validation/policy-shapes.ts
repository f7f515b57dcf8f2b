import type { Shape } from './unknown-fields.js';

const selector: Shape = { matchLabels: null, matchExpressions: [{ key: null, operator: null, values: null }] };
const ports: readonly [Shape] = [{ protocol: null, port: null, endPort: null }];
const peers: readonly [Shape] = [
  { podSelector: selector, namespaceSelector: selector, ipBlock: { cidr: null, except: null } },
];

/**
 * What upstream knows in the spec of a NetworkPolicy. The server drops the rest, so that `podSelecter` selects every
 * pod: worth a warning.
 */
export const networkPolicyShape: Shape = {
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

export const adminNetworkPolicyShape = tieredSpec({ ports: adminPorts }, egressPeer, { priority: null });

export const baselineAdminNetworkPolicyShape = tieredSpec(
  { ports: adminPorts },
  { ...podPeer, networks: null, nodes: selector },
  {},
);

export const clusterNetworkPolicyShape = tieredSpec({ protocols: clusterProtocols }, egressPeer, {
  tier: null,
  priority: null,
});
