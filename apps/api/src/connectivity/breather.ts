/** How long one answer may keep the event loop to itself, in milliseconds. */
const holdMillisMax = 15;

/** Lets a long piece of work stand aside now and then, so that other questions are not kept waiting. */
export class Breather {
  #begun = performance.now();

  /** Whether it is time to stand aside. */
  get isDue(): boolean {
    return performance.now() - this.#begun > holdMillisMax;
  }

  /** Lets others have their turn. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#begun = performance.now();
  }
}
