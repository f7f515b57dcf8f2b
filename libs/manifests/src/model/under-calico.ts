import { formatObjectRef, type NotUnderstood, type Policy } from '#model';
import type { BuiltModel } from './build-model.js';
import { calicoPoliciesOf } from './calico/calico-policies.js';
import { hostEndpointEffects } from './calico/host-endpoints.js';
import { labelledPods } from './calico/labelled-pods.js';
import { oddProfiles } from './calico/profiles.js';
import { calicoTiers, networkPolicyOrder } from './calico/tiers.js';
import { doubtsInOrder, inModelOrder, rightDiagnostics } from './understood.js';

/**
 * A model as the cluster has it in which Calico is in charge of policies: its own policies are understood, Kubernetes'
 * policies stand among them in the tier `default` (policy semantics 3.3), pods have the labels that selectors know them
 * by, and of host endpoints and profiles only what may change a verdict is in doubt. Cost: linear in the policies; in
 * the pods, if selectors name inherited labels.
 */
export function underCalico(built: BuiltModel): BuiltModel {
  const { model, calico } = built;
  const { policies, hostEndpoints, profiles } = calico;
  if (policies.length + hostEndpoints.length + profiles.length === 0) return built;
  const { namespaces, services, pods, nodes } = model;
  const lowered = calicoPoliciesOf({ ...calico, namespaces, services, pods });
  const effects = hostEndpointEffects(calico, nodes);
  // Of a staged policy nobody has said yet whose traffic it may change.
  const staged = lowered.notUnderstood
    .filter(({ ref }) => ref.kind.startsWith('Staged'))
    .map(({ ref }): NotUnderstood => ({
      ref,
      scope: { kind: 'Pods', namespace: ref.namespace },
      actedOnBy: 'calico',
    }));
  const odd = [...effects.doubts, ...oddProfiles(profiles)];
  const why = new Map([
    ...lowered.notUnderstood.map(({ ref, why: reason }): [string, string] => [formatObjectRef(ref), reason]),
    ...odd.map(({ ref }): [string, string] => [formatObjectRef(ref), `what a ${ref.kind} does is not modelled`]),
  ]);
  const read = new Set([...policies, ...hostEndpoints, ...profiles].map(({ ref }) => formatObjectRef(ref)));
  const isSettled = (ref: NotUnderstood['ref']): boolean => {
    if (ref.group !== 'projectcalico.org') return false;
    const text = formatObjectRef(ref);
    return /^(HostEndpoint|Profile|Staged.*)$/.test(ref.kind) ? read.has(text) : read.has(text) && !why.has(text);
  };
  const { inherited, nets } = lowered.labels;
  const { behindHosts } = effects;
  const needsLabels = inherited.size + nets.size + behindHosts.size > 0;
  const wanted = { inherited, nets, behindHosts };
  const { serviceAccounts } = calico;
  return {
    ...built,
    model: {
      ...model,
      pods: needsLabels ? labelledPods({ pods, namespaces, serviceAccounts }, wanted) : pods,
      policies: inModelOrder([
        ...amongCalicos(model.policies, lowered.policies),
        ...lowered.policies,
        ...effects.policies,
      ]),
      notUnderstood: doubtsInOrder([...model.notUnderstood.filter(({ ref }) => !isSettled(ref)), ...odd, ...staged]),
    },
    diagnostics: rightDiagnostics(built.diagnostics, read, why),
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
