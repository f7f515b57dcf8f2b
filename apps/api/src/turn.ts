/** How long one piece of work may keep the event loop to itself; other requests are answered in between. */
const turnMillis = 4;

/** Work that is done in turns: it asks now and then whether its turn is over, and waits for the next one. */
export class Turn {
  #begun = performance.now();

  isOver(): boolean {
    return performance.now() - this.#begun > turnMillis;
  }

  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#begun = performance.now();
  }
}
