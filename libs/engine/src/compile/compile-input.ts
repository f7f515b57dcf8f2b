import type { ClusterModel, PolicySemantics } from '#model';
import type { EnforcementView } from './enforcement-view.js';

/** Exactly what a compiled index is a function of, together with the engine's version. */
export interface CompileInput {
  readonly model: ClusterModel;
  readonly semantics: PolicySemantics;
  readonly enforcement: EnforcementView;
}

/** Bumped whenever the same input gives another index or another layout. */
export const engineVersion = 2;
