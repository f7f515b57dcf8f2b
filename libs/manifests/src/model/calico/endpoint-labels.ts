import type { Labels, Pod } from '#model';

/** Labels that Calico gives a pod beside its own (policy semantics 3.3). */
export const calicoLabels = {
  namespace: 'projectcalico.org/namespace',
  orchestrator: 'projectcalico.org/orchestrator',
  serviceAccount: 'projectcalico.org/serviceaccount',
  /** Stands before the key of a label of the namespace. */
  ofNamespace: 'pcns.',
  /** Stands before the key of a label of the service account. */
  ofServiceAccount: 'pcsa.',
  /** A namespace and a service account have their name as a label of this key. */
  name: 'projectcalico.org/name',
} as const;

/** Whether nobody knows which pods have this label: the labels of service accounts are not in a snapshot. */
export function isUnknownLabel(key: string): boolean {
  return key.startsWith(calicoLabels.ofServiceAccount) && key !== calicoLabels.ofServiceAccount + calicoLabels.name;
}

/** Whether Calico may give this label to a pod that does not have it itself. */
export function isInheritedLabel(key: string): boolean {
  return (
    key === calicoLabels.namespace ||
    key === calicoLabels.orchestrator ||
    key === calicoLabels.serviceAccount ||
    key.startsWith(calicoLabels.ofNamespace) ||
    key.startsWith(calicoLabels.ofServiceAccount)
  );
}

/** The labels of a pod as Calico sees them, of the inherited ones only those of `keys`. A pod's own labels win. */
export function endpointLabels(
  { labels, namespace, serviceAccount }: Pick<Pod, 'labels' | 'namespace' | 'serviceAccount'>,
  namespaceLabels: Labels,
  keys: readonly string[],
): Labels {
  const inherited = keys.flatMap((key): [string, string][] => {
    const value = inheritedValue(key, namespace, serviceAccount, namespaceLabels);
    return value === undefined || Object.hasOwn(labels, key) ? [] : [[key, value]];
  });
  return inherited.length === 0 ? labels : { ...labels, ...Object.fromEntries(inherited) };
}

/** The labels that a namespace gives to what lives in it, all of them. */
export function inheritedFromNamespace(namespace: string, namespaceLabels: Labels): Labels {
  const { ofNamespace, name } = calicoLabels;
  return Object.fromEntries([
    ...Object.entries(namespaceLabels).map(([key, value]) => [ofNamespace + key, value]),
    [ofNamespace + name, namespace],
    [calicoLabels.namespace, namespace],
  ]);
}

function inheritedValue(
  key: string,
  namespace: string,
  serviceAccount: string,
  namespaceLabels: Labels,
): string | undefined {
  const { ofNamespace, ofServiceAccount, name } = calicoLabels;
  if (key === calicoLabels.namespace || key === ofNamespace + name) return namespace;
  if (key === calicoLabels.orchestrator) return 'k8s';
  // A longer name would be no label value.
  if (key === calicoLabels.serviceAccount) return serviceAccount.length < 63 ? serviceAccount : undefined;
  if (key === ofServiceAccount + name) return serviceAccount;
  if (!key.startsWith(ofNamespace)) return undefined;
  const own = key.slice(ofNamespace.length);
  return Object.hasOwn(namespaceLabels, own) ? namespaceLabels[own] : undefined;
}
