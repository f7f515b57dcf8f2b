import type { Pod } from '#model';
import type { Cluster } from '../query/cluster.js';
import type { Party } from '../query/party.js';
import { besideTheRouter, namelessNamespace } from './stand-in-namespaces.js';

/**
 * A pod that stands for a controller that nobody has seen: no labels, address and node unknown, in a namespace without
 * labels, or with that of OpenShift's router (policy semantics 5.2). It is no pod of the model: it has the number -1.
 */
export function standInPod(cluster: Cluster, of: 'AnyController' | 'OpenShiftRouter'): Party {
  const pod: Pod = {
    namespace: of === 'AnyController' ? namelessNamespace : besideTheRouter,
    name: 'ingress-controller',
    labels: {},
    addresses: [],
    node: null,
    hostNetwork: false,
    phase: 'Running',
    ready: true,
    serviceAccount: 'default',
    ports: [],
    workload: null,
    annotations: {},
    origin: 'Template',
  };
  return { ...unseen(cluster), kind: 'Pod', pod };
}

/** An address outside the cluster that nobody knows: a load balancer that sends to pods itself. */
export function standInAddress(cluster: Cluster): Party {
  return { ...unseen(cluster), kind: 'Address', pod: null };
}

function unseen({ lookups }: Cluster): Pick<Party, 'text' | 'podNumber' | 'node' | 'addresses'> {
  const addresses = lookups.families().map((family) => ({ family, address: null }));
  return { text: 'ingress-controller', podNumber: -1, node: null, addresses };
}
