import type { Component, ComponentContainer, ObjectRef } from '#model';
import type { StoredContainer, StoredMetadata, StoredPod, StoredWorkload } from './stored-body.js';

/** A controller that runs a part of the network; null for all others, whose images are not kept. */
export function componentOf(ref: ObjectRef, { metadata, spec, status }: StoredWorkload): Component | null {
  const pod = spec.template?.spec;
  if (pod === undefined || !pod.containers.some(({ image }) => image !== undefined)) return null;
  return {
    ref,
    labels: metadata.labels,
    containers: [
      ...pod.containers.map((container) => containerOf(container, false)),
      ...pod.initContainers.map((container) => containerOf(container, true)),
    ],
    data: {},
    desired: status?.desiredNumberScheduled ?? null,
    ready: status?.numberReady ?? null,
  };
}

/**
 * DaemonSets of the network that are not in the input although pods of them are, as in `kubectl get pods`: each as its
 * first live pod by name shows it.
 */
export function daemonSetsOfPods(pods: readonly StoredPod[], workloads: readonly StoredWorkload[]): Component[] {
  const listed = new Set(workloads.filter(({ kind }) => kind === 'DaemonSet').map(({ metadata }) => idOf(metadata)));
  const shown = new Map<string, { ref: ObjectRef; pod: StoredPod }>();
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.[0];
    if (owner?.kind !== 'DaemonSet' || pod.status?.phase !== 'Running') continue;
    const namespace = pod.metadata.namespace as string;
    const id = `${namespace}/${owner.name}`;
    const known = shown.get(id);
    if (listed.has(id) || (known !== undefined && known.pod.metadata.name < pod.metadata.name)) continue;
    shown.set(id, { ref: { group: 'apps', kind: 'DaemonSet', namespace, name: owner.name }, pod });
  }
  return [...shown.values()].flatMap(({ ref, pod: { metadata, spec } }) => {
    const template = { metadata, spec };
    return componentOf(ref, { kind: 'DaemonSet', metadata, spec: { template } }) ?? [];
  });
}

function idOf({ namespace, name }: StoredMetadata): string {
  return `${namespace}/${name}`;
}

export function configMapComponent(
  ref: ObjectRef,
  body: { readonly metadata: StoredMetadata; readonly data: Readonly<Record<string, string>> },
): Component {
  return { ref, labels: body.metadata.labels, containers: [], data: body.data, desired: null, ready: null };
}

function containerOf({ name, image, args, env }: StoredContainer, init: boolean): ComponentContainer {
  const values = Object.fromEntries((env ?? []).map(({ name: key, value }) => [key, value]));
  const resolve = (word: string): string =>
    word.replace(/\$\(([A-Za-z0-9_]+)\)/g, (whole, key: string) => (Object.hasOwn(values, key) ? values[key] : whole));
  return { name, image: image ?? '', init, args: (args ?? []).map(resolve), env: values };
}
