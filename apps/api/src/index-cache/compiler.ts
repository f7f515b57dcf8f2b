import { Worker } from 'node:worker_threads';
import { type CompileInput, decodeIndex, type ReachabilityIndex, type StageTiming } from '#engine';
import type { PackedModel } from '#manifests';
import { QuestionError } from '#model';
import type { CompileRequest, CompileResponse } from './compile-worker.js';
import { sharedBytes } from '../shared-bytes.js';
import { workerUrl } from '../worker-url.js';

export interface Compiled {
  readonly index: ReachabilityIndex;
  readonly bytes: Uint8Array;
  readonly timings: readonly StageTiming[];
}

interface Waiting {
  resolve(compiled: Compiled): void;
  reject(error: Error): void;
}

/** Compiles in a worker thread, which is started when first needed and again should it die. */
export class Compiler {
  #worker: Worker | null = null;
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();

  /**
   * The model crosses to the thread as its bytes. Where the last compile of the series, the snapshots of a cluster read
   * alike, is still remembered there, only what differs is worked out anew.
   */
  compile(series: string, { model, semantics, enforcement }: CompileInput & { model: PackedModel }): Promise<Compiled> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      const request: CompileRequest = { id, series, model: sharedBytes(model.bytes), semantics, enforcement };
      this.#started().postMessage(request);
    });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(workerUrl(import.meta.url, 'compile-worker'), { execArgv: [] });
    worker.unref();
    worker.on('message', (response: CompileResponse) => this.#settle(response));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('the compile thread ended')));
    this.#worker = worker;
    return worker;
  }

  #settle(response: CompileResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if ('error' in response) waiting?.reject(errorOf(response));
    else waiting?.resolve({ index: decodeIndex(response.bytes), bytes: response.bytes, timings: response.timings });
  }

  #fail(error: unknown): void {
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}

function errorOf({ error, code }: Extract<CompileResponse, { error: string }>): Error {
  return code === null ? new Error(error) : new QuestionError(code, error, 'snapshot');
}
