import { ciliumLabels } from './endpoint-labels.js';

/** How the keys begin of labels that Cilium leaves out of identities unless a cluster says otherwise. */
const leftOut = new RegExp(
  `^(?:${[
    'io\\.kubernetes',
    'kubernetes\\.io',
    'statefulset\\.kubernetes\\.io/pod-name',
    'apps\\.kubernetes\\.io/pod-index',
    'batch\\.kubernetes\\.io/job-completion-index',
    'batch\\.kubernetes\\.io/controller-uid',
    '.*beta\\.kubernetes\\.io',
    'k8s\\.io',
    'pod-template-generation',
    'pod-template-hash',
    'controller-revision-hash',
    'controller-uid',
    'annotation',
    'etcd_node',
  ].join('|')})`,
);

/**
 * The key under which selectors find a label of a pod. Labels that are different on every pod, and those of Kubernetes'
 * own, are no part of what Cilium knows a pod by: their keys become one that no pod has.
 */
export function identityKey(key: string): string {
  return leftOut.test(key) && key !== ciliumLabels.namespace ? `k8s:${key}` : key;
}
