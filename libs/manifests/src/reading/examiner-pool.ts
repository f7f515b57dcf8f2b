import { Worker } from 'node:worker_threads';
import type { Examined } from '../examine.js';
import { ManifestError, type ManifestErrorCode } from '../manifest-error.js';
import type { ExaminedBatch } from './examine-batch.js';
import type { ExamineRequest, ExamineResponse } from './examine-worker.js';
import type { JsonBatch } from './json-batch.js';
import { unpackExamined } from './packed-examined.js';

interface Waiting {
  resolve(batch: ExaminedBatch): void;
  reject(error: Error): void;
}

/** Threads that examine batches of JSON objects. They are started when an input has turned out to be long. */
export class ExaminerPool {
  /** How many batches may be under way, so that no thread waits and memory stays bounded. */
  readonly batchesMax: number;
  readonly #workers: { readonly worker: Worker; busy: number }[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #bytes = 0;
  #isOpen = false;

  /** Short inputs are examined before the threads would have started: these come in after `afterBytes`. */
  constructor(
    readonly threads: number,
    readonly afterBytes: number,
  ) {
    this.batchesMax = 3 * threads;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Says that so many more bytes of JSON have come. */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#isOpen || this.#bytes <= this.afterBytes || this.threads === 0) return;
    this.#isOpen = true;
    for (let i = 0; i < this.threads; i++) this.#workers.push({ worker: this.#started(), busy: 0 });
  }

  /** The memory of the batch is handed over. */
  examine(batch: JsonBatch, file: string | null): Promise<ExaminedBatch> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const worker = this.#workers.reduce((least, other) => (other.busy < least.busy ? other : least));
      worker.busy++;
      const settled = (): void => void worker.busy--;
      this.#waiting.set(id, {
        resolve: (found) => (settled(), resolve(found)),
        reject: (error) => (settled(), reject(error)),
      });
      const { bytes, starts, lines } = batch;
      const request: ExamineRequest = { id, batch, file };
      worker.worker.postMessage(request, [bytes.buffer, starts.buffer, lines.buffer]);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #started(): Worker {
    const worker = new Worker(workerUrl(), {
      execArgv: [],
      // What is parsed of a batch is dropped with it: with room for a few batches, next to nothing is ever moved.
      resourceLimits: { maxYoungGenerationSizeMb: 64 },
    });
    worker.on('message', (response: ExamineResponse) => this.#settle(response));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('a reading thread ended')));
    return worker;
  }

  #settle(response: ExamineResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if ('failure' in response) return waiting?.reject(new Error(response.failure));
    const { examined, unnamed, error } = response;
    waiting?.resolve({
      examined: unpackExamined(examined) satisfies Examined[],
      unnamed,
      error: error === null ? null : new ManifestError(error.code as ManifestErrorCode, error.message, error.errors),
    });
  }

  #fail(error: unknown): void {
    for (const { reject } of this.#waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}

/** Threads run compiled code only: tests, which run the sources, use what the build has made of them. */
function workerUrl(): URL {
  const here = import.meta.url;
  return here.endsWith('.ts')
    ? new URL('../../../../dist/libs/manifests/src/reading/examine-worker.js', here)
    : new URL('./examine-worker.js', here);
}
