import type { Runs } from '#engine';
import type { PortProtocol, Service } from '#model';
import type { Audited } from './audited.js';

export interface TranslatedPort {
  readonly service: Service;
  readonly port: number;
  /** The number, or the name, of the port at which the backends listen. */
  readonly target: number | string;
}

/** Ports of Services that are translated to another one, by namespace, protocol and number. */
export class ServicePorts {
  readonly #byPort = new Map<string, TranslatedPort[]>();

  constructor(readonly audited: Audited) {
    for (const service of audited.cluster.model.services) {
      if (service.selector === null || service.headless) continue;
      for (const { port, targetPort, protocol } of service.ports) {
        if (targetPort === null || targetPort === port) continue;
        const key = `${service.namespace} ${protocol} ${port}`;
        const known = this.#byPort.get(key);
        const translated = { service, port, target: targetPort };
        if (known === undefined) this.#byPort.set(key, [translated]);
        else known.push(translated);
      }
    }
  }

  /**
   * A Service port of that number that leads elsewhere, on some of these groups of pods; null where there is none.
   * Cost: the namespaces of the groups, and the Services there with such a port.
   */
  translating(protocol: PortProtocol, number: number, groups: readonly Runs[]): TranslatedPort | null {
    const { groups: all, cluster } = this.audited;
    for (const runs of groups) {
      for (let i = 0; i < runs.length; i += 2) {
        for (let g = runs[i]; g < runs[i + 1]; g = all.namespaceStart[all.namespaceOf[g] + 1]) {
          const { name } = cluster.model.namespaces[all.namespaceOf[g]];
          for (const translated of this.#byPort.get(`${name} ${protocol} ${number}`) ?? []) {
            if (this.audited.sharedGroup(runs, this.backends(translated.service)) >= 0) return translated;
          }
        }
      }
    }
    return null;
  }

  /** The groups of pods that a Service selects. */
  backends({ namespace, selector }: Service): Runs {
    if (selector === null) return [];
    return this.audited.select({ namespaces: { kind: 'Named', name: namespace }, pods: selector }).groups;
  }
}
