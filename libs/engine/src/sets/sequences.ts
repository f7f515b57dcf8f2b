import { QuestionError } from '#model';

/**
 * Gives equal sequences of 32-bit numbers one number each, counted from 0. All contents lie end to end in one array,
 * found again through a hash table in typed arrays: no text is made and nothing is allocated per sequence. Cost of one
 * look-up: linear in the sequence.
 */
export class Sequences {
  #words = new Uint32Array(1024);
  #starts = new Uint32Array(256);
  #hashes = new Uint32Array(256);
  /** Number of a sequence plus one; 0 is free. A power of two, at most half full. */
  #slots = new Int32Array(512);
  #scratch = new Uint32Array(64);
  #size = 0;

  /**
   * @param wordsMax how many numbers may be kept in all
   * @param what names the contents in the error
   */
  constructor(
    readonly wordsMax = 2 ** 31,
    readonly what = 'numbers',
  ) {}

  get size(): number {
    return this.#size;
  }

  /** How many numbers are kept in all. */
  get length(): number {
    return this.#starts[this.#size];
  }

  /** All contents, end to end; sequence `i` is `words[start(i)]` to `words[end(i) - 1]`. Valid until the next `intern`. */
  get words(): Uint32Array {
    return this.#words;
  }

  start(number: number): number {
    return this.#starts[number];
  }

  end(number: number): number {
    return this.#starts[number + 1];
  }

  /**
   * The number of a sequence.
   * @throws QuestionError INDEX_TOO_LARGE above `wordsMax`
   */
  intern(numbers: ArrayLike<number>): number {
    if (numbers.length > this.#scratch.length) this.#scratch = new Uint32Array(2 * numbers.length);
    for (let i = 0; i < numbers.length; i++) this.#scratch[i] = numbers[i];
    return this.internWords(this.#scratch, numbers.length);
  }

  /** As `intern`, of `given[0]` to `given[length - 1]`; faster, since it sees one kind of array only. */
  internWords(given: Uint32Array, length: number): number {
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (hash >>> 15) ^ given[i], 0x9e3779b1);
    hash ^= hash >>> 16;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] - 1;
      if (this.#hashes[number] === hash >>> 0 && this.#equals(number, given, length)) return number;
    }
    this.#slots[slot] = this.#size + 1;
    return this.#append(given, length, hash >>> 0);
  }

  #equals(number: number, given: Uint32Array, length: number): boolean {
    const start = this.#starts[number];
    if (this.#starts[number + 1] - start !== length) return false;
    const words = this.#words;
    for (let i = 0; i < length; i++) if (words[start + i] !== given[i]) return false;
    return true;
  }

  #append(given: Uint32Array, length: number, hash: number): number {
    const number = this.#size++;
    const start = this.#starts[number];
    const end = start + length;
    if (end > this.wordsMax) throw tooMany(this.what, this.wordsMax);
    if (end > this.#words.length) this.#words = grown(this.#words, end);
    if (number + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, number + 2);
      this.#hashes = grown(this.#hashes, number + 2);
    }
    this.#words.set(given.length === length ? given : given.subarray(0, length), start);
    this.#starts[number + 1] = end;
    this.#hashes[number] = hash;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#size; number++) {
      let slot = this.#hashes[number] & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function grown(array: Uint32Array, atLeast: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(atLeast, 2 * array.length));
  larger.set(array);
  return larger;
}

function tooMany(what: string, max: number): QuestionError {
  return new QuestionError(
    'INDEX_TOO_LARGE',
    `the policies of this snapshot make more than ${max} ${what}; no index is made of so many`,
    'snapshot',
  );
}
