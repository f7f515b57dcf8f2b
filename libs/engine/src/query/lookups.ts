import type {
  Address,
  ClusterModel,
  Direction,
  Labels,
  Pod,
  PodColumns,
  Policy,
  Service,
  Workload,
  WorkloadRef,
} from '#model';
import { noOwner, parseAddress, podColumnsOf, podFlags } from '#model';
import { clusterFamilies, firstPerFamily } from '../compile/liveness.js';
import { NodeAddresses } from '../compile/node-addresses.js';
import { speaksOf } from '../compile/speaks-of.js';
import { standInNamespaces } from '../entries/stand-in-namespaces.js';
import type { EnforcementView } from '../compile/enforcement-view.js';
import { NodeDoubts } from '../compile/node-doubts.js';
import { PairNumbers } from '../sets/pair-numbers.js';
import { PodsByAddress } from './pods-by-address.js';
import { PodsByName } from './pods-by-name.js';

/** A port of a Service that has one on every node. */
export interface NodePort {
  readonly service: Service;
  readonly port: number;
}

/** A port of a pod that has one on its node. */
export interface HostPort {
  /** The number of the pod. */
  readonly pod: number;
  readonly port: number;
  /** At this address of the node only; null: at each. */
  readonly hostIp: string | null;
}

/**
 * Finds things of a model by name and by address. Tables are built when first needed, linear in what they hold; those of
 * pods hold numbers and no texts.
 */
export class Lookups {
  constructor(readonly model: ClusterModel) {}

  readonly columns = lazy((): PodColumns => podColumnsOf(this.model));
  readonly nodeNumber = lazy(() => new Map(this.model.nodes.map((node, i) => [node.name, i])));
  readonly serviceByName = lazy(() => byName<Service>(this.model.services));
  readonly namespaceLabels = lazy(
    () => new Map<string, Labels>(this.model.namespaces.map(({ name, labels }) => [name, labels])),
  );
  readonly #namespaceNumber = lazy(() => new Map(this.model.namespaces.map(({ name }, i) => [name, i])));
  readonly families = lazy(() => clusterFamilies(this.model));

  /** Workloads by `namespace/name`; several kinds may share a name. */
  readonly workloadsByName = lazy(() =>
    grouped(this.model.workloads, (workload: Workload) => `${workload.namespace}/${workload.name}`),
  );

  /** By namespace: its pods are numbers `start[i]` to `start[i + 1] - 1`. */
  readonly #podStart = lazy(() => {
    const start = new Uint32Array(this.model.namespaces.length + 1);
    for (const namespace of this.columns().namespace) start[namespace + 1]++;
    for (let i = 1; i < start.length; i++) start[i] += start[i - 1];
    return start;
  });

  readonly #likes = new PairNumbers();
  readonly #policiesOfLikes = new Map<number, readonly Policy[]>();

  readonly #podsByName = lazy(() => new PodsByName(this.columns()));
  readonly #podsByAddress = lazy(() => new PodsByAddress(this.columns()));

  /** Pod numbers by `kind namespace/name` of their workload. */
  readonly #podsOfWorkload = lazy(() => {
    const { owner, workloads } = this.columns().owners();
    const groups = new Map<string, number[]>();
    const lists = workloads.map((workload) => {
      const key = workloadKey(workload);
      const list = groups.get(key) ?? [];
      groups.set(key, list);
      return list;
    });
    for (let pod = 0; pod < owner.length; pod++) if (owner[pod] !== noOwner) lists[owner[pod]].push(pod);
    return groups;
  });

  readonly nodeByAddress = lazy(() => {
    const owners = new Map<string, number>();
    for (const [number, node] of this.model.nodes.entries()) {
      for (const address of node.addresses) if (!owners.has(address)) owners.set(address, number);
    }
    return owners;
  });

  #nodeDoubts: NodeDoubts | null = null;

  /** What of the nodes' traffic is in doubt. */
  nodeDoubts(enforcement: EnforcementView): NodeDoubts {
    return (this.#nodeDoubts ??= new NodeDoubts(this.model.notUnderstood, enforcement));
  }

  /** What rules about nodes and about the outside mean here. */
  readonly nodeAddressIndex = lazy(() => new NodeAddresses(this.model));

  /** Whether some rule speaks of the node of its subject. */
  readonly speaksOfOwnNode = lazy(() => speaksOf(this.model.policies, 'OwnNode'));

  /** Services by the addresses at which their proxies take connections; load balancers may share one. */
  readonly servicesByAddress = lazy(() => {
    const owners = new Map<string, Service[]>();
    for (const service of this.model.services) {
      const { clusterIps, externalIps, loadBalancerIps } = service;
      for (const address of new Set([...clusterIps, ...externalIps, ...loadBalancerIps])) {
        owners.set(address, [...(owners.get(address) ?? []), service]);
      }
    }
    return owners;
  });

  /** Ports of Services by `protocol number` of the port that they have on every node. */
  readonly nodePorts = lazy(() => {
    const found = new Map<string, NodePort>();
    for (const service of this.model.services) {
      for (const { protocol, port, nodePort } of service.ports) {
        if (nodePort !== null) found.set(`${protocol} ${nodePort}`, { service, port });
      }
    }
    return found;
  });

  /** Ports of unfinished pods by `node protocol number` of the port that they have on their node. */
  readonly hostPorts = lazy(() => {
    const { length, flags, portList, portLists } = this.columns();
    const behind = portLists.map((ports) => ports.filter(({ hostPort }) => hostPort !== null));
    const found = new Map<string, HostPort[]>();
    for (let pod = 0; pod < length; pod++) {
      if (behind[portList[pod]].length === 0 || (flags[pod] & podFlags.hostNetwork) !== 0) continue;
      const { node, phase } = this.model.pods.at(pod) as Pod;
      if (node === null || phase === 'Succeeded' || phase === 'Failed') continue;
      for (const { protocol, hostPort, hostIp, port } of behind[portList[pod]]) {
        const key = `${node} ${protocol} ${hostPort}`;
        const isAny = hostIp === null || hostIp === '0.0.0.0' || hostIp === '::';
        found.set(key, [...(found.get(key) ?? []), { pod, port, hostIp: isAny ? null : hostIp }]);
      }
    }
    return found;
  });

  /** Policies whose subjects are in one named namespace, by that name. */
  readonly policiesOfNamespace = lazy(() =>
    grouped(
      this.model.policies.filter(({ subject }) => subject.namespaces.kind === 'Named'),
      ({ subject }) => (subject.namespaces.kind === 'Named' ? subject.namespaces.name : ''),
    ),
  );

  /** Policies whose subjects may be in any namespace. */
  readonly widePolicies = lazy(() =>
    this.model.policies.filter(({ subject }) => subject.namespaces.kind === 'Selected'),
  );

  /** The number of a pod; undefined where there is none of that name. */
  podNumber(namespace: string, name: string): number | undefined {
    const number = this.#namespaceNumber().get(namespace);
    return number === undefined ? undefined : this.#podsByName().at(number, name);
  }

  /** The pods of a namespace, which follow one another: the first, and one more than the last. */
  podRange(namespace: string): readonly [start: number, end: number] {
    const number = this.#namespaceNumber().get(namespace);
    const start = this.#podStart();
    return number === undefined ? [0, 0] : [start[number], start[number + 1]];
  }

  /** The numbers of a namespace's pods, ascending; of all pods for null. */
  podNumbers(namespace: string | null): number[] {
    const [start, end] = namespace === null ? [0, this.model.pods.length] : this.podRange(namespace);
    return Array.from({ length: end - start }, (_, i) => start + i);
  }

  /** The pods that a workload is the top owner of; kinds are told apart, API groups are not. */
  podsOfWorkload(workload: Omit<WorkloadRef, 'group'>): readonly number[] {
    return this.#podsOfWorkload().get(workloadKey(workload)) ?? [];
  }

  /** Pods with this address of their own, finished ones too; none of those on their node's network. */
  podsAt(address: Address): readonly number[] {
    return this.#podsByAddress().at(address);
  }

  /** Every pod with an address of its own, finished ones too; none of those on their node's network. */
  podsWithAddress(): number[] {
    const { length, flags } = this.columns();
    const own = podFlags.hasIPv4 | podFlags.hasIPv6;
    const found: number[] = [];
    for (let i = 0; i < length; i++) {
      if ((flags[i] & own) !== 0 && (flags[i] & podFlags.hostNetwork) === 0) found.push(i);
    }
    return found;
  }

  /**
   * The policies that `find` finds for a pod and a direction: asked once for pods of one namespace with the same labels,
   * on their node's network or not. At most two lists for each distinct label set of each namespace are kept.
   */
  rememberedForLikes(pod: number, direction: Direction, find: () => readonly Policy[]): readonly Policy[] {
    const { namespace, labelSet, flags } = this.columns();
    const likes = this.#likes.of(namespace[pod], labelSet[pod]);
    const key = 4 * likes + ((flags[pod] & podFlags.hostNetwork) === 0 ? 0 : 2) + (direction === 'Egress' ? 1 : 0);
    let policies = this.#policiesOfLikes.get(key);
    if (policies === undefined) this.#policiesOfLikes.set(key, (policies = find()));
    return policies;
  }

  /** Labels of a namespace; none for one that is not there. */
  labelsOfNamespace(name: string): Labels {
    return this.namespaceLabels().get(name) ?? standInNamespaces.get(name) ?? {};
  }

  /** Policies that may select a pod of the namespace. */
  policiesFor(namespace: string): readonly Policy[] {
    const own = this.policiesOfNamespace().get(namespace) ?? [];
    return this.widePolicies().length === 0 ? own : [...own, ...this.widePolicies()];
  }

  /** The addresses under which a node is reached: the first of each family. */
  nodeAddresses(number: number): readonly Address[] {
    return firstPerFamily(this.model.nodes[number].addresses).flatMap((text) => parseAddress(text) ?? []);
  }
}

function workloadKey({ kind, namespace, name }: Omit<WorkloadRef, 'group'>): string {
  return `${kind} ${namespace}/${name}`;
}

/** A value that is made when it is first asked for. */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function byName<T extends { namespace: string; name: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [`${item.namespace}/${item.name}`, item]));
}

/** Items by a key, each list in their order. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
