/** Tells `StabbingTree` a half-open run and the two numbers that belong to it. */
export type AddRun = (start: number, end: number, first: number, second: number) => void;

/**
 * Runs over `0..size`, each with two numbers, kept so that all runs that contain a given number are found without
 * looking at the others. A run hangs at the few nodes of a balanced tree that together cover it; the runs that contain
 * a number hang on the way from its leaf to the root.
 *
 * Cost: to build, the runs × log of their length; to ask, the runs found + log of the size.
 */
export class StabbingTree {
  readonly #offsets: Uint32Array;
  readonly #first: Uint32Array;
  readonly #second: Uint32Array;

  /** `runs` is called twice, with the same runs: once to count them, once to keep them. */
  constructor(
    readonly size: number,
    runs: (add: AddRun) => void,
  ) {
    const offsets = new Uint32Array(2 * size + 1);
    runs((start, end) => this.#nodesOf(start, end, (node) => offsets[node + 1]++));
    for (let node = 1; node < offsets.length; node++) offsets[node] += offsets[node - 1];
    const next = offsets.slice();
    this.#offsets = offsets;
    this.#first = new Uint32Array(offsets[offsets.length - 1]);
    this.#second = new Uint32Array(offsets[offsets.length - 1]);
    runs((start, end, first, second) =>
      this.#nodesOf(start, end, (node) => {
        this.#first[next[node]] = first;
        this.#second[next[node]++] = second;
      }),
    );
  }

  /** Calls `found` with the two numbers of every run that contains `at`. */
  find(at: number, found: (first: number, second: number) => void): void {
    for (let node = at + this.size; node >= 1; node >>= 1) {
      for (let i = this.#offsets[node]; i < this.#offsets[node + 1]; i++) found(this.#first[i], this.#second[i]);
    }
  }

  #nodesOf(start: number, end: number, visit: (node: number) => void): void {
    for (let l = start + this.size, r = Math.min(end, this.size) + this.size; l < r; l >>= 1, r >>= 1) {
      if (l & 1) visit(l++);
      if (r & 1) visit(--r);
    }
  }
}
