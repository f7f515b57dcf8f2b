import type { ClusterModel, Component } from '#model';
import { type NetworkPart, partsOfConfigMap, partsOfDaemonSet } from './signals.js';

/** One object that shows a part of the network. */
export interface Shown {
  readonly part: NetworkPart;
  readonly by: Component;
}

/** Everything in a snapshot that tells which network it runs. */
export interface Evidence {
  /** DaemonSets that run somewhere, by part. One that is wanted on no node and has no pod is a leftover. */
  readonly daemons: readonly Shown[];
  readonly leftovers: readonly Shown[];
  /** ConfigMaps; they count where no DaemonSet was found. */
  readonly configMaps: readonly Shown[];
  /** Nodes of a k3s server or agent that carry flannel's annotations. */
  readonly isK3sFlannel: boolean;
  /** False where a collector said that it could not list DaemonSets everywhere. */
  readonly daemonSetsCollected: boolean;
  /** Whether the input has a DaemonSet at all. */
  readonly hasDaemonSets: boolean;
}

/** Gathers the evidence. Cost: linear in components, nodes and pods. */
export function gatherEvidence(model: ClusterModel): Evidence {
  const { components, nodes, info, pods, workloads } = model;
  const withPods = new Set(
    [...pods].flatMap(({ workload, origin }) =>
      workload?.kind === 'DaemonSet' && origin === 'Observed' ? [`${workload.namespace}/${workload.name}`] : [],
    ),
  );
  const shown = components
    .filter(({ ref }) => ref.kind === 'DaemonSet')
    .flatMap((by) => partsOfDaemonSet(by).map((part): Shown => ({ part, by })));
  const isLeftover = ({ by }: Shown): boolean =>
    by.desired === 0 && !withPods.has(`${by.ref.namespace}/${by.ref.name}`);
  const unlisted = info.notCollected.some(({ kind }) => /^daemonsets?(\.apps)?$/i.test(kind));
  return {
    daemons: shown.filter((one) => !isLeftover(one)),
    leftovers: shown.filter(isLeftover),
    configMaps: components
      .filter(({ ref }) => ref.kind === 'ConfigMap')
      .flatMap((by) => partsOfConfigMap(by).map((part): Shown => ({ part, by }))),
    isK3sFlannel: nodes.some(
      ({ kubeletVersion, annotations }) =>
        kubeletVersion?.includes('+k3s') === true &&
        Object.keys(annotations).some((key) => key.startsWith('flannel.alpha.coreos.com/')),
    ),
    daemonSetsCollected: !unlisted && info.scope === null,
    hasDaemonSets: workloads.some(({ kind }) => kind === 'DaemonSet'),
  };
}

/** The first object that shows a part. */
export function shownBy({ daemons, configMaps }: Evidence, part: NetworkPart): Component | null {
  return [...daemons, ...configMaps].find((shown) => shown.part === part)?.by ?? null;
}

export function runs({ daemons }: Evidence, part: NetworkPart): boolean {
  return daemons.some((shown) => shown.part === part);
}

/** A flag's effective value among all containers of a component: the last occurrence wins; bare means `true`. */
export function flagOf(component: Component | null, name: string): string | null {
  let value: string | null = null;
  for (const { args } of component?.containers ?? []) {
    args.forEach((word, i) => {
      const [flag, ...rest] = word.replace(/^--?/, '').split('=');
      if (!word.startsWith('-') || flag !== name) return;
      const next = args[i + 1];
      value =
        rest.length > 0
          ? rest.join('=')
          : next !== undefined && !next.startsWith('-') && name !== 'run-firewall'
            ? next
            : 'true';
    });
  }
  return value;
}

/** A Go boolean flag. */
export function booleanFlag(component: Component | null, name: string, fallback: boolean): boolean {
  const value = flagOf(component, name);
  return value === null ? fallback : !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(value);
}

export function envOf(component: Component | null, name: string): string | null {
  for (const { env } of component?.containers ?? []) if (Object.hasOwn(env, name)) return env[name];
  return null;
}
