import type { NotUnderstood, SnapshotInfo } from '#model';
import { canonicalGroup, meaningOf } from '../kinds/not-understood.js';

/** Policy kinds whose absence would be taken for "there is none", with the plurals under which collectors name them. */
const policyKinds: readonly (readonly [group: string, kind: string])[] = [
  ['networking.k8s.io', 'NetworkPolicy'],
  ['policy.networking.k8s.io', 'AdminNetworkPolicy'],
  ['policy.networking.k8s.io', 'BaselineAdminNetworkPolicy'],
  ['policy.networking.k8s.io', 'ClusterNetworkPolicy'],
  ['projectcalico.org', 'NetworkPolicy'],
  ['projectcalico.org', 'GlobalNetworkPolicy'],
  ['projectcalico.org', 'HostEndpoint'],
  ['cilium.io', 'CiliumNetworkPolicy'],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy'],
  ['k8s.cni.cncf.io', 'MultiNetworkPolicy'],
];

/**
 * Stand-ins for policies that a collector could not see: what was not collected is unknown, never "none" (design 4.5).
 * They are named `*`.
 */
export function notCollectedPolicies(info: SnapshotInfo, namespaces: readonly string[]): NotUnderstood[] {
  const kinds = info.notCollected.flatMap(({ kind }) =>
    policyKinds.filter(([group, name]) => names(kind, group, name)),
  );
  const everywhere = kinds.flatMap(([group, kind]): NotUnderstood[] => {
    const meaning = meaningOf(group, kind, null, '*');
    return meaning === null ? [] : [{ ref: { group, kind, namespace: null, name: '*' }, ...meaning }];
  });
  const { scope } = info;
  if (scope === null) return everywhere;
  const outside = namespaces.filter((name) => !scope.includes(name));
  const unseen = outside.map((namespace): NotUnderstood => ({
    ref: { group: 'networking.k8s.io', kind: 'NetworkPolicy', namespace, name: '*' },
    scope: { kind: 'Pods', namespace },
    actedOnBy: 'kubernetes',
  }));
  return [...everywhere, ...unseen];
}

/** Whether a collector's word for a kind (`NetworkPolicy`, `networkpolicies.networking.k8s.io`) is this kind. */
function names(text: string, group: string, kind: string): boolean {
  const [word, ...rest] = text.toLowerCase().split('.');
  const singular = word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1');
  const isGroup =
    rest.length === 0
      ? kind !== 'NetworkPolicy' || group === 'networking.k8s.io'
      : canonicalGroup(rest.join('.')) === group;
  return isGroup && singular === kind.toLowerCase();
}
