import type { ClusterModel, Dataplane, PolicySemantics } from '#model';
import { compileIndex } from '../compile/compile-index.js';
import type { CompileInput } from '../compile/compile-input.js';
import { enforcementView } from '../compile/enforcement-view.js';
import type { ReachabilityIndex } from '../compile/reachability-index.js';
import { Lookups } from './lookups.js';
import { parseSemantics } from './parse-question.js';

/** One snapshot, ready to be asked: its model, the network it runs on, and the compiled index. */
export interface Cluster extends CompileInput {
  readonly model: ClusterModel;
  readonly dataplane: Dataplane;
  readonly index: ReachabilityIndex;
  readonly lookups: Lookups;
}

/** What a snapshot's index is compiled from: the knobs are the dataplane's, overridden by the snapshot's own. */
export function compileInputOf(model: ClusterModel, dataplane: Dataplane): CompileInput & { model: ClusterModel } {
  const semantics: PolicySemantics = {
    ...dataplane.semantics.value,
    ...parseSemantics(model.info.semantics, 'semantics'),
  };
  return { model, semantics, enforcement: enforcementView(dataplane) };
}

/**
 * Opens a snapshot for questions. Without an index it is compiled here; a given one must have been compiled from
 * `compileInputOf` of the same model and dataplane. Cost beyond the compile: linear in the pods, when first needed.
 */
export function openCluster(given: { model: ClusterModel; dataplane: Dataplane; index?: ReachabilityIndex }): Cluster {
  const input = compileInputOf(given.model, given.dataplane);
  return {
    ...input,
    dataplane: given.dataplane,
    index: given.index ?? compileIndex(input).index,
    lookups: new Lookups(given.model),
  };
}
