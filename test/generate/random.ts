/**
 * Numbers that look random and depend on nothing but what they are seeded with, so that any part of a cluster can be
 * made alone and is the same each time.
 */
export class Random {
  #state: number;

  /** Different parts, different numbers: `new Random(seed, 'pod', 17)`. */
  constructor(...parts: readonly (number | string)[]) {
    this.#state = parts.reduce<number>((state, part) => mixed(state, part), 0x9e3779b9);
  }

  /** From 0, included, to 1, excluded. */
  fraction(): number {
    // mulberry32, by Tommy Ettinger; in the public domain.
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** From 0 to `end`, excluded. */
  below(end: number): number {
    return Math.floor(this.fraction() * end);
  }

  chance(percent: number): boolean {
    return this.fraction() * 100 < percent;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  /** `count` members of a list; repeats are possible. */
  some<T>(choices: readonly T[], count: number): T[] {
    return Array.from({ length: count }, () => this.pick(choices));
  }

  /** As controllers and the API server write random suffixes: without vowels and lookalikes. */
  suffix(length: number): string {
    return Array.from({ length }, () => this.pick(suffixLetters)).join('');
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.below(16).toString(16)).join('');
  }

  uid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`;
  }
}

const suffixLetters = [...'bcdfghjklmnpqrstvwxz2456789'];

function mixed(state: number, part: number | string): number {
  let hash = state;
  if (typeof part === 'number') return Math.imul(hash ^ part, 0x85ebca6b) ^ (hash >>> 13) ^ Math.imul(part, 0x27d4eb2f);
  for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193) ^ (hash >>> 15);
  return hash;
}
