import type { PodColumns } from '#model';
import { hashOfName } from '#model';

/**
 * Pods by namespace and name: a hash table of their numbers. Names are read where they lie; none is made into a text.
 * Built once, linear in the names. Cost of a look-up: that of reading one name, as a rule.
 */
export class PodsByName {
  /** Number of a pod plus one; 0 is free. A power of two, at most half full. */
  readonly #slots: Int32Array;

  constructor(readonly columns: PodColumns) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * columns.length + 2)));
    const mask = this.#slots.length - 1;
    for (let pod = 0; pod < columns.length; pod++) {
      let slot = slotOf(columns.namespace[pod], columns.hashName(pod)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = pod + 1;
    }
  }

  /** The number of a pod, its namespace given by number; undefined where there is none. */
  at(namespace: number, name: string): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(namespace, hashOfName(name)) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const pod = this.#slots[slot] - 1;
      if (this.columns.namespace[pod] === namespace && this.columns.isNamed(pod, name)) return pod;
    }
    return undefined;
  }
}

function slotOf(namespace: number, hash: number): number {
  const mixed = Math.imul(hash ^ Math.imul(namespace + 1, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
