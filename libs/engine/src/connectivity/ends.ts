import { compareText, noOwner, type Pod, type PodColumns, podColumnsOf } from '#model';
import type { Cluster } from '../query/cluster.js';
import type { ConnectivityEnd, ConnectivityLevel } from './connectivity.js';
import { type EndsAndUnits, relateEndsAndUnits } from './relate-ends-and-units.js';
import type { Units } from './units.js';

/**
 * The ends of rows at one level: first those that are made of pods, by namespace, kind and name; then the nodes by
 * name; then the address endpoints by first address. The order is that of rows, first by source, then by destination.
 */
export interface Ends extends EndsAndUnits {
  readonly count: number;
  /** One more than the last end that is made of pods. */
  readonly podEnd: number;
  /** One more than the last node. */
  readonly nodeEnd: number;
  /** By pod of the model: its end, -1 where it is not live. */
  readonly ofPod: Int32Array;
  /** By node of the model: its end, -1 where it has no address or nodes are not asked for. */
  readonly ofNode: Int32Array;
  /** By what an end is known in every snapshot; keys of ends that are made of pods ascend, as texts. Not of address endpoints. */
  keyOf(end: number): string;
  /** Shows an end; with `family`, only the addresses of that family. */
  describe(end: number, family?: 'IPv4' | 'IPv6' | null): ConnectivityEnd;
}

/** In steps. Cost: linear in the pods, plus sorting the workloads. */
export function* makeEnds(
  cluster: Cluster,
  units: Units,
  level: ConnectivityLevel,
  includeNodes: boolean,
): Generator<void, Ends> {
  const { model } = cluster;
  const groups = yield* groupPods(cluster, units, level);
  yield;
  const podEnd = groups.firstPod.length;
  const ofNode = new Int32Array(model.nodes.length).fill(-1);
  const nodes: number[] = [];
  if (includeNodes) {
    for (const [node, unit] of units.ofNode.entries()) if (unit >= 0) ofNode[node] = podEnd + nodes.push(node) - 1;
  }
  const nodeEnd = podEnd + nodes.length;
  const count = nodeEnd + units.addressEndpoints.length;
  const endOf: number[] = [];
  const unitOf: number[] = [];
  const add = (end: number, unit: number): void => {
    endOf.push(end);
    unitOf.push(unit);
  };
  for (const [pod, end] of groups.endOfPod.entries()) if (end >= 0) add(end, units.ofPod[pod]);
  for (const [node, end] of ofNode.entries()) if (end >= 0) add(end, units.ofNode[node]);
  for (let end = nodeEnd; end < count; end++) add(end, units.nodeEnd + end - nodeEnd);
  yield;
  return {
    count,
    podEnd,
    nodeEnd,
    ...relateEndsAndUnits(Uint32Array.from(endOf), count, Uint32Array.from(unitOf), units.count),
    ofPod: groups.endOfPod,
    ofNode,
    keyOf: (end) =>
      end < podEnd
        ? keyOfPods(level, model.pods.at(groups.firstPod[end]) as Pod)
        : model.nodes[nodes[end - podEnd]].name,
    describe: (end, family = null) => {
      if (end < podEnd)
        return describePods(cluster, level, model.pods.at(groups.firstPod[end]) as Pod, groups.size[end]);
      if (end < nodeEnd) return { kind: 'Node', name: model.nodes[nodes[end - podEnd]].name };
      const { ranges } = units.addressEndpoints[end - nodeEnd];
      const shown = ranges.filter((range) => family === null || range.family === family);
      return { kind: 'AddressBlock', ranges: shown.map(({ text }) => text) };
    },
  };
}

interface Groups {
  readonly endOfPod: Int32Array;
  /** By end: its first pod in the order of the model, and how many it has. */
  readonly firstPod: readonly number[];
  readonly size: readonly number[];
}

/** Groups live pods by what they belong to at a level, in the order of ends. */
function* groupPods({ model }: Cluster, units: Units, level: ConnectivityLevel): Generator<void, Groups> {
  const columns = podColumnsOf(model);
  const keys = keysAt(level, columns, units);
  const numbers = new Map<number, number>();
  const firstPod: number[] = [];
  const size: number[] = [];
  const groupOfPod = new Int32Array(columns.length).fill(-1);
  for (let pod = 0; pod < columns.length; pod++) {
    if (units.ofPod[pod] < 0) continue;
    let group = numbers.get(keys(pod));
    if (group === undefined) {
      numbers.set(keys(pod), (group = firstPod.push(pod) - 1));
      size.push(0);
    }
    size[group]++;
    groupOfPod[pod] = group;
  }
  // Pods are in the order of the model, which is that of the groups but for workloads.
  if (level !== 'workload') return { endOfPod: groupOfPod, firstPod, size };
  yield;
  const owners = firstPod.map((pod) => ownerOf(model.pods.at(pod) as Pod));
  yield;
  const order = [...firstPod.keys()].sort(
    (a, b) =>
      columns.namespace[firstPod[a]] - columns.namespace[firstPod[b]] ||
      compareText(owners[a].kind, owners[b].kind) ||
      compareText(owners[a].name, owners[b].name) ||
      compareText(owners[a].group, owners[b].group),
  );
  const endOfGroup = new Int32Array(order.length);
  order.forEach((group, end) => (endOfGroup[group] = end));
  return {
    endOfPod: groupOfPod.map((group) => (group < 0 ? -1 : endOfGroup[group])),
    firstPod: order.map((group) => firstPod[group]),
    size: order.map((group) => size[group]),
  };
}

/** Equal numbers for pods of one end. */
function keysAt(level: ConnectivityLevel, columns: PodColumns, units: Units): (pod: number) => number {
  switch (level) {
    case 'pod':
      return (pod) => pod;
    case 'namespace':
      return (pod) => columns.namespace[pod];
    case 'class':
      // HostNetwork pods of several namespaces may share a unit; a class is of one namespace.
      return (pod) => columns.namespace[pod] * 2 ** 24 + units.ofPod[pod];
    case 'workload': {
      const { owner, workloads } = columns.owners();
      return (pod) => (owner[pod] === noOwner ? workloads.length + pod : owner[pod]);
    }
  }
}

/** NUL is below every character of a name, so that keys ascend as the ends do. */
function keyOfPods(level: ConnectivityLevel, pod: Pod): string {
  if (level === 'namespace') return pod.namespace;
  if (level !== 'workload') return `${pod.namespace}\0${pod.name}`;
  const { group, kind, name } = ownerOf(pod);
  return `${pod.namespace}\0${kind}\0${name}\0${group}`;
}

/** A pod without an owner is its own workload. */
function ownerOf({ workload, name }: Pod): { group: string; kind: string; name: string } {
  return workload ?? { group: '', kind: 'Pod', name };
}

function describePods(
  { lookups, semantics }: Cluster,
  level: ConnectivityLevel,
  first: Pod,
  pods: number,
): ConnectivityEnd {
  const { namespace, name } = first;
  const host = first.hostNetwork && semantics.hostNetworkAs === 'node' ? ({ hostNetwork: true } as const) : {};
  if (level === 'namespace') return { kind: 'Namespace', name: namespace, pods };
  if (level === 'class') return { kind: 'PodClass', namespace, name, pods, ...host };
  if (level === 'pod' || first.workload === null) return { kind: 'Pod', namespace, name, ...host };
  const owner = first.workload;
  const workload = lookups
    .workloadsByName()
    .get(`${owner.namespace}/${owner.name}`)
    ?.find(({ kind, group }) => kind === owner.kind && group === owner.group);
  const replicas = workload?.replicas ?? pods;
  return { kind: owner.kind, namespace: owner.namespace, name: owner.name, replicas, ...host };
}
