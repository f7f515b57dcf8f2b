import type { Runs } from '#engine';
import type { ContainerPort } from '#model';
import type { Audited } from './audited.js';

/** What the pods of one stretch of groups declare; stretches are shared by many rules. */
export interface Declared {
  readonly pods: number;
  /** Pods that declare a port at all. */
  readonly declaring: number;
  /** Pods by `protocol/name` and by `protocol number`. */
  readonly by: ReadonlyMap<string, number>;
  /** A pod by the same keys. */
  readonly witness: ReadonlyMap<string, number>;
  readonly first: number;
}

/** What pods declare, by the groups they are in. */
export class DeclaredPorts {
  readonly #known = new Map<string, Declared>();
  readonly #keysOf = new Map<readonly ContainerPort[], readonly string[]>();

  constructor(readonly audited: Audited) {}

  /** Cost: linear in the groups, for each distinct list of stretches once. */
  of(stretches: readonly Runs[]): Declared {
    const key = stretches.map((runs) => Array.from(runs).join()).join(';');
    let declared = this.#known.get(key);
    if (declared === undefined) this.#known.set(key, (declared = this.#find(stretches)));
    return declared;
  }

  #find(stretches: readonly Runs[]): Declared {
    const { groups } = this.audited;
    const by = new Map<string, number>();
    const witness = new Map<string, number>();
    const seen = new Set<number>();
    let [pods, declaring, first] = [0, 0, -1];
    for (const runs of stretches) {
      for (let i = 0; i < runs.length; i += 2) {
        for (let g = runs[i]; g < runs[i + 1]; g++) {
          const count = groups.ordinaryBefore[g + 1] - groups.ordinaryBefore[g];
          if (count === 0 || (stretches.length > 1 && seen.has(g))) continue;
          if (stretches.length > 1) seen.add(g);
          pods += count;
          if (first < 0) first = groups.podOf[g];
          if (groups.portsOf[g].length > 0) declaring += count;
          for (const key of this.#keys(groups.portsOf[g])) {
            by.set(key, (by.get(key) ?? 0) + count);
            if (!witness.has(key)) witness.set(key, groups.podOf[g]);
          }
        }
      }
    }
    return { pods, declaring, by, witness, first };
  }

  #keys(ports: readonly ContainerPort[]): readonly string[] {
    let keys = this.#keysOf.get(ports);
    if (keys === undefined) {
      const all = this.audited.cluster.semantics.initContainerPorts === 'all';
      const counted = ports.filter(({ declaredBy }) => all || declaredBy !== 'Init');
      keys = [
        ...new Set(
          counted.flatMap(({ name, protocol, port }) => [
            `${protocol} ${port}`,
            ...(name === null ? [] : [`${protocol}/${name}`]),
          ]),
        ),
      ];
      this.#keysOf.set(ports, keys);
    }
    return keys;
  }
}
