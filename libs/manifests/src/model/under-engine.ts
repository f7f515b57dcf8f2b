import type { BuiltModel } from './build-model.js';
import { underCalico } from './under-calico.js';
import { underCilium } from './under-cilium.js';

/**
 * A model under the engine that is in charge of policies, as the dataplane tells: an engine's own policies mean
 * something where it is there. Pure; cost as `underCalico` and `underCilium`.
 */
export function underEngine(built: BuiltModel, policyEngine: string): BuiltModel {
  switch (policyEngine) {
    case 'calico':
      return underCalico(built);
    case 'cilium':
      return underCilium(built);
    default:
      return built;
  }
}
