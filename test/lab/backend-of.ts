import type { Cluster } from '#engine';
import { type Pod, selectorMatches, type Service } from '#model';

/** The pod that a Service of the lab's worlds leads to: they have one each, or none. */
export function backendOf({ model }: Cluster, { selector, namespace }: Service): Pod | null {
  const pods = [...model.pods].filter((pod) => pod.namespace === namespace && !pod.hostNetwork);
  return pods.find(({ labels }) => selector !== null && selectorMatches(selector, labels)) ?? null;
}
