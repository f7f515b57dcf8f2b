import { type ClusterModel, formatObjectRef, type Labels, type Pod, type Policy } from '#model';
import type { BuiltModel } from './build-model.js';
import { calicoPoliciesOf } from './calico/calico-policies.js';
import { endpointLabels } from './calico/endpoint-labels.js';
import { calicoTiers, networkPolicyOrder } from './calico/tiers.js';
import { inModelOrder, rightDiagnostics } from './understood.js';

/**
 * A model as the cluster has it in which Calico is in charge of policies: its own policies are understood, Kubernetes'
 * policies stand among them in the tier `default` (policy semantics 3.3), and pods have the inherited labels that
 * selectors name. Cost: linear in the policies; in the pods, if selectors name inherited labels.
 */
export function underCalico(built: BuiltModel): BuiltModel {
  const { model, calico } = built;
  if (calico.policies.length === 0) return built;
  const { policies, notUnderstood, inheritedLabels } = calicoPoliciesOf({
    ...calico,
    namespaces: model.namespaces,
    services: model.services,
  });
  const doubts = new Map(notUnderstood.map(({ ref, why }) => [formatObjectRef(ref), why]));
  const understood = new Set(calico.policies.map(({ ref }) => formatObjectRef(ref)).filter((ref) => !doubts.has(ref)));
  return {
    ...built,
    model: {
      ...model,
      pods: inheritedLabels.length === 0 ? model.pods : withEndpointLabels(model, inheritedLabels),
      policies: inModelOrder([...amongCalicos(model.policies, policies), ...policies]),
      notUnderstood: model.notUnderstood.filter(({ ref }) => !understood.has(formatObjectRef(ref))),
    },
    diagnostics: rightDiagnostics(built.diagnostics, understood, doubts),
  };
}

/** NetworkPolicies by themselves are a union, which is the same in any order; beside others their order counts. */
function amongCalicos(kubernetes: readonly Policy[], calico: readonly Policy[]): readonly Policy[] {
  const tier = calico.find((policy) => policy.tier.name === 'default')?.tier ?? calicoTiers([]).get('default');
  if (tier === undefined || !calico.some((policy) => policy.tier.name === tier.name)) return kubernetes;
  return kubernetes.map((policy) =>
    policy.tier.name === 'NetworkPolicy' ? { ...policy, tier, order: networkPolicyOrder } : policy,
  );
}

/** Pods with more labels; pods with equal labels still share one record. */
function withEndpointLabels({ pods, namespaces }: ClusterModel, keys: readonly string[]): Pod[] {
  const labelsOf = new Map(namespaces.map(({ name, labels }) => [name, labels]));
  const known = new Map<Labels, Map<string, Labels>>();
  return Array.from(pods, (pod) => {
    const { labels, namespace, serviceAccount } = pod;
    let byPlace = known.get(labels);
    if (byPlace === undefined) known.set(labels, (byPlace = new Map()));
    const place = `${namespace}/${serviceAccount}`;
    let extended = byPlace.get(place);
    if (extended === undefined) {
      extended = endpointLabels(pod, labelsOf.get(namespace) ?? {}, keys);
      byPlace.set(place, extended);
    }
    return extended === labels ? pod : { ...pod, labels: extended };
  });
}
