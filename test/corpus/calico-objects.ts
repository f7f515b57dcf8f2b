import type { KubernetesObject } from './worlds.js';

/** The shorthand of Calico's objects in a case of `spec/calico.yaml`. */
export interface CalicoCase {
  readonly tier?: readonly Shorthand[];
  readonly gnp?: readonly Shorthand[];
  readonly cal?: readonly Shorthand[];
  readonly gns?: readonly Shorthand[];
  readonly ns?: readonly Shorthand[];
  readonly hep?: readonly Shorthand[];
  readonly profile?: readonly Shorthand[];
  /** Service accounts with their labels. */
  readonly sa?: readonly Omit<Shorthand, 'spec'>[];
  /** Objects written out. */
  readonly objects?: readonly KubernetesObject[];
  /** What the answers are as if staged policies were in force. */
  readonly staged?: string;
  /** Stated in every question of the case. */
  readonly sourcePort?: number;
  /** Objects that are named as not understood where a verdict is unknown for that reason. */
  readonly names?: readonly string[];
}

interface Shorthand {
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec: unknown;
}

const kinds = {
  tier: 'Tier',
  gnp: 'GlobalNetworkPolicy',
  cal: 'NetworkPolicy',
  gns: 'GlobalNetworkSet',
  ns: 'NetworkSet',
  hep: 'HostEndpoint',
  profile: 'Profile',
} as const;

/** Calico's objects of a case, and that Calico is in charge. */
export function calicoObjectsOf(specCase: CalicoCase): KubernetesObject[] {
  const objects = (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((key) =>
    (specCase[key] ?? []).map(({ kind, name, namespace, labels, spec }) => ({
      apiVersion: 'projectcalico.org/v3',
      kind: kind ?? kinds[key],
      metadata: { name, namespace, labels },
      spec,
    })),
  );
  const said = { apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', dataplane: { policyEngine: 'calico', enforcement: 'yes' } };
  const accounts = (specCase.sa ?? []).map((metadata) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata }));
  return [...objects, ...accounts, ...(specCase.objects ?? []), said];
}
