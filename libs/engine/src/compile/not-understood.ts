import type { NotUnderstood } from '#model';
import type { EnforcementView } from './enforcement-view.js';

/** Engines that read only their own policy kinds besides Kubernetes' own. */
const enginesWithOwnKinds: readonly string[] = ['calico', 'cilium', 'antrea'];

/**
 * Whether an object that is not understood may act in this cluster. Kubernetes' and Multus' kinds may under any
 * engine; an engine's own kinds may unless another engine is known to be in charge.
 */
export function actsHere({ actedOnBy }: Pick<NotUnderstood, 'actedOnBy'>, { policyEngine }: EnforcementView): boolean {
  if (!enginesWithOwnKinds.includes(actedOnBy)) return true;
  return policyEngine === null || policyEngine === 'none' || policyEngine === actedOnBy;
}
