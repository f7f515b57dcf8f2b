import type { Cluster } from '../query/cluster.js';
import { isNodeLike } from '../query/pair.js';
import { type Party, roleOf } from '../query/party.js';
import type { EntryController } from './entry-controller.js';

/** The pods of a controller that a backend can tell apart: on which node one runs matters to a backend that is on one. */
export function controllerSources(
  cluster: Cluster,
  { parties, distinct }: EntryController,
  backend: Party,
): readonly Party[] {
  return isNodeLike(backend, roleOf(cluster, backend, cluster.semantics)) ? parties : distinct;
}
