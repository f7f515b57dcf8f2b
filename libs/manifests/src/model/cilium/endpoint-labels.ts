/** Labels that Cilium gives a pod beside its own; their source is Kubernetes. */
export const ciliumLabels = {
  namespace: 'io.kubernetes.pod.namespace',
  /** Stands before the key of a label of the namespace. */
  ofNamespace: 'io.cilium.k8s.namespace.labels.',
  serviceAccount: 'io.cilium.k8s.policy.serviceaccount',
  cluster: 'io.cilium.k8s.policy.cluster',
} as const;
