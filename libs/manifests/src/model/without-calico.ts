import { type ClusterModel, compareObjectRefs, networkPolicyTier, type NotUnderstood, type Policy } from '#model';
import { meaningOf } from '../kinds/not-understood.js';

/**
 * A model of a cluster in which Calico is in charge, as it is under another engine: Calico's policies are objects that the
 * other does not read, and Kubernetes' policies stand in a tier of their own again. Pods keep the inherited labels that
 * they have, which no other engine's selectors name. Other models stay as they are. Cost: linear in the policies.
 */
export function withoutCalico(model: ClusterModel): ClusterModel {
  const own = model.policies.filter(isCalicos);
  if (own.length === 0) return model;
  const doubts = own.flatMap(({ ref }): NotUnderstood[] => {
    const meaning = meaningOf(ref.group, ref.kind, ref.namespace, ref.name);
    return meaning === null ? [] : [{ ref, ...meaning }];
  });
  const { namespaces, nodes, pods, workloads, services, entries, components, networkObjects, info } = model;
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
    policies: model.policies.filter((policy) => !isCalicos(policy)).map(inItsOwnTier),
    notUnderstood: [...model.notUnderstood, ...doubts].sort((a, b) => compareObjectRefs(a.ref, b.ref)),
  };
}

function isCalicos({ ref }: Policy): boolean {
  return ref.group === 'projectcalico.org';
}

function inItsOwnTier(policy: Policy): Policy {
  return policy.ref.group === 'networking.k8s.io' ? { ...policy, tier: networkPolicyTier, order: 0 } : policy;
}
