/**
 * A value that is made in steps: by one who takes a breath between them, or, for one who needs it now, to its end at once,
 * from where the other stopped.
 */
export class InSteps<T> {
  readonly #making: Iterator<void, T>;
  #made: { readonly value: T } | null = null;

  /** @param make yields between steps and returns the value; begun when the value is first needed */
  constructor(make: () => Generator<void, T>) {
    this.#making = make();
  }

  get value(): T {
    while (this.#made === null) this.#step();
    return this.#made.value;
  }

  /** Takes one step each time that it is asked for the next, until the value is there. */
  *steps(): Iterable<void> {
    while (this.#made === null) yield this.#step();
  }

  #step(): void {
    const { done, value } = this.#making.next();
    if (done === true) this.#made = { value };
  }
}
