import { type Cluster, encodeIndex } from '#engine';
import { PackedModel, packModel } from '#manifests';
import { type Diagnostic, type Finding, QuestionError } from '#model';
import type { AuditRequest, AuditResponse } from './audit-worker.js';
import { KeptThread } from '../kept-thread.js';
import { sharedInTurns } from './shared-in-turns.js';
import { workerUrl } from '../worker-url.js';

/** After so long without work the thread ends and gives its memory back. */
const idleMillis = 30_000;

interface Waiting {
  readonly findings: Finding[];
  resolve(findings: readonly Finding[] | null): void;
  reject(error: Error): void;
}

/** Audits in a thread. */
export class Auditor {
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #thread = new KeptThread<AuditRequest, AuditResponse>({
    url: workerUrl(import.meta.url, 'audit-worker'),
    name: 'audit',
    idleMillis,
    hear: (response) => this.#settle(response),
    fail: (error) => this.#fail(error),
  });

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
      const id = ++this.#lastId;
      this.#waiting.set(id, { findings: [], resolve, reject });
      this.#thread.send({ id, model, dataplane, index, diagnostics, said }, [index.buffer]);
    });
  }

  close(): Promise<void> {
    return this.#thread.close();
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
    if (this.#waiting.size === 0) this.#thread.rest();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function errorOf({ error, refusal }: Extract<AuditResponse, { error: string }>): Error {
  return refusal === null ? new Error(error) : new QuestionError(refusal.code, error, refusal.field, refusal.accepted);
}
