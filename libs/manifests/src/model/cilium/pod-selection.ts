import { type NamespaceScope, type PodSelection, type Selector } from '#model';
import { selectorOf } from '../policies.js';
import { ciliumLabels } from './endpoint-labels.js';
import { identityKey } from './identity-key.js';
import { type CiliumRequirement, isNamespaceLabel, isNamespaceName, isOfPod } from './requirements.js';

/**
 * The pods that meet requirements: those on the namespace become its scope. No pod has a label from another source than
 * Kubernetes, and so it is left with a key that no label of a pod can have.
 */
export function podSelectionOf(requirements: readonly CiliumRequirement[]): PodSelection {
  const ofNamespace = requirements.filter((one) => isNamespaceName(one) || isNamespaceLabel(one));
  const own = requirements.filter((one) => !ofNamespace.includes(one));
  return {
    namespaces: scopeOf(ofNamespace),
    pods: modelSelector(own, ({ source, key }) => (isOfPod(source) ? identityKey(key) : `${source}:${key}`)),
  };
}

function scopeOf(requirements: readonly CiliumRequirement[]): NamespaceScope {
  // Every pod is in a namespace.
  const telling = requirements.filter((one) => !(isNamespaceName(one) && one.operator === 'Exists'));
  const [first] = telling;
  if (telling.length === 1 && isNamespaceName(first) && first.operator === 'In' && first.values.length === 1) {
    return { kind: 'Named', name: first.values[0] };
  }
  const keyOf = (one: CiliumRequirement): string =>
    isNamespaceName(one) ? 'kubernetes.io/metadata.name' : one.key.slice(ciliumLabels.ofNamespace.length);
  return { kind: 'Selected', selector: modelSelector(telling, keyOf) };
}

function modelSelector(
  requirements: readonly CiliumRequirement[],
  keyOf: (one: CiliumRequirement) => string,
): Selector {
  return selectorOf({
    matchLabels: {},
    matchExpressions: requirements.map((one) => ({ key: keyOf(one), operator: one.operator, values: one.values })),
  });
}
