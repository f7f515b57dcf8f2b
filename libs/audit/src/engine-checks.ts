import { enginesWithoutAdminPolicies, type Finding, type ObjectRef } from '#model';
import type { Audited } from './audited.js';
import { lint } from './lint.js';

/** Groups of policies that only their own engine reads. */
const engines: readonly { readonly engine: string; readonly isOf: (ref: ObjectRef) => boolean }[] = [
  { engine: 'calico', isOf: ({ group }) => group === 'projectcalico.org' },
  { engine: 'cilium', isOf: ({ group }) => group === 'cilium.io' },
  { engine: 'antrea', isOf: ({ group }) => group === 'crd.antrea.io' },
];

/** Policies that the engine in charge does not read, or is not known to; nothing is said where nobody knows which one that is. */
export function* engineChecks({ cluster: { model, dataplane } }: Audited): Iterable<Finding> {
  const inCharge = dataplane.policyEngine.value;
  if (inCharge === 'unknown') return;
  const refs = [...model.policies, ...model.notUnderstood].map(({ ref }) => ref);
  for (const { engine, isOf } of engines) {
    if (engine === inCharge) continue;
    const ignored = refs.filter((ref) => isOf(ref) && ref.kind.endsWith('Policy'));
    if (ignored.length === 0) continue;
    const who = inCharge === 'none' ? 'nothing here' : inCharge;
    const message = `${policies(ignored)} of ${engine}, which ${who} does not read: ${ignored[0].name}`;
    yield lint('CONFLICTING_ENGINES', message, ignored, { path: 'apiVersion', witness: `engine:${inCharge}`, engine });
  }
  const admin = enginesWithoutAdminPolicies.has(inCharge)
    ? refs.filter(({ group }) => group === 'policy.networking.k8s.io')
    : [];
  if (admin.length === 0) return;
  const message = `${policies(admin)} that ${inCharge} is not known to read: ${admin[0].name}`;
  yield lint('ANP_NOT_READ', message, admin, { path: 'apiVersion', witness: `engine:${inCharge}` });
}

function policies(refs: readonly ObjectRef[]): string {
  return refs.length === 1 ? 'a policy' : `${refs.length} policies`;
}
