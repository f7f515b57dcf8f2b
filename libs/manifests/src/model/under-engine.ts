import type { BuiltModel } from './build-model.js';
import { underCalico } from './under-calico.js';

/**
 * A model under the engine that is in charge of policies, as the dataplane tells: an engine's own policies mean
 * something where it is there. Pure; cost as `underCalico`.
 */
export function underEngine(built: BuiltModel, policyEngine: string): BuiltModel {
  return policyEngine === 'calico' ? underCalico(built) : built;
}
