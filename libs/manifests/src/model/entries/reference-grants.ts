import type { ObjectRef } from '#model';
import type { StoredReferenceGrant } from './stored-entries.js';

/** Which objects of other namespaces may be referred to (policy semantics 5.3). */
export class ReferenceGrants {
  readonly #byNamespace = new Map<string, StoredReferenceGrant[]>();

  constructor(grants: readonly StoredReferenceGrant[]) {
    for (const grant of grants) {
      const namespace = grant.metadata.namespace as string;
      this.#byNamespace.set(namespace, [...(this.#byNamespace.get(namespace) ?? []), grant]);
    }
  }

  /** Whether a route may send traffic to a target: within one namespace always, else where that namespace grants it. */
  grants(route: ObjectRef, target: ObjectRef): boolean {
    if (route.namespace === target.namespace) return true;
    return (this.#byNamespace.get(target.namespace as string) ?? []).some(
      ({ spec }) =>
        spec.from.some(
          ({ group, kind, namespace }) => group === route.group && kind === route.kind && namespace === route.namespace,
        ) &&
        spec.to.some(
          ({ group, kind, name }) =>
            group === target.group && kind === target.kind && (name === undefined || name === target.name),
        ),
    );
  }
}
