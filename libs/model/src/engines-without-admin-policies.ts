/**
 * Engines that read NetworkPolicies and of which no release that is known, or none without a switch, reads the policies of
 * policy.networking.k8s.io. Every other is taken to read them, as bare manifests are taken to be enforced.
 */
export const enginesWithoutAdminPolicies: ReadonlySet<string> = new Set([
  'antrea',
  'aws-network-policy-agent',
  'azure-npm',
  'cilium',
  'kube-router',
  'weave-npc',
]);
