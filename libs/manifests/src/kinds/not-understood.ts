import type { NotUnderstood } from '#model';

type Meaning = Pick<NotUnderstood, 'actedOnBy'> & { readonly scope: 'Namespace' | 'Cluster' | 'Nodes' | 'Nothing' };

/**
 * Kinds that can change a verdict and are not modelled, by group and kind; and those that are, for objects of a version
 * that is not read and for invalid ones that were read leniently. They are stored, and the verdicts they could change
 * are unknown: nothing is silently ignored (design 4.5).
 */
const kinds: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  'policy.networking.k8s.io': {
    AdminNetworkPolicy: { actedOnBy: 'kubernetes', scope: 'Cluster' },
    BaselineAdminNetworkPolicy: { actedOnBy: 'kubernetes', scope: 'Cluster' },
    ClusterNetworkPolicy: { actedOnBy: 'kubernetes', scope: 'Cluster' },
  },
  'projectcalico.org': {
    NetworkPolicy: { actedOnBy: 'calico', scope: 'Namespace' },
    GlobalNetworkPolicy: { actedOnBy: 'calico', scope: 'Cluster' },
    HostEndpoint: { actedOnBy: 'calico', scope: 'Nodes' },
    Profile: { actedOnBy: 'calico', scope: 'Nodes' },
    // These say nothing by themselves; policies that use them are not understood themselves.
    Tier: { actedOnBy: 'calico', scope: 'Nothing' },
    NetworkSet: { actedOnBy: 'calico', scope: 'Nothing' },
    GlobalNetworkSet: { actedOnBy: 'calico', scope: 'Nothing' },
    WorkloadEndpoint: { actedOnBy: 'calico', scope: 'Nothing' },
    // Staged kinds are never enforced.
    StagedNetworkPolicy: { actedOnBy: 'calico', scope: 'Nothing' },
    StagedGlobalNetworkPolicy: { actedOnBy: 'calico', scope: 'Nothing' },
    StagedKubernetesNetworkPolicy: { actedOnBy: 'calico', scope: 'Nothing' },
  },
  'cilium.io': {
    CiliumNetworkPolicy: { actedOnBy: 'cilium', scope: 'Namespace' },
    CiliumClusterwideNetworkPolicy: { actedOnBy: 'cilium', scope: 'Cluster' },
    CiliumLocalRedirectPolicy: { actedOnBy: 'cilium', scope: 'Namespace' },
    CiliumEgressGatewayPolicy: { actedOnBy: 'cilium', scope: 'Cluster' },
    CiliumCIDRGroup: { actedOnBy: 'cilium', scope: 'Nothing' },
    CiliumEndpoint: { actedOnBy: 'cilium', scope: 'Nothing' },
    CiliumEndpointSlice: { actedOnBy: 'cilium', scope: 'Nothing' },
    CiliumExternalWorkload: { actedOnBy: 'cilium', scope: 'Nothing' },
    CiliumIdentity: { actedOnBy: 'cilium', scope: 'Nothing' },
  },
  // Of the cluster's own network it says nothing.
  'k8s.cni.cncf.io': { MultiNetworkPolicy: { actedOnBy: 'multus', scope: 'Nothing' } },
  'crd.antrea.io': {
    NetworkPolicy: { actedOnBy: 'antrea', scope: 'Namespace' },
    ClusterNetworkPolicy: { actedOnBy: 'antrea', scope: 'Cluster' },
    Tier: { actedOnBy: 'antrea', scope: 'Nothing' },
    ClusterGroup: { actedOnBy: 'antrea', scope: 'Nothing' },
    Group: { actedOnBy: 'antrea', scope: 'Nothing' },
  },
  'networking.k8s.io': { NetworkPolicy: { actedOnBy: 'kubernetes', scope: 'Namespace' } },
};

/** Groups under which a policy kind that nobody has heard of is still taken for one. */
const policyGroups: Readonly<Record<string, NotUnderstood['actedOnBy']>> = {
  'policy.networking.k8s.io': 'kubernetes',
  'projectcalico.org': 'calico',
  'cilium.io': 'cilium',
  'k8s.cni.cncf.io': 'multus',
  'crd.antrea.io': 'antrea',
};

/** Profiles that Calico makes for every namespace and service account; they change nothing. */
const ordinaryProfile = /^(kns\.|ksa\.|projectcalico-default-allow$)/;

/** Both of Calico's groups are one. */
export function canonicalGroup(group: string): string {
  return group === 'crd.projectcalico.org' ? 'projectcalico.org' : group;
}

/** How an object that is not modelled may change verdicts; null where its kind cannot. */
export function meaningOf(
  group: string,
  kind: string,
  namespace: string | null,
  name: string,
): Pick<NotUnderstood, 'scope' | 'actedOnBy'> | null {
  const known = Object.hasOwn(kinds, group) && Object.hasOwn(kinds[group], kind) ? kinds[group][kind] : null;
  if (known === null) {
    const isPolicy = Object.hasOwn(policyGroups, group) && kind.includes('Policy');
    return isPolicy ? { actedOnBy: policyGroups[group], scope: { kind: 'Pods', namespace } } : null;
  }
  const { actedOnBy, scope } = known;
  if (kind === 'Profile' && ordinaryProfile.test(name)) return { actedOnBy, scope: { kind: 'Nothing' } };
  switch (scope) {
    case 'Namespace':
      return { actedOnBy, scope: { kind: 'Pods', namespace } };
    case 'Cluster':
      return { actedOnBy, scope: { kind: 'Pods', namespace: null } };
    case 'Nodes':
    case 'Nothing':
      return { actedOnBy, scope: { kind: scope } };
  }
}

/** Whether such a kind lives in namespaces. */
export function isNamespacedPolicy(group: string, kind: string): boolean {
  const known = Object.hasOwn(kinds, group) && Object.hasOwn(kinds[group], kind) ? kinds[group][kind] : null;
  return (
    known?.scope === 'Namespace' ||
    [
      'NetworkSet',
      'StagedNetworkPolicy',
      'StagedKubernetesNetworkPolicy',
      'WorkloadEndpoint',
      'CiliumEndpoint',
      'MultiNetworkPolicy',
      'Group',
    ].includes(kind)
  );
}
