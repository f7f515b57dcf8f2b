import type { Address, PodColumns } from '#model';
import { podFlags } from '#model';

/** One more than any number of a pod. */
const podsMax = 2 ** 21;

/**
 * Pods by their own address, those on their node's network left out. Built once, n log n in the pods; a look-up is a
 * binary search.
 */
export class PodsByAddress {
  /** IPv4 address × `podsMax` + pod number, ascending. */
  readonly #keys4: Float64Array;
  readonly #pods6 = new Map<bigint, number[]>();

  constructor(columns: PodColumns) {
    const { length, flags, address4, address6 } = columns;
    const isOwn = (pod: number, has: number): boolean =>
      (flags[pod] & has) !== 0 && (flags[pod] & podFlags.hostNetwork) === 0;
    const keys4 = new Float64Array(length);
    let count = 0;
    for (let pod = 0; pod < length; pod++) {
      if (isOwn(pod, podFlags.hasIPv4)) keys4[count++] = address4[pod] * podsMax + pod;
      if (!isOwn(pod, podFlags.hasIPv6)) continue;
      const address = wideAt(address6, pod);
      const known = this.#pods6.get(address);
      if (known === undefined) this.#pods6.set(address, [pod]);
      else known.push(pod);
    }
    this.#keys4 = keys4.subarray(0, count).sort();
  }

  /** The pods with an address, ascending. */
  at(address: Address): readonly number[] {
    if (address.family === 'IPv6') return this.#pods6.get(address.value) ?? [];
    const first = address.value * podsMax;
    let low = 0;
    let high = this.#keys4.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys4[middle] < first) low = middle + 1;
      else high = middle;
    }
    const pods: number[] = [];
    for (; low < this.#keys4.length && this.#keys4[low] < first + podsMax; low++) pods.push(this.#keys4[low] - first);
    return pods;
  }
}

/** The IPv6 address of a pod that has one. */
export function wideAt(address6: Uint32Array, pod: number): bigint {
  let value = 0n;
  for (let word = 4 * pod; word < 4 * pod + 4; word++) value = (value << 32n) | BigInt(address6[word]);
  return value;
}
