/**
 * Gives each distinct pair of small numbers a number, counted from 0; both must be below 2³¹. A hash table in typed
 * arrays: a `Map` with a computed key costs an allocation for every look-up.
 */
export class PairNumbers {
  #left = new Int32Array(512);
  #right = new Int32Array(512);
  /** Number of a pair plus one; 0 is free. */
  #numbers = new Int32Array(512);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The number of a pair; a new one is the size before the call. */
  of(left: number, right: number): number {
    const slot = this.#slot(left, right);
    if (this.#numbers[slot] !== 0) return this.#numbers[slot] - 1;
    this.#left[slot] = left;
    this.#right[slot] = right;
    this.#numbers[slot] = ++this.#size;
    const number = this.#size - 1;
    if (this.#size * 2 > this.#numbers.length) this.#grow();
    return number;
  }

  /** The number of a pair that was seen before; -1 for another. */
  find(left: number, right: number): number {
    return this.#numbers[this.#slot(left, right)] - 1;
  }

  #slot(left: number, right: number): number {
    const mask = this.#numbers.length - 1;
    let slot = Math.imul(Math.imul(left, 0x9e3779b1) ^ (right + (left >>> 7)), 0x85ebca6b);
    slot = (slot ^ (slot >>> 15)) & mask;
    while (this.#numbers[slot] !== 0 && (this.#left[slot] !== left || this.#right[slot] !== right)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [left, right, numbers] = [this.#left, this.#right, this.#numbers];
    this.#left = new Int32Array(left.length * 2);
    this.#right = new Int32Array(left.length * 2);
    this.#numbers = new Int32Array(left.length * 2);
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] === 0) continue;
      const slot = this.#slot(left[i], right[i]);
      this.#left[slot] = left[i];
      this.#right[slot] = right[i];
      this.#numbers[slot] = numbers[i];
    }
  }
}
