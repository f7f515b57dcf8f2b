import type { ObjectRef, SecondaryPolicy } from '#model';
import { policyOf } from './policies.js';
import type { StoredNetworkPolicy } from './stored-body.js';

const networksAnnotation = 'k8s.v1.cni.cncf.io/policy-for';

/** A MultiNetworkPolicy: a NetworkPolicy for the networks that its annotation lists, of its own namespace unless it says otherwise. */
export function secondaryPolicyOf(ref: ObjectRef, body: StoredNetworkPolicy): SecondaryPolicy {
  const listed = (body.metadata.annotations?.[networksAnnotation] ?? '').split(',').map((name) => name.trim());
  const networks = listed
    .filter((name) => name !== '')
    .map((name) => (name.includes('/') ? name : `${ref.namespace}/${name}`));
  return { policy: policyOf(ref, body), networks: [...new Set(networks)].sort() };
}
