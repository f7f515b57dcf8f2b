import { Worker } from 'node:worker_threads';
import { type Cluster, encodeIndex } from '#engine';
import { PackedModel, packModel } from '#manifests';
import { type Diagnostic, type Finding, QuestionError } from '#model';
import type { AuditRequest, AuditResponse } from './audit-worker.js';
import { sharedInTurns } from './shared-in-turns.js';
import { workerUrl } from '../worker-url.js';

/** After so long without work the thread ends and gives its memory back. */
const idleMillis = 30_000;

interface Waiting {
  readonly findings: Finding[];
  resolve(findings: readonly Finding[] | null): void;
  reject(error: Error): void;
}

/** Audits in a worker thread, which is started when it is needed and again should it die. */
export class Auditor {
  #worker: Worker | null = null;
  #lastId = 0;
  #idle: NodeJS.Timeout | undefined;
  readonly #waiting = new Map<number, Waiting>();

  /**
   * The findings of a snapshot under what a question says of its network. Cost here: copies of the model's bytes and of
   * the index, and taking over the findings in parts.
   * Null where what is said makes another model of the snapshot: that is to be opened and audited as it is.
   * @throws QuestionError DATAPLANE_INVALID
   */
  async audit(cluster: Cluster, diagnostics: readonly Diagnostic[], said: string): Promise<readonly Finding[] | null> {
    const { dataplane } = cluster;
    const packed = cluster.model instanceof PackedModel ? cluster.model.bytes : packModel(cluster.model);
    const model = await sharedInTurns(packed);
    const index = encodeIndex(cluster.index) as Uint8Array<ArrayBuffer>;
    return new Promise((resolve, reject) => {
      clearTimeout(this.#idle);
      const id = ++this.#lastId;
      this.#waiting.set(id, { findings: [], resolve, reject });
      const request: AuditRequest = { id, model, dataplane, index, diagnostics, said };
      this.#started().postMessage(request, [index.buffer]);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(workerUrl(import.meta.url, 'audit-worker'), { execArgv: [] });
    worker.unref();
    worker.on('message', (response: AuditResponse) => this.#settle(response));
    worker.on('error', (error) => this.#fail(worker, error));
    worker.on('exit', () => this.#fail(worker, new Error('the audit thread ended')));
    this.#worker = worker;
    return worker;
  }

  #settle(response: AuditResponse): void {
    const waiting = this.#waiting.get(response.id);
    if (waiting === undefined) return;
    if ('error' in response) waiting.reject(errorOf(response));
    else if ('isOtherReading' in response) waiting.resolve(null);
    else {
      waiting.findings.push(...response.findings);
      if (!response.isLast) return;
      waiting.resolve(waiting.findings);
    }
    this.#waiting.delete(response.id);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => this.#end(), idleMillis).unref();
  }

  #end(): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate();
  }

  #fail(worker: Worker, error: unknown): void {
    // Of one that was ended for want of work nobody waits for anything.
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(error instanceof Error ? error : new Error(String(error)));
    this.#waiting.clear();
  }
}

function errorOf({ error, refusal }: Extract<AuditResponse, { error: string }>): Error {
  return refusal === null ? new Error(error) : new QuestionError(refusal.code, error, refusal.field, refusal.accepted);
}
