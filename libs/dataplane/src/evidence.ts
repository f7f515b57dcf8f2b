import type { ClusterModel, Component, ObjectRef } from '#model';
import { isNotCollected } from './is-not-collected.js';
import { isPolicyOnly } from './is-policy-only.js';
import { type K3sFlags, readK3sFlags } from './k3s-flags.js';
import type { Shown, ShownParts } from './shown.js';
import {
  annotationSignals,
  conditionSignals,
  type NetworkPart,
  providers,
  signalsOfConfigMap,
  signalsOfDaemonSet,
  strong,
} from './signals.js';

/** A sign without a component of its own: annotations and conditions of nodes, objects of a part's own kinds. */
export interface Hint {
  readonly part: NetworkPart;
  readonly signal: string;
  /** 1 where it only corroborates. */
  readonly score: number;
  readonly from?: ObjectRef;
}

/** Everything in a snapshot that tells which network it runs. */
export interface Evidence extends ShownParts {
  /** DaemonSets that are wanted on no node and have no pod, or that have no ready pod while another network has. */
  readonly leftovers: readonly Shown[];
  readonly hints: readonly Hint[];
  /** Nodes of a k3s server or agent that carry flannel's annotations, where k3s was not told to leave it out. */
  readonly isK3sFlannel: boolean;
  readonly k3s: K3sFlags;
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
      ? [{ part: 'kube-proxy' as const, by, signal: `static pod ${by.ref.name}`, score: strong }]
      : signalsOfDaemonSet(by).map((signal): Shown => ({ ...signal, by })),
  );
  const daemonPods = podsByNode(model, new Set(shown.map(({ by }) => keyOf(by))));
  const isIdle = ({ by }: Shown): boolean => by.desired === 0 && !daemonPods.has(keyOf(by));
  const active = shown.filter((one) => !isIdle(one));
  const k3s = readK3sFlags(model.nodes);
  const evidence: Evidence = {
    daemons: active,
    leftovers: shown.filter(isIdle),
    configMaps: components
      .filter(({ ref }) => ref.kind === 'ConfigMap')
      .flatMap((by) => signalsOfConfigMap(by).map((signal): Shown => ({ ...signal, by }))),
    hints: hintsOf(model),
    isK3sFlannel:
      !k3s.valuesOf('flannel-backend').includes('none') &&
      model.nodes.some(
        ({ kubeletVersion, annotations }) =>
          kubeletVersion?.includes('+k3s') === true &&
          Object.keys(annotations).some((key) => key.startsWith('flannel.alpha.coreos.com/')),
      ),
    k3s,
    daemonSetsCollected: !isNotCollected(info, 'DaemonSet') && info.scope === null,
    hasDaemonSets: workloads.some(({ kind }) => kind === 'DaemonSet'),
    daemonPods,
  };
  const outranked = withoutReadyPods(evidence);
  return {
    ...evidence,
    daemons: active.filter(({ by }) => !outranked.has(by)),
    leftovers: [...evidence.leftovers, ...active.filter(({ by }) => outranked.has(by))],
  };
}

/** `namespace/name` of a component. */
export function keyOf({ ref }: Component): string {
  return `${ref.namespace}/${ref.name}`;
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

/**
 * DaemonSets of networks without a ready pod while another network has some (dataplane A.1): they count as left over.
 * Those that only enforce policies compete with nobody.
 */
function withoutReadyPods(evidence: Evidence): ReadonlySet<Component> {
  const { daemons, daemonPods } = evidence;
  const isReady = (by: Component): boolean | null => {
    const pods = daemonPods.get(keyOf(by));
    if (pods !== undefined) return [...pods.values()].some((ready) => ready);
    return by.ready === null ? null : by.ready > 0;
  };
  const networks = new Map<Component, string>();
  for (const { part, by } of daemons) {
    if (part === 'gke' || !providers.includes(part) || isPolicyOnly(evidence, part)) continue;
    const known = networks.get(by) ?? '';
    if (!known.split(' ').includes(part)) networks.set(by, `${known} ${part}`);
  }
  const ready = new Set([...networks].filter(([by]) => isReady(by) === true).map(([, parts]) => parts));
  const isOther = (parts: string): boolean => [...ready].some((one) => one !== parts);
  return new Set([...networks].filter(([by, parts]) => isReady(by) === false && isOther(parts)).map(([by]) => by));
}

/** The part of an annotation's name that tells whose it is: Cilium's old ones have no slash. */
function prefixOf(key: string): string {
  return key.startsWith('io.cilium.network.') ? 'io.cilium.network.' : key.slice(0, key.indexOf('/') + 1);
}

function hintsOf({ nodes, networkObjects, components }: ClusterModel): Hint[] {
  const found = new Map<string, Hint>();
  const add = (hint: Hint): void => void found.set(`${hint.part} ${hint.signal}`, hint);
  for (const { annotations, conditions } of nodes) {
    for (const key of Object.keys(annotations)) {
      for (const { part, pattern } of annotationSignals) {
        if (pattern.test(key)) add({ part, signal: `node annotations ${prefixOf(key)}*`, score: 1 });
      }
    }
    for (const { reason } of conditions) {
      if (Object.hasOwn(conditionSignals, reason))
        add({ part: conditionSignals[reason], signal: `node condition ${reason}`, score: 1 });
    }
  }
  for (const { ref } of networkObjects) {
    if (ref.group === 'projectcalico.org') add({ part: 'calico', signal: `objects of kind ${ref.kind}`, score: 1 });
    if (ref.group === 'operator.tigera.io' && ref.name === 'default')
      add({ part: 'calico', signal: 'Installation default', score: strong, from: ref });
  }
  for (const { ref } of components) {
    if (ref.kind === 'Deployment' && ref.name === 'tigera-operator')
      add({ part: 'calico', signal: 'Deployment tigera-operator', score: strong, from: ref });
  }
  return [...found.values()];
}
