import { networkPolicyShape } from '../../validation/policy-shapes.js';
import { networkPolicyReader } from '../network-policy.js';
import type { KindReader } from '../kind-reader.js';
import { calicoKind } from './calico-kind.js';
import { readStagedAction } from './staged-action.js';

/** A Kubernetes NetworkPolicy that is not enforced yet, validated as one. */
export const stagedKubernetesPolicyReader: KindReader = calicoKind({
  kind: 'StagedKubernetesNetworkPolicy',
  namespaced: true,
  shape: { ...networkPolicyShape, stagedAction: null },
  readSpec: (spec, decoder, object) => {
    const policy = networkPolicyReader.read(object, decoder) as { spec?: Record<string, unknown> };
    return { ...policy.spec, stagedAction: readStagedAction(spec, decoder) };
  },
});
