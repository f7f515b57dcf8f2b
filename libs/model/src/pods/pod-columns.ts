import { parseAddress } from '../address.js';
import type { ClusterModel, ContainerPort, Pod, WorkloadRef } from '../cluster-model.js';
import type { Labels } from '../labels.js';
import { hashOfName } from './hash-of-name.js';
import type { PodSequence } from './pod-sequence.js';

/** The phases of a pod in the order of their numbers in `PodColumns.flags`. */
export const podPhases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;

/** Bits of `PodColumns.flags`; the lowest three are the phase. */
export const podFlags = {
  phase: 7,
  hostNetwork: 8,
  ready: 16,
  template: 32,
  hasIPv4: 64,
  hasIPv6: 128,
  /** The pod lists its IPv6 address before its IPv4 address. */
  IPv6First: 256,
} as const;

/** Stands in `PodColumns.node` for a pod without a node. */
export const noNode = 0xffffffff;

/** Stands in `PodColumns.owner` for a pod that stands for itself. */
export const noOwner = 0xffffffff;

/** Pods by property, one array each; `i` is the pod's number in the model. */
export interface PodColumns {
  readonly length: number;
  /** Index into the model's namespaces. */
  readonly namespace: Uint32Array;
  /** Index into `labelSets`, where equal sets may occur more than once. */
  readonly labelSet: Uint32Array;
  readonly labelSets: readonly Labels[];
  /** Index into `portLists`. */
  readonly portList: Uint32Array;
  readonly portLists: readonly (readonly ContainerPort[])[];
  /** Index into `nodeNames`, `noNode` where there is none. */
  readonly node: Uint32Array;
  /** The names of the model's nodes, in its order, then those that only pods name. */
  readonly nodeNames: readonly string[];
  readonly flags: Uint16Array;
  /** The pod's own address where `hasIPv4` is set. */
  readonly address4: Uint32Array;
  /** Four words each, highest first; empty where no pod has an IPv6 address. */
  readonly address6: Uint32Array;
  /** `hashOfName` of the pod's name, and whether it is a certain one; neither makes the name a text. */
  hashName(pod: number): number;
  isNamed(pod: number, name: string): boolean;
  /** The workloads at the top of the pods' chains of owners. */
  owners(): PodOwners;
}

export interface PodOwners {
  /** By pod: index into `workloads`, `noOwner` where there is none. */
  readonly owner: Uint32Array;
  readonly workloads: readonly WorkloadRef[];
}

/** What the columns of pods are made from. */
type PodsOfModel = Pick<ClusterModel, 'pods' | 'namespaces' | 'nodes'>;

const built = new WeakMap<PodSequence, PodColumns>();

/** The pods of a model as columns. Cost: linear in the pods for an array, once; nothing for a packed model. */
export function podColumnsOf(model: PodsOfModel): PodColumns {
  let columns = model.pods.columns ?? built.get(model.pods);
  if (columns === undefined) {
    columns = buildColumns(model);
    built.set(model.pods, columns);
  }
  return columns;
}

/** In columns made from others, one pod of so many may differ. */
const patchedShare = 50;

/**
 * Makes the columns of a model from those of another, where few of its pods differ and these only in labels and ports; for
 * all others both must hold the very same objects, as after an edit. Cost: linear in the pods, with a small factor. Does
 * nothing where it does not apply: `podColumnsOf` then builds them.
 */
export function patchPodColumns(model: PodsOfModel, before: PodsOfModel): void {
  const { pods } = model;
  const base = built.get(before.pods);
  if (base === undefined || pods.columns !== undefined || built.has(pods) || pods.length !== before.pods.length) return;
  if (model.namespaces !== before.namespaces || model.nodes !== before.nodes) return;
  const changed: [number, Pod][] = [];
  const others = before.pods[Symbol.iterator]();
  let i = 0;
  for (const pod of pods) {
    const other = others.next().value as Pod;
    if (pod !== other) {
      if (!differInLabelsOnly(pod, other) || changed.length * patchedShare > pods.length) return;
      changed.push([i, pod]);
    }
    i++;
  }
  const labelSets = [...base.labelSets];
  const portLists = [...base.portLists];
  const labelSet = base.labelSet.slice();
  const portList = base.portList.slice();
  for (const [number, { labels, ports }] of changed) {
    labelSet[number] = labelSets.push(labels) - 1;
    portList[number] = portLists.push(ports) - 1;
  }
  built.set(pods, { ...base, labelSet, labelSets, portList, portLists, ...ownNames(pods) });
}

/** Whether two pods are the same in all but labels and ports, which `PodColumns` has in lists of their own. */
function differInLabelsOnly(a: Pod, b: Pod): boolean {
  return (
    a.namespace === b.namespace &&
    a.node === b.node &&
    a.addresses.join() === b.addresses.join() &&
    flagsOf(a) === flagsOf(b)
  );
}

function buildColumns({ pods, namespaces, nodes }: PodsOfModel): PodColumns {
  const { length } = pods;
  const namespaceNumber = new Map(namespaces.map(({ name }, i) => [name, i]));
  const nodeNames = new Numbering<string>(nodes.map(({ name }) => name));
  const labelSets = new Numbering<Labels>([]);
  const portLists = new Numbering<readonly ContainerPort[]>([]);
  const columns = {
    namespace: new Uint32Array(length),
    labelSet: new Uint32Array(length),
    portList: new Uint32Array(length),
    node: new Uint32Array(length),
    flags: new Uint16Array(length),
    address4: new Uint32Array(length),
  };
  let address6 = new Uint32Array(0);
  let i = 0;
  let namespace = 0;
  let lastNamespace: string | null = null;
  for (const pod of pods) {
    if (pod.namespace !== lastNamespace) {
      lastNamespace = pod.namespace;
      namespace = namespaceNumber.get(pod.namespace) as number;
    }
    columns.namespace[i] = namespace;
    columns.labelSet[i] = labelSets.of(pod.labels);
    columns.portList[i] = portLists.of(pod.ports);
    columns.node[i] = pod.node === null ? noNode : nodeNames.of(pod.node);
    let flags = flagsOf(pod);
    for (const text of pod.addresses) {
      const address = parseAddress(text);
      if (address?.family === 'IPv4') {
        flags |= podFlags.hasIPv4;
        columns.address4[i] = address.value;
      } else if (address !== null) {
        flags |= podFlags.hasIPv6 | ((flags & podFlags.hasIPv4) === 0 ? podFlags.IPv6First : 0);
        if (address6.length === 0) address6 = new Uint32Array(4 * length);
        for (let word = 0; word < 4; word++) {
          address6[4 * i + word] = Number((address.value >> BigInt(96 - 32 * word)) & 0xffffffffn);
        }
      }
    }
    columns.flags[i] = flags;
    i++;
  }
  return {
    length,
    ...columns,
    address6,
    labelSets: labelSets.items,
    portLists: portLists.items,
    nodeNames: nodeNames.items,
    ...ownNames(pods),
  };
}

function ownNames(pods: PodSequence): Pick<PodColumns, 'hashName' | 'isNamed' | 'owners'> {
  return {
    hashName: (pod) => hashOfName(pods.at(pod)?.name ?? ''),
    isNamed: (pod, name) => pods.at(pod)?.name === name,
    owners: () => ownersOf(pods),
  };
}

function ownersOf(pods: PodSequence): PodOwners {
  const owner = new Uint32Array(pods.length).fill(noOwner);
  const workloads: WorkloadRef[] = [];
  const numbers = new Numbering<string>([]);
  for (const [i, { workload }] of pods.entries()) {
    if (workload === null) continue;
    owner[i] = numbers.of(`${workload.group} ${workload.kind} ${workload.namespace}/${workload.name}`);
    if (owner[i] === workloads.length) workloads.push(workload);
  }
  return { owner, workloads };
}

function flagsOf({ phase, hostNetwork, ready, origin }: Pod): number {
  return (
    podPhases.indexOf(phase) |
    (hostNetwork ? podFlags.hostNetwork : 0) |
    (ready ? podFlags.ready : 0) |
    (origin === 'Template' ? podFlags.template : 0)
  );
}

/** Numbers things by identity (texts by content) in the order in which they are first seen. */
class Numbering<T> {
  readonly #numbers: Map<T, number>;

  constructor(readonly items: T[]) {
    this.#numbers = new Map(items.map((item, i) => [item, i]));
  }

  of(item: T): number {
    let number = this.#numbers.get(item);
    if (number === undefined) {
      number = this.items.push(item) - 1;
      this.#numbers.set(item, number);
    }
    return number;
  }
}
