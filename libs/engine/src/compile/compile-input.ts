import type { ClusterModel, PolicySemantics } from '#model';
import type { EnforcementView } from './enforcement-view.js';

/** The parts of a model that a compile reads. */
export type CompiledParts = Pick<ClusterModel, 'pods' | 'namespaces' | 'nodes' | 'policies' | 'notUnderstood'>;

/** Exactly what a compiled index is a function of, together with the engine's version. */
export interface CompileInput {
  readonly model: CompiledParts;
  readonly semantics: PolicySemantics;
  readonly enforcement: EnforcementView;
}

/** Bumped whenever the same input gives another index or another layout. */
export const engineVersion = 5;
