import { type Transferable, Worker, type WorkerOptions } from 'node:worker_threads';

export interface KeptThreadOptions<Report> {
  /** Where its code is; `workerUrl` knows. */
  readonly url: URL;
  /** What it does, for the error that those get who wait when it dies. */
  readonly name: string;
  readonly worker?: WorkerOptions;
  /** After so long without work the thread ends and gives its memory back; null: it stays. */
  readonly idleMillis: number | null;
  readonly hear: (report: Report) => void;
  /** The thread is gone, and with it whatever was under way. */
  readonly fail: (error: Error) => void;
}

/** A thread that is started when it is needed, and again should it die. It keeps no process alive. */
export class KeptThread<Order, Report> {
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | undefined;

  constructor(readonly options: KeptThreadOptions<Report>) {}

  send(order: Order, transfer: readonly Transferable[] = []): void {
    clearTimeout(this.#idle);
    (this.#worker ??= this.#started()).postMessage(order, transfer);
  }

  /** Nothing is under way any more. */
  rest(): void {
    const { idleMillis } = this.options;
    clearTimeout(this.#idle);
    if (idleMillis !== null) this.#idle = setTimeout(() => void this.close(), idleMillis).unref();
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    this.options.fail(new Error(`the ${this.options.name} thread was ended`));
    await worker?.terminate();
  }

  #started(): Worker {
    const { url, name, hear, fail } = this.options;
    const worker = new Worker(url, { execArgv: [], ...this.options.worker });
    worker.unref();
    worker.on('message', hear);
    const ended = (error: Error): void => {
      // One that was closed has no say over the work of the next.
      if (this.#worker !== worker) return;
      this.#worker = null;
      fail(error);
    };
    worker.on('error', (error) => ended(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => ended(new Error(`the ${name} thread ended`)));
    return worker;
  }
}
