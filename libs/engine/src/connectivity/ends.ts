import { compareText, type Pod } from '#model';
import type { Cluster } from '../query/cluster.js';
import type { ConnectivityEnd, ConnectivityLevel } from './connectivity.js';
import type { Units } from './units.js';

/**
 * The ends of rows at one level: first those that are made of pods, by namespace, kind and name; then the nodes by
 * name; then the address endpoints by first address. The order is that of rows, first by source, then by destination.
 */
export interface Ends {
  readonly count: number;
  /** One more than the last end that is made of pods. */
  readonly podEnd: number;
  /** One more than the last node. */
  readonly nodeEnd: number;
  /** By end: its stretch in `units`. */
  readonly unitOffsets: Uint32Array;
  readonly units: Uint32Array;
  /** Beside `units`: how many pods of the end are in that unit. */
  readonly members: Uint32Array;
  /** By unit: its stretch in `ends`; ascending. */
  readonly endOffsets: Uint32Array;
  readonly ends: Uint32Array;
  /** By pod of the model: its end, -1 where it is not live. */
  readonly ofPod: Int32Array;
  /** By node of the model: its end, -1 where it has no address or nodes are not asked for. */
  readonly ofNode: Int32Array;
  /** Shows an end; with `family`, only the addresses of that family. */
  describe(end: number, family?: 'IPv4' | 'IPv6' | null): ConnectivityEnd;
}

/** Cost: linear in the pods, plus sorting the workloads. */
export function findEnds(cluster: Cluster, units: Units, level: ConnectivityLevel, includeNodes: boolean): Ends {
  const { model } = cluster;
  const groups = groupPods(cluster, units, level);
  const podEnd = groups.firstPod.length;
  const ofNode = new Int32Array(model.nodes.length).fill(-1);
  const nodes: number[] = [];
  if (includeNodes) {
    for (const [node, unit] of units.ofNode.entries()) if (unit >= 0) ofNode[node] = podEnd + nodes.push(node) - 1;
  }
  const nodeEnd = podEnd + nodes.length;
  const count = nodeEnd + units.addressEndpoints.length;
  const places: number[] = [];
  for (const [pod, end] of groups.endOfPod.entries()) if (end >= 0) places.push(end * 2 ** 24 + units.ofPod[pod]);
  for (const [node, end] of ofNode.entries()) if (end >= 0) places.push(end * 2 ** 24 + units.ofNode[node]);
  for (let i = nodeEnd; i < count; i++) places.push(i * 2 ** 24 + units.nodeEnd + i - nodeEnd);
  return {
    count,
    podEnd,
    nodeEnd,
    ...unitsOfEnds(places, count),
    ...endsOfUnits(places, units.count),
    ofPod: groups.endOfPod,
    ofNode,
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

/** Groups live pods by what they belong to at a level. */
function groupPods({ model }: Cluster, units: Units, level: ConnectivityLevel): Groups {
  const keyOf = keyAt(level, units);
  const numbers = new Map<string | number, number>();
  const firstPod: number[] = [];
  const size: number[] = [];
  const groupOfPod = new Int32Array(model.pods.length).fill(-1);
  for (let number = 0, last = -1; number < model.pods.length; number++) {
    if (units.ofPod[number] < 0) continue;
    const pod = model.pods[number];
    // Pods of one owner bear its name and so stand side by side: few keys are made.
    if (last >= 0 && level !== 'pod' && level !== 'class' && isBeside(model.pods[last], pod, level)) {
      size[groupOfPod[last]]++;
      groupOfPod[number] = groupOfPod[last];
      last = number;
      continue;
    }
    last = number;
    const key = keyOf(pod, number);
    let group = numbers.get(key);
    if (group === undefined) {
      numbers.set(key, (group = firstPod.push(number) - 1));
      size.push(0);
    }
    size[group]++;
    groupOfPod[number] = group;
  }
  // Pods are in the order of the model, which is that of the groups but for workloads.
  if (level !== 'workload') return { endOfPod: groupOfPod, firstPod, size };
  const order = [...firstPod.keys()].sort((a, b) =>
    compareOwners(model.pods.at(firstPod[a]) as Pod, model.pods.at(firstPod[b]) as Pod),
  );
  const endOfGroup = new Int32Array(order.length);
  order.forEach((group, end) => (endOfGroup[group] = end));
  return {
    endOfPod: groupOfPod.map((group) => (group < 0 ? -1 : endOfGroup[group])),
    firstPod: order.map((group) => firstPod[group]),
    size: order.map((group) => size[group]),
  };
}

function keyAt(level: ConnectivityLevel, units: Units): (pod: Pod, number: number) => string | number {
  switch (level) {
    case 'pod':
      return (_pod, number) => number;
    case 'namespace':
      return ({ namespace }) => namespace;
    case 'class':
      return ({ namespace }, number) =>
        units.ofPod[number] < units.podEnd ? units.ofPod[number] : `${units.ofPod[number]} ${namespace}`;
    case 'workload':
      return (pod) => {
        const { group, kind, namespace, name } = ownerOf(pod);
        return `${kind}.${group} ${namespace}/${name}`;
      };
  }
}

function isBeside(one: Pod, other: Pod, level: 'namespace' | 'workload'): boolean {
  if (one.namespace !== other.namespace) return false;
  if (level === 'namespace') return true;
  const [a, b] = [one.workload, other.workload];
  return a !== null && b !== null && (a === b || (a.name === b.name && a.kind === b.kind && a.group === b.group));
}

/** A pod without an owner is its own workload. */
function ownerOf(pod: Pod): { group: string; kind: string; namespace: string; name: string } {
  return pod.workload ?? { group: '', kind: 'Pod', namespace: pod.namespace, name: pod.name };
}

function compareOwners(one: Pod, other: Pod): number {
  const [a, b] = [ownerOf(one), ownerOf(other)];
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.kind, b.kind) ||
    compareText(a.name, b.name) ||
    compareText(a.group, b.group)
  );
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

/** `places` are end × 2^24 + unit, one for each member. */
function unitsOfEnds(places: readonly number[], count: number): Pick<Ends, 'unitOffsets' | 'units' | 'members'> {
  const sorted = Float64Array.from(places).sort();
  const unitOffsets = new Uint32Array(count + 1);
  const units = new Uint32Array(sorted.length);
  const members = new Uint32Array(sorted.length);
  let at = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) {
      members[at - 1]++;
      continue;
    }
    units[at] = sorted[i] % 2 ** 24;
    members[at++] = 1;
    unitOffsets[Math.floor(sorted[i] / 2 ** 24) + 1] = at;
  }
  for (let end = 1; end <= count; end++) if (unitOffsets[end] === 0) unitOffsets[end] = unitOffsets[end - 1];
  return { unitOffsets, units: units.slice(0, at), members: members.slice(0, at) };
}

function endsOfUnits(places: readonly number[], unitCount: number): Pick<Ends, 'endOffsets' | 'ends'> {
  const turned = Float64Array.from(places, (place) => (place % 2 ** 24) * 2 ** 24 + Math.floor(place / 2 ** 24)).sort();
  const distinct = turned.filter((key, i) => i === 0 || key !== turned[i - 1]);
  const endOffsets = new Uint32Array(unitCount + 1);
  const ends = new Uint32Array(distinct.length);
  distinct.forEach((key, i) => {
    ends[i] = key % 2 ** 24;
    endOffsets[Math.floor(key / 2 ** 24) + 1] = i + 1;
  });
  for (let unit = 1; unit <= unitCount; unit++) if (endOffsets[unit] === 0) endOffsets[unit] = endOffsets[unit - 1];
  return { endOffsets, ends };
}
