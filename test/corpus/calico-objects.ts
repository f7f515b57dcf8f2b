import type { KubernetesObject } from './worlds.js';

/** The shorthand of Calico's objects in a case of `spec/calico.yaml`. */
export interface CalicoCase {
  readonly tier?: readonly Shorthand[];
  readonly gnp?: readonly Shorthand[];
  readonly cal?: readonly Shorthand[];
  readonly gns?: readonly Shorthand[];
  readonly ns?: readonly Shorthand[];
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
  return [...objects, said];
}
