import { detectDataplane } from '#dataplane';
import { type Cluster, compileInputOf, openCluster } from '#engine';
import { underOtherEngine } from '#manifests';
import { canonicalText, QuestionError } from '#model';

/**
 * A snapshot under what a question says of its network. The index is kept where that changes nothing in it; else it is
 * compiled here and now, or the question is refused.
 * @throws QuestionError DATAPLANE_INVALID
 */
export function underDataplane(cluster: Cluster, dataplane: unknown, otherIndex: 'Compile' | 'Refuse'): Cluster {
  if (dataplane === undefined || dataplane === null || dataplane === '') return cluster;
  const { index } = cluster;
  const said = detectDataplane(cluster.model, dataplane);
  const engine = said.policyEngine.value;
  const isSameEngine = engine === cluster.dataplane.policyEngine.value;
  const model = isSameEngine ? cluster.model : underOtherEngine(cluster.model, engine);
  const { semantics, enforcement } = compileInputOf(model, said);
  const isSameIndex =
    canonicalText(semantics) === canonicalText(cluster.semantics) &&
    enforcement.policyEngine === cluster.enforcement.policyEngine;
  if (isSameIndex) return openCluster({ model, dataplane: said, index });
  if (otherIndex === 'Compile') return openCluster({ model, dataplane: said });
  throw new QuestionError(
    'DATAPLANE_INVALID',
    'dataplane: that changes what policies mean here, which is answered for single verdicts only; accepted for a whole cluster is what changes enforcement alone, such as enforcement:no',
    'dataplane',
    'enforcement:yes|partial|no|unknown',
  );
}
