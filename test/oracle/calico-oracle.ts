import type {
  CalicoEntity,
  CalicoPolicy,
  CalicoRule,
  CalicoService,
  CalicoSet,
  CalicoWorld,
  Labels,
} from '../generate/random-calico.js';

/** The pods of the small cluster, by name; each is the only one at its address. */
export const calicoPods = [
  {
    namespace: 'a',
    name: 'p1',
    labels: { app: 'x' },
    ip: '10.0.1.1',
    node: 'n1',
    account: 'web',
    ports: { web: ['TCP', 80], dns: ['UDP', 53] },
  },
  {
    namespace: 'a',
    name: 'p2',
    labels: { app: 'y', role: 'x' },
    ip: '10.0.1.2',
    node: 'n2',
    account: 'default',
    ports: {},
  },
  {
    namespace: 'b',
    name: 'p1',
    labels: { app: 'x', role: 'y' },
    ip: '10.0.2.1',
    node: 'n1',
    account: 'web',
    ports: { web: ['UDP', 81] },
  },
  {
    namespace: 'b',
    name: 'p2',
    labels: {},
    ip: '10.0.2.2',
    node: 'n2',
    account: 'default',
    ports: { web: ['TCP', 443] },
  },
  { namespace: 'c', name: 'p1', labels: { app: 'y' }, ip: '10.0.3.1', node: 'n2', account: 'web', ports: {} },
] as const satisfies readonly CalicoPod[];

/** Labels of the namespaces. */
export const calicoNamespaces: Readonly<Record<string, Labels>> = { a: { team: 'red' }, b: { team: 'blue' }, c: {} };
/** Labels of the service accounts, by `namespace/name`. */
export const calicoAccounts: Readonly<Record<string, Labels>> = {
  'a/web': { role: 'x' },
  'a/default': {},
  'b/web': { role: 'y', 'projectcalico.org/name': 'odd' },
  'b/default': { role: 'x' },
  'c/web': {},
};
export const calicoNodes: Readonly<Record<string, string>> = { n1: '192.168.0.1', n2: '192.168.0.2' };

interface CalicoPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ip: string;
  readonly node: string;
  readonly account: string;
  readonly ports: Readonly<Record<string, readonly [protocol: string, port: number]>>;
}

interface Flow {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port: number;
  /** Null where the flow has none, as ICMP. */
  readonly sourcePort: number | null;
}

type Direction = 'Ingress' | 'Egress';
type Fate = 'Allow' | 'Deny' | 'Pass' | null;

/** Calico's evaluation read literally from policy semantics 3, one flow at a time, addresses only. */
export class CalicoOracle {
  constructor(readonly world: CalicoWorld) {}

  allows(flow: Flow): boolean {
    if (flow.source === flow.destination) return true;
    const [source, destination] = [podAt(flow.source), podAt(flow.destination)];
    if (source !== undefined && !this.#side('Egress', source, flow)) return false;
    if (destination === undefined) return true;
    // The node of a pod always reaches it.
    return calicoNodes[destination.node] === flow.source || this.#side('Ingress', destination, flow);
  }

  #side(direction: Direction, subject: CalicoPod, flow: Flow): boolean {
    const last = Number.POSITIVE_INFINITY;
    const tiers = [...this.world.tiers, { name: 'default', order: 1_000_000, defaultAction: 'Deny' as const }].sort(
      (a, b) => compare(a.order ?? last, b.order ?? last) || compare(a.name, b.name),
    );
    for (const tier of tiers) {
      const fate = this.#tier(tier, direction, subject, flow);
      if (fate === 'Allow') return true;
      if (fate === 'Deny') return false;
    }
    // Profiles allow everything.
    return true;
  }

  #tier(tier: CalicoWorld['tiers'][number], direction: Direction, subject: CalicoPod, flow: Flow): Fate {
    const own = this.world.policies
      .filter((policy) => policy.tier === tier.name && applies(policy, direction, subject))
      .map((policy) => ({
        order: policy.order ?? Number.POSITIVE_INFINITY,
        key: `${policy.name}/${policy.namespace ?? ''}/${policy.namespace === null ? 'GlobalNetworkPolicy' : 'NetworkPolicy'}`,
        fate: () => this.#policy(policy, direction, flow),
      }));
    const kubernetes = this.world.kubernetes
      .filter(({ namespace }) => tier.name === 'default' && direction === 'Ingress' && namespace === subject.namespace)
      .map(({ name, namespace, from, port }) => ({
        order: 1000,
        key: `${name}/${namespace}/NetworkPolicy`,
        fate: (): Fate => {
          const isFrom = from === null || podAt(flow.source)?.namespace === from;
          return isFrom && flow.protocol === 'TCP' && flow.port === port ? 'Allow' : null;
        },
      }));
    const applicable = [...own, ...kubernetes].sort((a, b) => compare(a.order, b.order) || compare(a.key, b.key));
    if (applicable.length === 0) return 'Pass';
    for (const { fate } of applicable) {
      const found = fate();
      if (found !== null) return found;
    }
    return tier.defaultAction;
  }

  #policy(policy: CalicoPolicy, direction: Direction, flow: Flow): Fate {
    for (const rule of direction === 'Ingress' ? policy.ingress : policy.egress) {
      if (rule.action !== 'Log' && this.#matches(rule, policy.namespace, flow)) return rule.action;
    }
    return null;
  }

  #matches(rule: CalicoRule, namespace: string | null, flow: Flow): boolean {
    if (rule.protocol !== undefined && rule.protocol !== flow.protocol) return false;
    if (rule.notProtocol === flow.protocol) return false;
    return (
      this.#isIn(rule.source, flow.source, namespace) &&
      this.#isIn(rule.destination, flow.destination, namespace) &&
      this.#isBehind(rule, flow) &&
      isFrom(rule, flow) &&
      this.#isAt(rule, flow)
    );
  }

  /** A destination is an address with a port behind the Service, a source one of its addresses. */
  #isBehind({ source, destination }: CalicoRule, flow: Flow): boolean {
    const slicesOf = (services: CalicoEntity['services']): CalicoService['slices'] =>
      this.world.services.find(({ name, namespace }) => name === services?.name && namespace === services.namespace)
        ?.slices ?? [];
    const isSource =
      source.services === undefined ||
      slicesOf(source.services).some(({ addresses, ports }) => ports.length > 0 && addresses.includes(flow.source));
    const isDestination =
      destination.services === undefined ||
      slicesOf(destination.services).some(
        ({ addresses, ports }) =>
          addresses.includes(flow.destination) &&
          ports.some(({ protocol, port }) => protocol === flow.protocol && port === flow.port),
      );
    return isSource && isDestination;
  }

  #isAt({ destination: { ports = [], notPorts = [] } }: CalicoRule, flow: Flow): boolean {
    const is = (port: number | string): boolean => {
      const range = /^(\d+):(\d+)$/.exec(String(port));
      if (typeof port === 'number') return port === flow.port;
      if (range !== null) return Number(range[1]) <= flow.port && flow.port <= Number(range[2]);
      const pod = podAt(flow.destination);
      const declared = pod !== undefined && Object.hasOwn(pod.ports, port) ? pod.ports[port] : undefined;
      return declared !== undefined && declared[0] === flow.protocol && declared[1] === flow.port;
    };
    return (ports.length === 0 || ports.some(is)) && !notPorts.some(is);
  }

  #isIn(entity: CalicoEntity, ip: string, namespace: string | null): boolean {
    const { nets = [], notNets = [], selector, notSelector, namespaceSelector, serviceAccounts } = entity;
    // All packets here are IPv4: a list without IPv4 takes the rule away.
    const four = (list: readonly string[]): string[] => list.filter((net) => !net.includes(':'));
    if (nets.length > 0 && !four(nets).some((net) => contains(net, ip))) return false;
    if (notNets.length > 0 && (four(notNets).length === 0 || four(notNets).some((net) => contains(net, ip))))
      return false;
    const known = this.#knownAt(ip);
    const isLocal = namespace !== null && [selector, notSelector, serviceAccounts].some((part) => part !== undefined);
    const wanted = [
      ...(selector === undefined ? [] : [selector.holds]),
      ...(serviceAccounts === undefined
        ? []
        : [
            ({ 'projectcalico.org/serviceaccount': name }: Labels) =>
              serviceAccounts.names.length === 0 || serviceAccounts.names.includes(name),
            (labels: Labels) => serviceAccounts.selector?.holds(labels) !== false,
          ]),
      ...(namespaceSelector !== undefined
        ? [namespaceSelector.holds]
        : isLocal
          ? [(labels: Labels) => labels['projectcalico.org/namespace'] === namespace]
          : []),
    ];
    if (wanted.length > 0) {
      return known.some((labels) => wanted.every((holds) => holds(labels)) && notSelector?.holds(labels) !== true);
    }
    return notSelector === undefined || !known.some((labels) => notSelector.holds(labels));
  }

  /** The labels of everything that is known to be at an address. */
  #knownAt(ip: string): Labels[] {
    const pod = podAt(ip);
    const sets = this.world.sets.filter(({ nets }) => nets.some((net) => !net.includes(':') && contains(net, ip)));
    return [...(pod === undefined ? [] : [labelsOfPod(pod)]), ...sets.map(labelsOfSet)];
  }
}

function applies(policy: CalicoPolicy, direction: Direction, pod: CalicoPod): boolean {
  const labels = labelsOfPod(pod);
  if (policy.namespace !== null && policy.namespace !== pod.namespace) return false;
  if (policy.namespace === null && policy.namespaceSelector?.holds(labels) === false) return false;
  if (policy.serviceAccountSelector?.holds(labels) === false) return false;
  const { ingress, egress } = policy;
  const types =
    policy.types ?? (egress.length === 0 ? ['Ingress'] : ingress.length === 0 ? ['Egress'] : ['Ingress', 'Egress']);
  return policy.selector.holds(labels) && types.includes(direction);
}

function isFrom({ source: { ports = [], notPorts = [] } }: CalicoRule, { sourcePort }: Flow): boolean {
  const is = (port: number | string): boolean => {
    const [first, last] = String(port).split(':').map(Number);
    return sourcePort !== null && first <= sourcePort && sourcePort <= (last ?? first);
  };
  return (ports.length === 0 || ports.some(is)) && !notPorts.some(is);
}

function labelsOfPod({ labels, namespace, account }: CalicoPod): Labels {
  return {
    ...inherited(namespace),
    'projectcalico.org/orchestrator': 'k8s',
    'projectcalico.org/serviceaccount': account,
    ...Object.fromEntries(
      Object.entries({ ...calicoAccounts[`${namespace}/${account}`], 'projectcalico.org/name': account }).map(
        ([key, value]) => [`pcsa.${key}`, value],
      ),
    ),
    ...labels,
  };
}

function labelsOfSet({ labels, namespace }: CalicoSet): Labels {
  return namespace === null ? labels : { ...inherited(namespace), ...labels };
}

function inherited(namespace: string): Labels {
  const own = {
    ...calicoNamespaces[namespace],
    'kubernetes.io/metadata.name': namespace,
    'projectcalico.org/name': namespace,
  };
  return {
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`pcns.${key}`, value])),
    'projectcalico.org/namespace': namespace,
  };
}

function podAt(ip: string): CalicoPod | undefined {
  return calicoPods.find((pod) => pod.ip === ip);
}

function contains(net: string, ip: string): boolean {
  const [base, prefix] = net.split('/');
  const size = 2 ** (32 - Number(prefix));
  const number = (text: string): number => text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return Math.floor(number(base) / size) === Math.floor(number(ip) / size);
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
