import { type ClusterModel, networkPolicyTier, type NotUnderstood, type Policy } from '#model';
import { meaningOf } from '../kinds/not-understood.js';
import { kubernetesUnderCilium, kubernetesWithoutCilium } from './cilium/kubernetes-policies.js';
import { doubtsInOrder } from './understood.js';

/**
 * A model that was made under one engine, as it is under another: what the other does not read are objects that it does not
 * understand, and Kubernetes' policies are read as the other reads them. Pods keep the inherited labels that they have,
 * which no other engine's selectors name. Cost: linear in the policies.
 */
export function underOtherEngine(model: ClusterModel, policyEngine: string): ClusterModel {
  const foreign = Object.entries(groups)
    .filter(([engine]) => engine !== policyEngine)
    .map(([, group]) => group);
  const without = withoutGroups(model, foreign);
  if (policyEngine !== 'cilium') return without;
  const areCiliumsThere = without.policies.some(({ ref }) => ref.group === groups.cilium);
  return withPolicies(without, kubernetesUnderCilium(without.policies, areCiliumsThere));
}

const groups = { calico: 'projectcalico.org', cilium: 'cilium.io' } as const;

function withoutGroups(model: ClusterModel, foreign: readonly string[]): ClusterModel {
  const isForeign = ({ ref }: Policy): boolean => foreign.includes(ref.group);
  const doubts = model.policies.filter(isForeign).flatMap(({ ref }): NotUnderstood[] => {
    const meaning = meaningOf(ref.group, ref.kind, ref.namespace, ref.name);
    return meaning === null ? [] : [{ ref, ...meaning }];
  });
  let policies: readonly Policy[] = model.policies.filter((policy) => !isForeign(policy));
  if (foreign.includes(groups.cilium)) policies = kubernetesWithoutCilium(policies);
  if (foreign.includes(groups.calico)) policies = policies.map(outOfCalicosTier);
  return { ...withPolicies(model, policies), notUnderstood: doubtsInOrder([...model.notUnderstood, ...doubts]) };
}

function outOfCalicosTier(policy: Policy): Policy {
  return policy.ref.group === 'networking.k8s.io' && policy.tier.name === 'default'
    ? { ...policy, tier: networkPolicyTier, order: 0 }
    : policy;
}

/** The parts of a model one by one: a packed one does not have them as members of its own. */
function withPolicies(
  {
    namespaces,
    nodes,
    pods,
    workloads,
    services,
    entries,
    components,
    networkObjects,
    info,
    notUnderstood,
  }: ClusterModel,
  policies: readonly Policy[],
): ClusterModel {
  return {
    namespaces,
    nodes,
    pods,
    workloads,
    services,
    entries,
    components,
    networkObjects,
    info,
    notUnderstood,
    policies,
  };
}
