import type { ContainerPort, Labels } from '#model';
import { canonicalText } from '#model';
import type { StoredPodSpec } from './stored-body.js';

/** Gives equal label sets and equal port lists one shared, frozen value each, so that a compile compares identities. */
export class Interner {
  readonly #labels = new Map<string, Labels>();
  readonly #ports = new Map<string, readonly ContainerPort[]>();
  readonly #portsOf = new Map<string, readonly ContainerPort[]>();

  labels(labels: Readonly<Record<string, string>>): Labels {
    // Bodies are canonical text: equal label sets list their keys in the same order.
    return interned(this.#labels, JSON.stringify(labels), () => Object.freeze(labels));
  }

  ports(spec: StoredPodSpec): readonly ContainerPort[] {
    // Containers that are alike have the same ports, and the text of a body's part is had much faster than a canonical one.
    return interned(this.#portsOf, JSON.stringify([spec.containers, spec.initContainers]), () => {
      const ports = portsOf(spec);
      return interned(this.#ports, canonicalText(ports), () => Object.freeze(ports));
    });
  }
}

/** Containers first, then init containers; a sidecar is an init container that is always restarted. */
function portsOf({ containers, initContainers }: StoredPodSpec): ContainerPort[] {
  const of = (
    container: StoredPodSpec['containers'][number],
    declaredBy: ContainerPort['declaredBy'],
  ): ContainerPort[] =>
    container.ports.map(({ name, protocol, containerPort, hostPort, hostIP }) => ({
      name: name ?? null,
      protocol,
      port: containerPort,
      hostPort: hostPort ?? null,
      hostIp: hostIP ?? null,
      declaredBy,
    }));
  return [
    ...containers.flatMap((container) => of(container, 'Container')),
    ...initContainers.flatMap((container) => of(container, container.restartPolicy === 'Always' ? 'Sidecar' : 'Init')),
  ];
}

function interned<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
