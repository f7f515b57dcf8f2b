import type { BuiltModel } from './build-model.js';
import { withStaged } from './calico/with-staged.js';
import { underCalico } from './under-calico.js';
import { underCilium } from './under-cilium.js';
import { withUnreadAdminPolicies } from './with-unread-admin-policies.js';

/**
 * A model under the engine that is in charge of policies, as the dataplane tells: an engine's own policies mean
 * something where it is there, and those of policy.networking.k8s.io where it reads them. With `staged` as if its staged
 * policies were in force. Pure; cost as `underCalico` and `underCilium`.
 */
export function underEngine(
  built: BuiltModel,
  policyEngine: string,
  { staged = false }: { readonly staged?: boolean } = {},
): BuiltModel {
  switch (policyEngine) {
    case 'calico':
      return underCalico(staged ? withStaged(built) : built);
    case 'cilium':
      return underCilium(withUnreadAdminPolicies(built, policyEngine));
    default:
      return withUnreadAdminPolicies(built, policyEngine);
  }
}
