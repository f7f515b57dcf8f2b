import { detectDataplane } from '#dataplane';
import { type Cluster, compileInputOf, openCluster } from '#engine';
import { canonicalText } from '#model';

/**
 * A snapshot under what a question says of its network; the index is kept where that changes nothing in it.
 * @throws QuestionError DATAPLANE_INVALID
 */
export function clusterUnder(cluster: Cluster, dataplane: unknown): Cluster {
  if (dataplane === undefined || dataplane === null || dataplane === '') return cluster;
  const { model, index } = cluster;
  const said = detectDataplane(model, dataplane);
  const { semantics, enforcement } = compileInputOf(model, said);
  const isSameIndex =
    canonicalText(semantics) === canonicalText(cluster.semantics) &&
    enforcement.policyEngine === cluster.enforcement.policyEngine;
  return openCluster(isSameIndex ? { model, dataplane: said, index } : { model, dataplane: said });
}
