import { networkPolicyReader } from './network-policy.js';
import type { KindReader } from './kind-reader.js';

/**
 * A policy for secondary networks: the spec of a NetworkPolicy, and in an annotation the networks it is for (dataplane
 * D.4). It is validated as a NetworkPolicy is.
 */
export const multiNetworkPolicyReader: KindReader = {
  ...networkPolicyReader,
  group: 'k8s.cni.cncf.io',
  kind: 'MultiNetworkPolicy',
  versions: ['v1beta1', 'v1beta2'],
  aliases: [],
  annotations: ['k8s.v1.cni.cncf.io/policy-for'],
};
