import { formatObjectRef, type ObjectRef } from '#model';
import type { BuiltModel } from '../build-model.js';
import { policyOf } from '../policies.js';
import type { CalicoPolicySpec, StagedAction, StoredCalicoPolicy } from '../stored-calico.js';
import type { OfRef } from './calico-objects.js';

/**
 * A model as it would be if every staged policy took effect: `Set` puts a policy in the place of the one of its name, or
 * beside the others; `Delete` takes it away; `Learn` and `Ignore` do nothing (policy semantics 3.1). Policies keep the ref
 * of the staged object, so that answers name what is there. Cost: linear in the policies.
 */
export function withStaged(built: BuiltModel): BuiltModel {
  const { model, calico } = built;
  const isReplaced = new Set(
    [...calico.staged, ...calico.stagedKubernetes]
      .filter(({ body }) => body.spec.stagedAction === 'Set' || body.spec.stagedAction === 'Delete')
      .map(({ ref }) => formatObjectRef(targetOf(ref))),
  );
  const remains = ({ ref }: { readonly ref: ObjectRef }): boolean => !isReplaced.has(formatObjectRef(ref));
  const set = calico.staged
    .filter(isSet)
    .map(({ ref, body }): OfRef<StoredCalicoPolicy> => ({ ref, body: inForce(body) }));
  const setKubernetes = calico.stagedKubernetes.filter(isSet).map(({ ref, body }) => policyOf(ref, body));
  return {
    ...built,
    model: {
      ...model,
      policies: [...model.policies.filter(remains), ...setKubernetes],
      notUnderstood: model.notUnderstood.filter(remains),
    },
    calico: { ...calico, policies: [...calico.policies.filter(remains), ...set] },
  };
}

/** What the policy would be the place of. */
function targetOf({ kind, namespace, name }: ObjectRef): ObjectRef {
  return kind === 'StagedKubernetesNetworkPolicy'
    ? { group: 'networking.k8s.io', kind: 'NetworkPolicy', namespace, name }
    : { group: 'projectcalico.org', kind: kind.replace(/^Staged/, ''), namespace, name };
}

function isSet({ body }: { readonly body: { readonly spec: { readonly stagedAction?: StagedAction } } }): boolean {
  return body.spec.stagedAction === 'Set';
}

function inForce(body: StoredCalicoPolicy): StoredCalicoPolicy {
  const { stagedAction: _, ...spec }: CalicoPolicySpec = body.spec;
  return { ...body, kind: body.kind.replace(/^Staged/, '') as StoredCalicoPolicy['kind'], spec };
}
