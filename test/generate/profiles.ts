/** The size and the character of a generated cluster. */
export interface Profile {
  readonly nodes: number;
  /** Pods of workloads; two DaemonSet pods per node are among them where there is room. */
  readonly pods: number;
  readonly namespaces: number;
  /** Each has labels of its own, so this is about the number of pod classes. */
  readonly workloads: number;
  readonly policies: number;
  readonly services: number;
  readonly labelsPerPod: number;
  /** Distinct values of the label `tenant`; 0: the label is not there. */
  readonly tenants: number;
  /** Blocks of /24 to /32 inside the pod range, spread over the policies. */
  readonly podRangeBlocks: number;
}

export type ProfileName = 'ceiling' | 'tenants' | 'identities' | 'adversarial' | 'small';

const ceiling: Profile = {
  nodes: 5_000,
  pods: 150_000,
  namespaces: 1_000,
  workloads: 20_000,
  policies: 10_000,
  services: 10_000,
  labelsPerPod: 6,
  tenants: 0,
  podRangeBlocks: 0,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  /** As large as Kubernetes supports. */
  ceiling,
  /** Many small namespaces, many labels, one of them with very many values. */
  tenants: {
    ...ceiling,
    nodes: 1_000,
    pods: 50_000,
    namespaces: 5_000,
    workloads: 15_000,
    policies: 15_000,
    services: 5_000,
    labelsPerPod: 15,
    tenants: 5_000,
  },
  /** More policies than label sets. */
  identities: {
    ...ceiling,
    nodes: 1_000,
    pods: 30_000,
    namespaces: 300,
    workloads: 6_000,
    policies: 30_000,
    services: 3_000,
  },
  /** The ceiling with ipBlocks that cut the pod range into pieces. */
  adversarial: { ...ceiling, podRangeBlocks: 2_000 },
  small: { ...ceiling, nodes: 20, pods: 300, namespaces: 10, workloads: 60, policies: 60, services: 40 },
};

/** A profile of another size and the same character. */
export function scaled(profile: Profile, factor: number): Profile {
  const of = (count: number, least: number): number => (count === 0 ? 0 : Math.max(least, Math.round(count * factor)));
  return {
    nodes: of(profile.nodes, 3),
    pods: of(profile.pods, 20),
    namespaces: of(profile.namespaces, 2),
    workloads: of(profile.workloads, 4),
    policies: of(profile.policies, 4),
    services: of(profile.services, 2),
    labelsPerPod: profile.labelsPerPod,
    tenants: of(profile.tenants, 2),
    podRangeBlocks: of(profile.podRangeBlocks, 4),
  };
}
