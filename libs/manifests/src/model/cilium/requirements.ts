import type { StoredSelector } from '../stored-body.js';
import { ciliumLabels } from './endpoint-labels.js';

/** What a selector demands of one label; `source` tells where the label must come from, `any` from anywhere. */
export interface CiliumRequirement {
  readonly source: string;
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** The requirements of a selector, all of which must be met. A key without a source takes a label from anywhere. */
export function requirementsOf({ matchLabels, matchExpressions }: StoredSelector): CiliumRequirement[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({ ...keyOf(key), operator: 'In' as const, values: [value] })),
    ...matchExpressions.map(({ key, operator, values }) => ({ ...keyOf(key), operator, values })),
  ];
}

/**
 * The same in a rule of a policy: of endpoints in its namespace, if it has one, unless the selector itself speaks of
 * namespaces; in a clusterwide policy of endpoints that have a namespace. What speaks of reserved identities is taken as it is.
 */
export function scopedRequirements(
  requirements: readonly CiliumRequirement[],
  namespace: string | null,
): readonly CiliumRequirement[] {
  if (requirements.some(({ source }) => source === 'reserved') || requirements.some(isNamespaceName))
    return requirements;
  const inNamespace = { source: 'k8s', key: ciliumLabels.namespace } as const;
  if (namespace === null) return [...requirements, { ...inNamespace, operator: 'Exists', values: [] }];
  if (requirements.some(isNamespaceLabel)) return requirements;
  return [...requirements, { ...inNamespace, operator: 'In', values: [namespace] }];
}

/** Whether a requirement is about the name of a pod's namespace. */
export function isNamespaceName({ source, key }: CiliumRequirement): boolean {
  return isOfPod(source) && key === ciliumLabels.namespace;
}

/** Whether a requirement is about a label of a pod's namespace. */
export function isNamespaceLabel({ source, key }: CiliumRequirement): boolean {
  return isOfPod(source) && key.startsWith(ciliumLabels.ofNamespace);
}

/** Whether a pod may have labels from a source. */
export function isOfPod(source: string): boolean {
  return source === 'k8s' || source === 'any';
}

function keyOf(text: string): { source: string; key: string } {
  const parts = /^([a-z][a-z0-9-]*):(.*)$/.exec(text);
  return parts === null ? { source: 'any', key: text } : { source: parts[1], key: parts[2] };
}
