import type { ClusterModel, Component } from '#model';
import {
  annotationSignals,
  conditionSignals,
  type NetworkPart,
  signalsOfConfigMap,
  signalsOfDaemonSet,
} from './signals.js';

/** One object that shows a part of the network. */
export interface Shown {
  readonly part: NetworkPart;
  readonly by: Component;
  readonly signal: string;
  readonly score: number;
}

/** A weak sign: annotations and conditions of nodes, objects of a part's own kinds. */
export interface Hint {
  readonly part: NetworkPart;
  readonly signal: string;
}

/** Everything in a snapshot that tells which network it runs. */
export interface Evidence {
  /** DaemonSets that run somewhere, by part. */
  readonly daemons: readonly Shown[];
  /** DaemonSets that are wanted on no node and have no pod, or that have no ready pod while another network has. */
  readonly leftovers: readonly Shown[];
  /** ConfigMaps; they count where no DaemonSet was found. */
  readonly configMaps: readonly Shown[];
  readonly hints: readonly Hint[];
  /** Nodes of a k3s server or agent that carry flannel's annotations. */
  readonly isK3sFlannel: boolean;
  /** False where a collector said that it could not list DaemonSets everywhere. */
  readonly daemonSetsCollected: boolean;
  /** Whether the input has a DaemonSet at all. */
  readonly hasDaemonSets: boolean;
  /** Pods of each DaemonSet by node, `namespace/name` first: whether one is ready. Only DaemonSets that show a part. */
  readonly daemonPods: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
}

/** Gathers the evidence. Cost: linear in components, nodes and pods. */
export function gatherEvidence(model: ClusterModel): Evidence {
  const { components, info, workloads } = model;
  const daemonSets = [...components.filter(({ ref }) => ref.kind === 'DaemonSet'), ...staticProxies(model)];
  const shown = daemonSets.flatMap((by) =>
    by.ref.kind === 'Pod'
      ? [{ part: 'kube-proxy' as const, by, signal: `static pod ${by.ref.name}`, score: 3 }]
      : signalsOfDaemonSet(by).map((signal): Shown => ({ ...signal, by })),
  );
  const daemonPods = podsByNode(model, new Set(shown.map(({ by }) => keyOf(by))));
  const isIdle = ({ by }: Shown): boolean => by.desired === 0 && !daemonPods.has(keyOf(by));
  const active = shown.filter((one) => !isIdle(one));
  const isOutranked = withoutReadyPods(active, daemonPods);
  const unlisted = info.notCollected.some(({ kind }) => /^daemonsets?(\.apps)?$/i.test(kind));
  return {
    daemons: active.filter((one) => !isOutranked(one)),
    leftovers: [...shown.filter(isIdle), ...active.filter(isOutranked)],
    configMaps: components
      .filter(({ ref }) => ref.kind === 'ConfigMap')
      .flatMap((by) => signalsOfConfigMap(by).map((signal): Shown => ({ ...signal, by }))),
    hints: hintsOf(model),
    isK3sFlannel: model.nodes.some(
      ({ kubeletVersion, annotations }) =>
        kubeletVersion?.includes('+k3s') === true &&
        Object.keys(annotations).some((key) => key.startsWith('flannel.alpha.coreos.com/')),
    ),
    daemonSetsCollected: !unlisted && info.scope === null,
    hasDaemonSets: workloads.some(({ kind }) => kind === 'DaemonSet'),
    daemonPods,
  };
}

/** `namespace/name` of a component. */
export function keyOf({ ref }: Component): string {
  return `${ref.namespace}/${ref.name}`;
}

/** The first object that shows a part. */
export function shownBy({ daemons, configMaps }: Evidence, part: NetworkPart): Component | null {
  return [...daemons, ...configMaps].find((shown) => shown.part === part)?.by ?? null;
}

export function runs({ daemons }: Evidence, part: NetworkPart): boolean {
  return daemons.some((shown) => shown.part === part);
}

/** kube-proxy as a static pod on each node. */
function staticProxies({ components }: ClusterModel): Component[] {
  return components.filter(({ ref }) => ref.kind === 'Pod' && /^kube-proxy-/.test(ref.name)).slice(0, 1);
}

function podsByNode({ pods }: ClusterModel, wanted: ReadonlySet<string>): Map<string, Map<string, boolean>> {
  const found = new Map<string, Map<string, boolean>>();
  for (const { workload, origin, node, ready, phase } of pods) {
    if (workload?.kind !== 'DaemonSet' || origin !== 'Observed' || node === null) continue;
    const key = `${workload.namespace}/${workload.name}`;
    if (!wanted.has(key)) continue;
    const byNode = found.get(key) ?? new Map<string, boolean>();
    byNode.set(node, (byNode.get(node) ?? false) || (ready && phase === 'Running'));
    found.set(key, byNode);
  }
  return found;
}

/** Parts that can give pods their network. */
const networks: ReadonlySet<NetworkPart> = new Set<NetworkPart>([
  'flannel',
  'calico',
  'kube-router',
  'cilium',
  'antrea',
  'weave',
  'kindnet',
  'aws-vpc-cni',
  'azure-cni',
  'gke-dpv2',
  'ovn-kubernetes',
]);

/** Whether a network has no ready pod while another one has some (dataplane A.1): then it counts as left over. */
function withoutReadyPods(shown: readonly Shown[], daemonPods: Evidence['daemonPods']): (one: Shown) => boolean {
  const isReady = ({ by }: Shown): boolean | null => {
    const pods = daemonPods.get(keyOf(by));
    if (pods !== undefined) return [...pods.values()].some((ready) => ready);
    return by.ready === null ? null : by.ready > 0;
  };
  const others = shown.filter(({ part }) => networks.has(part));
  return (one) =>
    networks.has(one.part) &&
    isReady(one) === false &&
    others.some((other) => other.by !== one.by && other.part !== one.part && isReady(other) === true);
}

function hintsOf({ nodes, networkObjects }: ClusterModel): Hint[] {
  const found = new Map<string, Hint>();
  const add = (part: NetworkPart, signal: string): void => void found.set(`${part} ${signal}`, { part, signal });
  for (const { annotations, conditions } of nodes) {
    for (const key of Object.keys(annotations)) {
      for (const { part, pattern } of annotationSignals) {
        if (pattern.test(key)) add(part, `node annotations ${key.slice(0, key.indexOf('/') + 1)}*`);
      }
    }
    for (const { reason } of conditions) {
      if (Object.hasOwn(conditionSignals, reason)) add(conditionSignals[reason], `node condition ${reason}`);
    }
  }
  for (const { ref } of networkObjects) {
    if (ref.group === 'projectcalico.org') add('calico', `objects of kind ${ref.kind}`);
  }
  return [...found.values()];
}
