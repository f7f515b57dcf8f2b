import type { Direction, NotUnderstood } from '#model';
import type { StoredProfile } from '../stored-calico.js';
import type { CalicoObjects } from './calico-objects.js';

/**
 * Profiles of namespaces and service accounts that are not what Calico makes them: of a namespace, everything allowed; of
 * a service account, no rules. They are asked after the last tier, and what they do to pods of the namespace is not
 * modelled. No pod has another profile; host endpoints may. Cost: linear.
 */
export function oddProfiles(profiles: CalicoObjects['profiles']): NotUnderstood[] {
  return profiles.flatMap(({ ref, body: { spec } }): NotUnderstood[] => {
    const [, prefix, namespace] = /^(kns|ksa)\.([^.]+)/.exec(ref.name) ?? [];
    if (namespace === undefined) return [];
    const isOrdinary =
      prefix === 'kns'
        ? isPlainAllow(spec, 'Ingress') && isPlainAllow(spec, 'Egress')
        : spec.ingress.length + spec.egress.length === 0;
    return isOrdinary ? [] : [{ ref, scope: { kind: 'Pods', namespace }, actedOnBy: 'calico' }];
  });
}

/** Whether the first rule of a profile allows everything. */
export function isPlainAllow(spec: StoredProfile['spec'] | undefined, direction: Direction): boolean {
  const [rule] = (direction === 'Ingress' ? spec?.ingress : spec?.egress) ?? [];
  if (rule?.action !== 'Allow') return false;
  const { source, destination, ...rest } = rule;
  const asks = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined);
  const own = Object.entries(rest).filter(([name]) => name !== 'action');
  return ![...own.map(([, value]) => value), ...Object.values(source), ...Object.values(destination)].some(asks);
}
