import type { Cluster } from '#engine';
import { type Pod, type PodSelection, selectorMatches } from '#model';

/** Pods that a policy or a rule selects, those that ended left out. Cost: the pods of the namespaces it looks into. */
export function selectedPods({ model, lookups }: Cluster, { namespaces, pods }: PodSelection): Pod[] {
  const names =
    namespaces.kind === 'Named'
      ? [namespaces.name]
      : model.namespaces.filter(({ labels }) => selectorMatches(namespaces.selector, labels)).map(({ name }) => name);
  return names
    .flatMap((name) => lookups.podsOfNamespace().get(name) ?? [])
    .map((number) => model.pods[number])
    .filter(({ phase, labels }) => phase !== 'Succeeded' && phase !== 'Failed' && selectorMatches(pods, labels));
}
