import { Sequences } from './sequences.js';

/** Lists of runs, interned: a list is named by its number in a `Sequences`. */
export type RunLists = Sequences;

/** With so few lists the set of open ones is a bit mask and its number stands in a table. */
const maskBitsMax = 12;

/**
 * Cuts an axis at the borders of several lists of runs and says for each stretch which lists are open there. Every
 * distinct set of open lists is a *state* with a number, so that whatever depends on the set is worked out once a state.
 *
 * One `Sweep` is used again and again; its results hold until the next call of `over`. Cost: borders × lists for a few
 * lists; for many n log n in the borders, plus borders × lists / 32.
 */
export class Sweep {
  /** By stretch: where it begins. The first begins at 0, and each ends where the next begins. */
  starts = new Uint32Array(1024);
  /** By stretch: the state that holds there. */
  states = new Uint32Array(1024);
  /** How many stretches there are. */
  length = 0;
  /** How many states there are; state 0 is that of no open list. */
  stateCount = 0;

  readonly #stateOfMask = new Int32Array(1 << maskBitsMax);
  #masks: number[] = [];
  #sets: Sequences | null = null;
  readonly #cursor = new Int32Array(maskBitsMax);
  readonly #end = new Int32Array(maskBitsMax);
  readonly #next = new Float64Array(maskBitsMax);

  over(lists: RunLists, numbers: readonly number[], axisEnd: number): void {
    this.length = 0;
    if (numbers.length <= maskBitsMax) this.#overFew(lists, numbers, axisEnd);
    else this.#overMany(lists, numbers, axisEnd);
  }

  /** Which of the lists given are open in a state, by their place; ascending. */
  openIn(state: number): number[] {
    const open: number[] = [];
    if (this.#sets === null) {
      for (let mask = this.#masks[state], i = 0; mask !== 0; mask >>>= 1, i++) if ((mask & 1) !== 0) open.push(i);
      return open;
    }
    const { words } = this.#sets;
    const start = this.#sets.start(state);
    for (let word = start; word < this.#sets.end(state); word++) {
      for (let bits = words[word], i = 32 * (word - start); bits !== 0; bits >>>= 1, i++) {
        if ((bits & 1) !== 0) open.push(i);
      }
    }
    return open;
  }

  #overFew(lists: RunLists, numbers: readonly number[], axisEnd: number): void {
    const { words } = lists;
    const cursor = this.#cursor;
    const end = this.#end;
    const next = this.#next;
    const count = numbers.length;
    this.#sets = null;
    this.#masks = [0];
    this.#stateOfMask.fill(-1, 0, 1 << count);
    this.#stateOfMask[0] = 0;
    this.#add(0, 0);
    let at = Infinity;
    for (let i = 0; i < count; i++) {
      cursor[i] = lists.start(numbers[i]);
      end[i] = lists.end(numbers[i]);
      next[i] = cursor[i] < end[i] ? words[cursor[i]] : Infinity;
      if (next[i] < at) at = next[i];
    }
    let mask = 0;
    while (at < axisEnd) {
      let following = Infinity;
      for (let i = 0; i < count; i++) {
        if (next[i] === at) {
          mask ^= 1 << i;
          next[i] = ++cursor[i] < end[i] ? words[cursor[i]] : Infinity;
        }
        if (next[i] < following) following = next[i];
      }
      let state = this.#stateOfMask[mask];
      if (state < 0) {
        state = this.#masks.push(mask) - 1;
        this.#stateOfMask[mask] = state;
      }
      this.#add(at, state);
      at = following;
    }
    this.stateCount = this.#masks.length;
  }

  #overMany(lists: RunLists, numbers: readonly number[], axisEnd: number): void {
    const { words } = lists;
    const count = numbers.length;
    let total = 0;
    for (const number of numbers) total += lists.end(number) - lists.start(number);
    const borders = new Float64Array(total);
    let filled = 0;
    numbers.forEach((number, i) => {
      for (let k = lists.start(number); k < lists.end(number); k++) borders[filled++] = words[k] * count + i;
    });
    borders.sort();
    const sets = new Sequences();
    const open = new Uint32Array(Math.ceil(count / 32));
    this.#sets = sets;
    this.#add(0, sets.internWords(open, open.length));
    for (let i = 0; i < total;) {
      const at = Math.floor(borders[i] / count);
      if (at >= axisEnd) break;
      for (; i < total && borders[i] < (at + 1) * count; i++) {
        const list = borders[i] - at * count;
        open[list >>> 5] ^= 1 << (list & 31);
      }
      this.#add(at, sets.internWords(open, open.length));
    }
    this.stateCount = sets.size;
  }

  /** Adds a stretch; one that begins where the last one does takes its place. */
  #add(start: number, state: number): void {
    if (this.length > 0 && this.starts[this.length - 1] === start) this.length--;
    if (this.length === this.starts.length) {
      this.starts = doubled(this.starts);
      this.states = doubled(this.states);
    }
    this.starts[this.length] = start;
    this.states[this.length++] = state;
  }
}

function doubled(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
