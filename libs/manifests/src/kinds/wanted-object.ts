import { elements, members, type Wanted, type WantedMembers } from '../reading/wanted.js';

/** What is looked at in an object of a kind: its identity, its labels and annotations, its owners, and these members. */
export function wantedObject(rest: Readonly<Record<string, Wanted>>): WantedMembers {
  return members({
    apiVersion: 'All',
    kind: 'All',
    metadata: members({
      name: 'All',
      namespace: 'All',
      uid: 'All',
      labels: 'All',
      deletionTimestamp: 'All',
      annotations: 'All',
      ownerReferences: 'All',
    }),
    ...rest,
  });
}

/** What is looked at in the spec of a pod; of a network component also its flags. */
export function wantedPodSpec(of: 'Pod' | 'Component'): WantedMembers {
  const container = elements(
    members({
      name: 'All',
      restartPolicy: 'All',
      ports: 'All',
      image: 'All',
      ...(of === 'Component' ? { command: 'All', args: 'All', env: 'All' } : {}),
    }),
  );
  return members({
    hostNetwork: 'All',
    nodeName: 'All',
    serviceAccountName: 'All',
    containers: container,
    initContainers: container,
  });
}
