import type { Cluster } from '#engine';
import { type Pod, type PodSelection, type Selector, selectorMatches } from '#model';

/** A pod with its number in the model, by which pods are told apart. */
export interface NumberedPod {
  readonly number: number;
  readonly pod: Pod;
}

/** Pods that a policy or a rule selects, those that ended left out. Cost: the pods of the namespaces it looks into. */
export function selectedPods(cluster: Cluster, { namespaces, pods }: PodSelection): NumberedPod[] {
  const names =
    namespaces.kind === 'Named'
      ? [namespaces.name]
      : cluster.model.namespaces
          .filter(({ labels }) => selectorMatches(namespaces.selector, labels))
          .map(({ name }) => name);
  return names.flatMap((name) => podsOf(cluster, name, pods));
}

/** Pods of a namespace that a selector selects, those that ended left out. */
export function podsOf({ model, lookups }: Cluster, namespace: string, selector: Selector): NumberedPod[] {
  return lookups.podNumbers(namespace).flatMap((number) => {
    const pod = model.pods.at(number) as Pod;
    const isLive = pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
    return isLive && selectorMatches(selector, pod.labels) ? [{ number, pod }] : [];
  });
}
