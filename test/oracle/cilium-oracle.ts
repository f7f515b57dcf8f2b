import type {
  CiliumLabels,
  CiliumRule,
  CiliumRuleSet,
  CiliumSelector,
  CiliumWorld,
} from '../generate/random-cilium.js';
import { inside, ip } from './addresses.js';

interface CiliumPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: CiliumLabels;
  readonly ips: readonly string[];
  readonly node: string;
  readonly account: string;
  /** By name: protocol and number. */
  readonly ports: Readonly<Record<string, readonly [protocol: string, port: number]>>;
}

/** The pods of the small cluster. */
export const ciliumPods: readonly CiliumPod[] = [
  {
    namespace: 'a',
    name: 'p1',
    labels: { app: 'x', 'pod-template-hash': 'x' },
    ips: ['10.0.1.1', 'fd00::1:1'],
    node: 'n1',
    account: 'web',
    ports: { web: ['TCP', 80] },
  },
  {
    namespace: 'a',
    name: 'p2',
    labels: { app: 'y', role: 'x' },
    ips: ['10.0.1.2'],
    node: 'n2',
    account: 'default',
    ports: {},
  },
  {
    namespace: 'b',
    name: 'p1',
    labels: { app: 'x', role: 'y' },
    ips: ['10.0.2.1', 'fd00::2:1'],
    node: 'n1',
    account: 'web',
    ports: { web: ['UDP', 81] },
  },
  {
    namespace: 'b',
    name: 'p2',
    labels: {},
    ips: ['10.0.2.2'],
    node: 'n2',
    account: 'default',
    ports: { web: ['TCP', 443] },
  },
  { namespace: 'c', name: 'p1', labels: { app: 'y' }, ips: ['10.0.3.1'], node: 'n2', account: 'web', ports: {} },
];
export const ciliumNamespaces: Readonly<Record<string, CiliumLabels>> = {
  a: { team: 'red' },
  b: { team: 'blue' },
  c: {},
};
export const ciliumNodes: Readonly<Record<string, { readonly ips: readonly string[]; readonly labels: CiliumLabels }>> =
  {
    n1: { ips: ['192.168.0.1', 'fd01::1'], labels: { pool: 'x' } },
    n2: { ips: ['192.168.0.2', 'fd01::2'], labels: { pool: 'y' } },
  };
/** Where the API server is. */
export const ciliumApiServer: readonly string[] = ['192.168.0.2', '203.0.113.9'];
/** Services by name: those of `web` select pods, that of `ext` has an address outside and one of a pod. */
export const ciliumServices: readonly {
  readonly namespace: string;
  readonly name: string;
  readonly selector: CiliumLabels | null;
  readonly addresses: readonly string[];
}[] = [
  { namespace: 'a', name: 'web', selector: { app: 'x' }, addresses: [] },
  { namespace: 'b', name: 'web', selector: { role: 'y' }, addresses: [] },
  { namespace: 'b', name: 'ext', selector: null, addresses: ['8.8.8.8', '10.0.3.1'] },
];

export interface CiliumFlow {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: number;
}

/** What Cilium knows of an address: labels with their sources. */
type Identity = ReadonlyMap<string, string>;

/**
 * Cilium's verdicts read literally from policy semantics 4, one flow at a time: every address has an identity, selectors
 * are held against its labels, denials are looked for first, then what allows.
 */
export class CiliumOracle {
  constructor(readonly world: CiliumWorld) {}

  /** Whether a flow is allowed, and whether only rules of layer 7 let it through somewhere. */
  judge(flow: CiliumFlow): { allowed: boolean; restricted: boolean } {
    const free = { allowed: true, restricted: false };
    if (flow.source === flow.destination) return free;
    const [source, destination] = [podAt(flow.source), podAt(flow.destination)];
    const egress = source === undefined ? free : this.#side('egress', source, flow.destination, flow);
    const isOwnNode = destination !== undefined && ciliumNodes[destination.node].ips.includes(flow.source);
    const ingress =
      destination === undefined || isOwnNode ? free : this.#side('ingress', destination, flow.source, flow);
    const allowed = egress.allowed && ingress.allowed;
    return { allowed, restricted: allowed && (egress.restricted || ingress.restricted) };
  }

  #side(
    direction: 'ingress' | 'egress',
    subject: CiliumPod,
    peer: string,
    flow: CiliumFlow,
  ): { allowed: boolean; restricted: boolean } {
    const sets = this.world.policies.flatMap(({ namespace, sets: list }) =>
      list.filter((one) => selects(one, namespace, subject)).map((set) => ({ set, namespace })),
    );
    const found = (list: 'ingress' | 'egress' | 'ingressDeny' | 'egressDeny', isL7: boolean): boolean =>
      sets.some(({ set, namespace }) => {
        const rules = set[list] ?? [];
        const required = rules.flatMap(({ Requires = [] }) => Requires);
        return rules.some(
          (rule) => this.#meansPeer(rule, required, namespace, direction, subject, peer) && meansPort(rule, flow, isL7),
        );
      });
    if (found(`${direction}Deny`, false)) return { allowed: false, restricted: false };
    const kubernetes = this.world.kubernetes.filter(
      (one) =>
        one.namespace === subject.namespace &&
        one.direction.toLowerCase() === direction &&
        (one.app === null || one.app === subject.labels.app),
    );
    const isOpened = kubernetes.some((one) => {
      const pod = podAt(peer);
      const isPeer =
        one.peer === null ||
        ('namespace' in one.peer
          ? pod?.namespace === one.peer.namespace
          : isOutside(peer) && isIn(peer, one.peer.cidr) && !one.peer.except.some((cidr) => isIn(peer, cidr)));
      const isPort =
        one.port === null ||
        (flow.protocol === 'TCP' && numberOf(String(one.port), 'TCP', flow.destination) === flow.port);
      return isPeer && isPort;
    });
    if (isOpened || found(direction, false)) return { allowed: true, restricted: false };
    if (found(direction, true)) return { allowed: true, restricted: true };
    const isolates =
      kubernetes.length > 0 ||
      sets.some(({ set }) => {
        const count = (set[direction] ?? []).length + (set[`${direction}Deny`] ?? []).length;
        return count > 0 && (set.enableDefaultDeny?.[direction] ?? true);
      });
    return { allowed: !isolates, restricted: false };
  }

  #meansPeer(
    rule: CiliumRule,
    required: readonly CiliumSelector[],
    namespace: string | null,
    direction: 'ingress' | 'egress',
    subject: CiliumPod,
    peer: string,
  ): boolean {
    const { Endpoints, Entities, CIDR, CIDRSet, Nodes, Services, toPorts = [], icmps = [] } = rule;
    const lists = [Endpoints, Entities, CIDR, CIDRSet, Nodes, Services].filter((list) => list !== undefined);
    if (lists.length === 0) return toPorts.length + icmps.length > 0;
    const identity = identityOf(peer, subject);
    if (Endpoints?.some((one) => holds(one, namespace, identity)) === true) {
      return required.every((one) => holds(one, namespace, identity));
    }
    if (Entities?.some((entity) => isEntity(entity, identity, direction)) === true) return true;
    if (isOutside(peer)) {
      if (CIDR?.some((cidr) => isIn(peer, cidr)) === true) return true;
      if (CIDRSet?.some(({ cidr, except }) => isIn(peer, cidr) && !except.some((one) => isIn(peer, one))) === true)
        return true;
    }
    const node = Object.values(ciliumNodes).find(({ ips }) => ips.includes(peer));
    if (node !== undefined && identity.has('reserved:remote-node')) {
      if (
        Nodes?.some(({ matchLabels = {} }) =>
          Object.entries(matchLabels).every(([key, value]) => node.labels[key] === value),
        ) === true
      )
        return true;
    }
    return (Services ?? []).some(({ k8sService: { serviceName, namespace: wanted } }) =>
      ciliumServices.some((service) => {
        if (service.name !== serviceName || (wanted !== undefined && wanted !== service.namespace)) return false;
        const pod = podAt(peer);
        if (service.selector === null) return isOutside(peer) && service.addresses.some((address) => address === peer);
        return (
          pod?.namespace === service.namespace &&
          Object.entries(service.selector).every(([key, value]) => pod.labels[key] === value)
        );
      }),
    );
  }
}

function selects({ endpointSelector }: CiliumRuleSet, namespace: string | null, pod: CiliumPod): boolean {
  if (namespace !== null && pod.namespace !== namespace) return false;
  const { matchLabels = {}, ...others } = endpointSelector;
  const kept = Object.entries(matchLabels).filter(
    ([key]) => namespace === null || key !== 'k8s:io.kubernetes.pod.namespace',
  );
  return meets({ ...others, matchLabels: Object.fromEntries(kept) }, labelsOf(pod));
}

/** A selector of peers: a namespaced policy means its own namespace, a clusterwide one what has a namespace. */
function holds(selector: CiliumSelector, namespace: string | null, identity: Identity): boolean {
  const keys = [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
  const bare = keys.map((key) => key.replace(/^(k8s|any):/, ''));
  const own = identity.get('k8s:io.kubernetes.pod.namespace');
  const isFree = keys.some((key) => key.startsWith('reserved:')) || bare.includes('io.kubernetes.pod.namespace');
  if (!isFree) {
    if (namespace === null && own === undefined) return false;
    const namesLabels = bare.some((key) => key.startsWith('io.cilium.k8s.namespace.labels.'));
    if (namespace !== null && !namesLabels && own !== namespace) return false;
  }
  return meets(selector, identity);
}

function meets({ matchLabels = {}, matchExpressions = [] }: CiliumSelector, identity: Identity): boolean {
  const valueOf = (key: string): string | undefined => {
    const [source, name] = key.includes(':') ? key.split(':') : ['any', key];
    if (source !== 'any') return identity.get(`${source}:${name}`);
    return [...identity].find(([label]) => label.slice(label.indexOf(':') + 1) === name)?.[1];
  };
  return (
    Object.entries(matchLabels).every(([key, value]) => valueOf(key) === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = valueOf(key);
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}

function isEntity(entity: string, identity: Identity, direction: 'ingress' | 'egress'): boolean {
  switch (entity) {
    case 'all':
      return true;
    case 'cluster':
      return !identity.has('reserved:world') || identity.has('reserved:kube-apiserver');
    case 'host':
      return direction === 'egress' && identity.has('reserved:host');
    default:
      return identity.has(`reserved:${entity}`);
  }
}

function identityOf(address: string, subject: CiliumPod): Identity {
  const pod = podAt(address);
  if (pod !== undefined) return labelsOf(pod);
  const reserved = ciliumNodes[subject.node].ips.includes(address)
    ? ['host']
    : isOutside(address)
      ? ['world', address.includes(':') ? 'world-ipv6' : 'world-ipv4']
      : ['remote-node'];
  if (ciliumApiServer.includes(address)) reserved.push('kube-apiserver');
  return new Map(reserved.map((name) => [`reserved:${name}`, '']));
}

function labelsOf({ labels, namespace, account }: CiliumPod): Identity {
  // What differs from pod to pod is left out of identities.
  const { 'pod-template-hash': _leftOut, ...own } = labels;
  const all = {
    ...own,
    'io.kubernetes.pod.namespace': namespace,
    'io.cilium.k8s.policy.serviceaccount': account,
    ...Object.fromEntries(
      Object.entries(ciliumNamespaces[namespace]).map(([key, value]) => [
        `io.cilium.k8s.namespace.labels.${key}`,
        value,
      ]),
    ),
  };
  return new Map(Object.entries(all).map(([key, value]) => [`k8s:${key}`, value]));
}

const echo: Readonly<Record<string, number>> = { EchoReply: 0, EchoRequest: 128 };

/** Whether a rule means a port by itself, or by entries that restrict it at layer 7. */
function meansPort({ toPorts = [], icmps = [] }: CiliumRule, flow: CiliumFlow, isL7: boolean): boolean {
  if (toPorts.length + icmps.length === 0) return !isL7;
  const isICMPv6 = flow.source.includes(':');
  if (flow.protocol === 'ICMP') {
    const types = icmps.flatMap(({ fields }) => fields).filter(({ family }) => (family === 'IPv6') === isICMPv6);
    return !isL7 && types.some(({ type }) => (typeof type === 'number' ? type : echo[type]) === flow.port);
  }
  return toPorts.some(({ ports, rules }) => {
    const kinds = Object.values((rules ?? {}) as Record<string, unknown[]>);
    if (kinds.some((list) => list.length > 0) !== isL7) return false;
    return ports.some(({ port, endPort, protocol = 'ANY' }) => {
      if (protocol !== 'ANY' && protocol !== flow.protocol) return false;
      if (port === '0') return true;
      const first = numberOf(port, flow.protocol, flow.destination);
      return first !== null && first <= flow.port && flow.port <= (endPort ?? first);
    });
  });
}

function numberOf(port: string, protocol: string, destination: string): number | null {
  if (/^\d+$/.test(port)) return Number(port);
  const declared = podAt(destination)?.ports[port];
  return declared !== undefined && declared[0] === protocol ? declared[1] : null;
}

function podAt(address: string): CiliumPod | undefined {
  return ciliumPods.find(({ ips }) => ips.includes(address));
}

function isOutside(address: string): boolean {
  return podAt(address) === undefined && !Object.values(ciliumNodes).some(({ ips }) => ips.includes(address));
}

function isIn(address: string, cidr: string): boolean {
  return inside(cidr, ip(address));
}
