import type { Runs } from '#engine';
import type { Service } from '#model';
import type { Audited } from './audited.js';

/** Services that clients outside the cluster use, with the groups of their pods, by namespace. */
export class ExposedServices {
  readonly all: { readonly service: Service; readonly groups: Runs }[] = [];
  readonly #ofNamespace = new Map<string, { readonly service: Service; readonly groups: Runs }[]>();

  constructor(readonly audited: Audited) {
    for (const service of audited.cluster.model.services) {
      const { selector, namespace, type, externalIps } = service;
      if (selector === null || (type !== 'NodePort' && type !== 'LoadBalancer' && externalIps.length === 0)) continue;
      const { groups } = audited.select({ namespaces: { kind: 'Named', name: namespace }, pods: selector });
      const exposed = { service, groups };
      this.all.push(exposed);
      const known = this.#ofNamespace.get(namespace);
      if (known === undefined) this.#ofNamespace.set(namespace, [exposed]);
      else known.push(exposed);
    }
  }

  /** One that has some of these groups of pods behind it; null where there is none. */
  behind(groups: Runs, namespace: string | null): Service | null {
    const candidates = namespace === null ? this.all : (this.#ofNamespace.get(namespace) ?? []);
    return candidates.find((exposed) => this.audited.sharedGroup(exposed.groups, groups) >= 0)?.service ?? null;
  }
}
