import { compareObjectRefs, type Component, type ComponentContainer, type ObjectRef } from '#model';
import { componentPods } from '../kinds/kept.js';
import { withYamlAsJson } from './yaml-as-json.js';
import type { StoredContainer, StoredMetadata, StoredPod, StoredPodSpec, StoredWorkload } from './stored-body.js';

interface Controller {
  readonly ref: ObjectRef;
  readonly labels: Component['labels'];
  readonly pod: StoredPodSpec;
  readonly desired: number | null;
  readonly ready: number | null;
}

/**
 * Gathers what runs a part of the network. Environment that is taken from a ConfigMap is looked up when all objects are
 * there, since the ConfigMap may come later in the input.
 */
export class ComponentParts {
  readonly #controllers: Controller[] = [];
  readonly #configMaps: Component[] = [];

  /** Takes a controller that runs a part of the network; all others, whose images are not kept, are passed over. */
  addWorkload(ref: ObjectRef, { metadata, spec, status }: StoredWorkload): void {
    const pod = spec.template?.spec;
    if (pod === undefined || !hasImages(pod)) return;
    const { desiredNumberScheduled = null, numberReady = null } = status ?? {};
    this.#controllers.push({ ref, labels: metadata.labels, pod, desired: desiredNumberScheduled, ready: numberReady });
  }

  addConfigMap(
    ref: ObjectRef,
    body: { readonly metadata: StoredMetadata; readonly data: Readonly<Record<string, string>> },
  ): void {
    const { labels } = body.metadata;
    this.#configMaps.push({ ref, labels, containers: [], data: withYamlAsJson(body.data), desired: null, ready: null });
  }

  /** By ref; among them static pods of the control plane, and DaemonSets of which only pods are in the input. */
  assemble(pods: readonly StoredPod[], workloads: readonly StoredWorkload[]): Component[] {
    const valueOf: ValueOf = (namespace, name, key) =>
      this.#configMaps.find(({ ref }) => ref.namespace === namespace && ref.name === name)?.data[key] ?? '';
    const controllers = [...this.#controllers, ...staticPods(pods), ...daemonSetsOfPods(pods, workloads)];
    const components = controllers.map(({ ref, labels, pod, desired, ready }): Component => ({
      ref,
      labels,
      containers: [
        ...pod.containers.map((container) => containerOf(container, false, ref.namespace, valueOf)),
        ...pod.initContainers.map((container) => containerOf(container, true, ref.namespace, valueOf)),
      ],
      data: {},
      desired,
      ready,
    }));
    return [...components, ...this.#configMaps].sort((a, b) => compareObjectRefs(a.ref, b.ref));
  }
}

type ValueOf = (namespace: string | null, name: string, key: string) => string;

function hasImages({ containers }: StoredPodSpec): boolean {
  return containers.some(({ image }) => image !== undefined);
}

/** Whether a pod may tell of a part of the network: `assemble` need not be given any other. */
export function showsComponent({ metadata, spec }: StoredPod): boolean {
  return (
    metadata.ownerReferences?.[0]?.kind === 'DaemonSet' || (metadata.namespace === 'kube-system' && hasImages(spec))
  );
}

function staticPods(pods: readonly StoredPod[]): Controller[] {
  return pods
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === 'kube-system' &&
        componentPods.test(metadata.name) &&
        metadata.ownerReferences?.[0]?.kind !== 'DaemonSet' &&
        hasImages(spec),
    )
    .map(({ metadata, spec }) => {
      const ref = { group: '', kind: 'Pod', namespace: metadata.namespace as string, name: metadata.name };
      return { ref, labels: metadata.labels, pod: spec, desired: null, ready: null };
    });
}

/**
 * DaemonSets of the network that are not in the input although pods of them are, as in `kubectl get pods`: each as its
 * first live pod by name shows it.
 */
function daemonSetsOfPods(pods: readonly StoredPod[], workloads: readonly StoredWorkload[]): Controller[] {
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
  return [...shown.values()]
    .filter(({ pod }) => hasImages(pod.spec))
    .map(({ ref, pod: { metadata, spec } }) => ({
      ref,
      labels: metadata.labels,
      pod: spec,
      desired: null,
      ready: null,
    }));
}

function idOf({ namespace, name }: StoredMetadata): string {
  return `${namespace}/${name}`;
}

function containerOf(
  { name, image, args, env }: StoredContainer,
  init: boolean,
  namespace: string | null,
  valueOf: ValueOf,
): ComponentContainer {
  const values = Object.fromEntries(
    (env ?? []).map(({ name: key, value, valueFrom }) => {
      const source = valueFrom?.configMapKeyRef;
      return [key, source === undefined ? value : valueOf(namespace, source.name, source.key)];
    }),
  );
  const resolve = (word: string): string =>
    word.replace(/\$\(([A-Za-z0-9_]+)\)/g, (whole, key: string) => (Object.hasOwn(values, key) ? values[key] : whole));
  return { name, image: image ?? '', init, args: (args ?? []).map(resolve), env: values };
}
