import { detectDataplane, underPreset } from '#dataplane';
import { type Cluster, compileInputOf, openCluster, splitSemantics } from '#engine';
import { canonicalText, presetEngines, QuestionError } from '#model';
import type { Reading } from '../index-cache/reading.js';

/** What a question says of how its snapshot is to be read. */
export interface Said {
  readonly dataplane?: unknown;
  readonly semantics?: unknown;
  readonly staged?: boolean;
}

/** What is asked: single verdicts take what a whole cluster refuses, which it would have to be compiled for. */
export type Extent = 'Verdicts' | 'Cluster';

/** Whether nothing is said, as in most questions. */
export function saysNothing({ dataplane, semantics, staged }: Said): boolean {
  return (
    (dataplane === undefined || dataplane === null || dataplane === '') && semantics === undefined && staged !== true
  );
}

/**
 * A snapshot as a question wants it read. Where another engine's policies decide, or staged ones, it is opened anew; else
 * the index is kept where what is said changes nothing in it, or compiled here and now.
 * @throws QuestionError DATAPLANE_INVALID, KNOB_INVALID
 */
export async function asSaid(
  cluster: Cluster,
  { dataplane, semantics, staged = false }: Said,
  extent: Extent,
  openAs: (reading: Reading) => Promise<Cluster>,
): Promise<Cluster> {
  const { preset } = splitSemantics(semantics, 'semantics');
  const says = dataplane !== undefined && dataplane !== null && dataplane !== '';
  if (!says && preset === null && !staged) return cluster;
  const said = says ? detectDataplane(cluster.model, dataplane) : cluster.dataplane;
  const policyEngine = preset === null ? said.policyEngine.value : presetEngines[preset];
  const isOtherEngine = familyOf(policyEngine) !== familyOf(cluster.dataplane.policyEngine.value);
  if (extent === 'Cluster' && preset === null && isOtherEngine) throw onlyVerdicts();
  const isOther = preset !== null || isOtherEngine || staged;
  const base = isOther ? await openAs({ policyEngine: familyOf(policyEngine), preset, staged }) : cluster;
  if (!says) return base;
  const { model, index } = base;
  const network = detectDataplane(model, dataplane);
  const wanted = preset === null ? network : underPreset(network, preset);
  const input = compileInputOf(model, wanted);
  const isSameIndex =
    canonicalText(input.semantics) === canonicalText(base.semantics) &&
    input.enforcement.policyEngine === base.enforcement.policyEngine;
  if (isSameIndex) return openCluster({ model, dataplane: wanted, index });
  if (extent === 'Verdicts') return openCluster({ model, dataplane: wanted });
  throw onlyVerdicts();
}

/** Engines that read other kinds of policies than Kubernetes' have readings of their own; all others share one. */
function familyOf(policyEngine: string): string {
  return ['calico', 'cilium', 'antrea', 'none', 'unknown'].includes(policyEngine) ? policyEngine : presetEngines.k8s;
}

function onlyVerdicts(): QuestionError {
  return new QuestionError(
    'DATAPLANE_INVALID',
    'dataplane: that changes what policies mean here, which is answered for single verdicts only; accepted for a whole cluster is what changes enforcement alone, such as enforcement:no, and semantics=preset:… for the policies of another engine',
    'dataplane',
    'enforcement:yes|partial|no|unknown',
  );
}
