import type { ClusterModel, Labels, Policy, Pod, Service, Workload } from '#model';
import { firstPerFamily } from '../compile/liveness.js';

/** Finds things of a model by name and by address. Each table is built when first needed, linear in what it holds. */
export class Lookups {
  constructor(readonly model: ClusterModel) {}

  readonly podNumber = lazy(() => numbered(this.model.pods));
  readonly nodeNumber = lazy(() => new Map(this.model.nodes.map((node, i) => [node.name, i])));
  readonly serviceByName = lazy(() => byName<Service>(this.model.services));
  readonly namespaceLabels = lazy(
    () => new Map<string, Labels>(this.model.namespaces.map(({ name, labels }) => [name, labels])),
  );

  /** Workloads by `namespace/name`; several kinds may share a name. */
  readonly workloadsByName = lazy(() =>
    grouped(this.model.workloads, (workload: Workload) => `${workload.namespace}/${workload.name}`),
  );

  /** Pod numbers by `kind namespace/name` of their workload. */
  readonly podsOfWorkload = lazy(() =>
    grouped(
      this.model.pods.map((_, number) => number).filter((number) => this.model.pods[number].workload !== null),
      (number) => workloadKey(this.model.pods[number].workload as NonNullable<Pod['workload']>),
    ),
  );

  readonly podsOfNamespace = lazy(() =>
    grouped(
      this.model.pods.map((_, number) => number),
      (number) => this.model.pods[number].namespace,
    ),
  );

  /** Pods with an address of their own, finished ones too, by canonical address. */
  readonly podsByAddress = lazy(() => {
    const owners = new Map<string, number[]>();
    for (const [number, pod] of this.model.pods.entries()) {
      if (pod.hostNetwork) continue;
      for (const address of pod.addresses) owners.set(address, [...(owners.get(address) ?? []), number]);
    }
    return owners;
  });

  readonly nodeByAddress = lazy(() => {
    const owners = new Map<string, number>();
    for (const [number, node] of this.model.nodes.entries()) {
      for (const address of node.addresses) if (!owners.has(address)) owners.set(address, number);
    }
    return owners;
  });

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

  /** Policies that may select a pod of the namespace. */
  policiesFor(namespace: string): readonly Policy[] {
    return [...(this.policiesOfNamespace().get(namespace) ?? []), ...this.widePolicies()];
  }

  /** The addresses under which a node is reached: the first of each family. */
  nodeAddresses(number: number): readonly string[] {
    return firstPerFamily(this.model.nodes[number].addresses);
  }
}

/** Key of a workload in `podsOfWorkload`; kinds are told apart, API groups are not. */
export function workloadKey({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return `${kind} ${namespace}/${name}`;
}

function lazy<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function numbered(items: readonly { namespace: string; name: string }[]): Map<string, number> {
  return new Map(items.map(({ namespace, name }, i) => [`${namespace}/${name}`, i]));
}

function byName<T extends { namespace: string; name: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [`${item.namespace}/${item.name}`, item]));
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
