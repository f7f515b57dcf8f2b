import type { KubernetesObject } from './worlds.js';

/** The shorthand of Cilium's policies in a case of `spec/cilium.yaml`: of a namespace and of the cluster. */
export interface CiliumCase {
  readonly cnp?: readonly Shorthand[];
  readonly ccnp?: readonly Shorthand[];
  readonly services?: readonly KubernetesObject[];
}

interface Shorthand {
  readonly name: string;
  readonly namespace?: string;
  readonly spec?: unknown;
  readonly specs?: unknown;
}

const kinds = { cnp: 'CiliumNetworkPolicy', ccnp: 'CiliumClusterwideNetworkPolicy' } as const;

/** Cilium's policies of a case, and that Cilium is in charge. */
export function ciliumObjectsOf(specCase: CiliumCase): KubernetesObject[] {
  const policies = (Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((key) =>
    (specCase[key] ?? []).map(({ name, namespace, spec, specs }) => ({
      apiVersion: 'cilium.io/v2',
      kind: kinds[key],
      metadata: { name, namespace },
      spec,
      specs,
    })),
  );
  const said = { apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', dataplane: { policyEngine: 'cilium', enforcement: 'yes' } };
  return [...policies, ...(specCase.services ?? []), said];
}
