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

/**
 * Labels that pods are given here so that rules find them. No object has such a key, which is none to Kubernetes, and no
 * answer shows one.
 */
export const derivedLabels = {
  /** On a pod whose service account is not in the snapshot. */
  accountUnknown: '@account',
  /** Before networks: `yes` on a pod whose address is in them, `maybe` where nobody knows its address. */
  nets: '@nets ',
  /** The node of a pod whose traffic a host endpoint may stop on its way; `?` where it may be any. */
  behindHost: '@node',
} as const;

/** Whether the label is one that a service account gives to its pods, other than its name. */
export function isAccountLabel(key: string): boolean {
  return key.startsWith(calicoLabels.ofServiceAccount) && key !== calicoLabels.ofServiceAccount + calicoLabels.name;
}

/** Whether Calico may give this label to a pod that does not have it itself; all begin with `p`. */
export function isInheritedLabel(key: string): boolean {
  if (!key.startsWith('p')) return false;
  return (
    key === calicoLabels.namespace ||
    key === calicoLabels.orchestrator ||
    key === calicoLabels.serviceAccount ||
    key.startsWith(calicoLabels.ofNamespace) ||
    key.startsWith(calicoLabels.ofServiceAccount)
  );
}

/** Where the inherited labels of a pod come from. */
export interface LabelSources {
  readonly namespace: Labels;
  /** Null: the service account is not in the snapshot. */
  readonly serviceAccount: Labels | null;
}

/** The labels of a pod as Calico sees them, of the inherited ones only those of `keys`. A pod's own labels win. */
export function endpointLabels(
  pod: Pick<Pod, 'labels' | 'namespace' | 'serviceAccount'>,
  sources: LabelSources,
  keys: readonly string[],
): Labels {
  const inherited = keys.flatMap((key): [string, string][] => {
    const value = inheritedValue(key, pod, sources);
    return value === undefined || Object.hasOwn(pod.labels, key) ? [] : [[key, value]];
  });
  // What of the account's labels the pod has itself is known all the same, but nothing is lost by doubting it.
  const isDoubted = sources.serviceAccount === null && keys.some(isAccountLabel);
  if (isDoubted) inherited.push([derivedLabels.accountUnknown, '']);
  return inherited.length === 0 ? pod.labels : { ...pod.labels, ...Object.fromEntries(inherited) };
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
  { namespace, serviceAccount }: Pick<Pod, 'namespace' | 'serviceAccount'>,
  sources: LabelSources,
): string | undefined {
  const { ofNamespace, ofServiceAccount, name } = calicoLabels;
  if (key === calicoLabels.namespace || key === ofNamespace + name) return namespace;
  if (key === calicoLabels.orchestrator) return 'k8s';
  // A longer name would be no label value.
  if (key === calicoLabels.serviceAccount) return serviceAccount.length < 63 ? serviceAccount : undefined;
  if (key === ofServiceAccount + name) return serviceAccount;
  const [prefix, labels] = key.startsWith(ofNamespace)
    ? [ofNamespace, sources.namespace]
    : [ofServiceAccount, sources.serviceAccount ?? {}];
  if (!key.startsWith(prefix)) return undefined;
  const own = key.slice(prefix.length);
  return Object.hasOwn(labels, own) ? labels[own] : undefined;
}
