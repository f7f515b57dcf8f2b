import { type CompileInput, decodeIndex, type ReachabilityIndex, type StageTiming } from '#engine';
import type { PackedModel } from '#manifests';
import { QuestionError } from '#model';
import type { CompileRequest, CompileResponse } from './compile-worker.js';
import { KeptThread } from '../kept-thread.js';
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

/** Compiles in a thread, which stays: what it remembers makes the next compile of a series short. */
export class Compiler {
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #thread = new KeptThread<CompileRequest, CompileResponse>({
    url: workerUrl(import.meta.url, 'compile-worker'),
    name: 'compile',
    idleMillis: null,
    hear: (response) => this.#settle(response),
    fail: (error) => this.#fail(error),
  });

  /**
   * The model crosses to the thread as its bytes. Where the last compile of the series, the snapshots of a cluster read
   * alike, is still remembered there, only what differs is worked out anew.
   */
  compile(series: string, { model, semantics, enforcement }: CompileInput & { model: PackedModel }): Promise<Compiled> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#thread.send({ id, series, model: sharedBytes(model.bytes), semantics, enforcement });
    });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  #settle(response: CompileResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if ('error' in response) waiting?.reject(errorOf(response));
    else waiting?.resolve({ index: decodeIndex(response.bytes), bytes: response.bytes, timings: response.timings });
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function errorOf({ error, code }: Extract<CompileResponse, { error: string }>): Error {
  return code === null ? new Error(error) : new QuestionError(code, error, 'snapshot');
}
