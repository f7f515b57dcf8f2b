import { type Cluster, outsideClass } from '#engine';
import { type Address, type AddressRange, type Family, formatAddress, podFlags } from '#model';

/** A pod with one of its own addresses. */
export interface PodAtAddress {
  readonly pod: number;
  readonly address: Address;
}

/** The addresses of the live pods that have some of their own, in order. */
export class PodAddresses {
  readonly #pods4: Uint32Array;
  readonly #values4: Uint32Array;
  readonly #wide: readonly (PodAtAddress & { address: { family: 'IPv6'; value: bigint } })[];

  /** Cost: n log n in the pods. */
  constructor({ lookups, index }: Cluster) {
    const { length, flags, address4, address6 } = lookups.columns();
    const { podClass } = index.arrays;
    const pods: number[] = [];
    const wide: (PodAtAddress & { address: { family: 'IPv6'; value: bigint } })[] = [];
    for (let pod = 0; pod < length; pod++) {
      if (podClass[pod] < outsideClass || (flags[pod] & podFlags.hostNetwork) !== 0) continue;
      if ((flags[pod] & podFlags.hasIPv4) !== 0) pods.push(pod);
      if ((flags[pod] & podFlags.hasIPv6) === 0) continue;
      let value = 0n;
      for (let word = 4 * pod; word < 4 * pod + 4; word++) value = (value << 32n) | BigInt(address6[word]);
      wide.push({ pod, address: { family: 'IPv6', value } });
    }
    this.#pods4 = Uint32Array.from(pods).sort((a, b) => address4[a] - address4[b]);
    this.#values4 = this.#pods4.map((pod) => address4[pod]);
    this.#wide = wide.sort((a, b) =>
      a.address.value < b.address.value ? -1 : a.address.value > b.address.value ? 1 : 0,
    );
  }

  has(family: Family): boolean {
    return (family === 'IPv4' ? this.#pods4 : this.#wide).length > 0;
  }

  /** Pods whose address is in a range, by ascending address. Cost: logarithmic, and linear in what is taken. */
  *within({ first, last }: AddressRange): Iterable<PodAtAddress> {
    if (first.family === 'IPv4') {
      for (let i = this.#firstAtOrAbove4(first.value); i < this.#values4.length; i++) {
        const value = this.#values4[i];
        if (value > last.value) return;
        yield { pod: this.#pods4[i], address: { family: 'IPv4', value } };
      }
      return;
    }
    for (let i = this.#firstAtOrAbove6(first.value); i < this.#wide.length; i++) {
      if (this.#wide[i].address.value > (last.value as bigint)) return;
      yield this.#wide[i];
    }
  }

  /** How many pods have their address in a range; cost: logarithmic. */
  count({ first, last }: AddressRange): number {
    return first.family === 'IPv4'
      ? this.#firstAtOrAbove4((last.value as number) + 1) - this.#firstAtOrAbove4(first.value)
      : this.#firstAtOrAbove6((last.value as bigint) + 1n) - this.#firstAtOrAbove6(first.value);
  }

  #firstAtOrAbove4(value: number): number {
    let [low, high] = [0, this.#values4.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#values4[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #firstAtOrAbove6(value: bigint): number {
    let [low, high] = [0, this.#wide.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#wide[middle].address.value < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** `ip:10.1.2.3`. */
export function addressText(address: Address): string {
  return `ip:${formatAddress(address)}`;
}
