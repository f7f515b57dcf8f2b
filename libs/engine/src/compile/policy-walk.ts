import { PairNumbers } from '../sets/pair-numbers.js';

/** A trie of numbers that policies are known by: equal sequences of policies end at the same place. Place 0 is where none applies. */
export class PolicyWalk {
  readonly #next = new PairNumbers();
  readonly #parent = [0];
  readonly #number = [-1];

  step(place: number, number: number): number {
    const next = this.#next.of(place, number) + 1;
    if (next === this.#parent.length) {
      this.#parent.push(place);
      this.#number.push(number);
    }
    return next;
  }

  /** The numbers on the way to a place, in their order. */
  numbersAt(place: number): number[] {
    const numbers: number[] = [];
    for (let at = place; at !== 0; at = this.#parent[at]) numbers.push(this.#number[at]);
    return numbers.reverse();
  }
}
