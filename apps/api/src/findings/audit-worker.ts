import { parentPort } from 'node:worker_threads';
import { auditCluster } from '#audit';
import { decodeIndex, openCluster } from '#engine';
import { PackedModel } from '#manifests';
import { type Dataplane, type Diagnostic, type Finding, QuestionError, type QuestionErrorCode } from '#model';
import { goInBackground } from '../go-in-background.js';
import { asSaid } from '../snapshots/as-said.js';

goInBackground();

export interface AuditRequest {
  readonly id: number;
  /** The bytes of a packed model, which the asking thread goes on reading. */
  readonly model: SharedArrayBuffer;
  readonly dataplane: Dataplane;
  readonly index: Uint8Array<ArrayBuffer>;
  readonly diagnostics: readonly Diagnostic[];
  /** What the question says of the network; empty: nothing. */
  readonly said: string;
}

/** Findings come in parts, so that taking them over never keeps the thread that answers for long. */
export type AuditResponse =
  | { readonly id: number; readonly findings: readonly Finding[]; readonly isLast: boolean }
  | { readonly id: number; readonly error: string; readonly refusal: Refusal | null }
  /** What is said makes another model of the snapshot, which has to be opened first. */
  | { readonly id: number; readonly isOtherReading: true };

/** A question that is wrong, as it crosses to the thread that answers. */
export interface Refusal {
  readonly code: QuestionErrorCode;
  readonly field: string;
  readonly accepted?: string;
}

/** How many findings one message carries. */
const findingsAtOnce = 200;

const otherReading = new Error('another reading is needed');

/** Audits one snapshot after another, off the thread that answers. */
parentPort?.on('message', (request: AuditRequest) => void audit(request));

async function audit({ id, model: bytes, dataplane, index, diagnostics, said }: AuditRequest): Promise<void> {
  try {
    const model = new PackedModel(new Uint8Array(bytes));
    const opened = openCluster({ model, dataplane, index: decodeIndex(index) });
    const cluster = await asSaid(opened, { dataplane: said }, 'Verdicts', () => Promise.reject(otherReading));
    const findings = auditCluster(cluster, diagnostics);
    for (let at = 0; at === 0 || at < findings.length; at += findingsAtOnce) {
      const part = findings.slice(at, at + findingsAtOnce);
      const isLast = at + findingsAtOnce >= findings.length;
      parentPort?.postMessage({ id, findings: part, isLast } satisfies AuditResponse);
    }
  } catch (error) {
    if (error === otherReading) {
      parentPort?.postMessage({ id, isOtherReading: true } satisfies AuditResponse);
      return;
    }
    const refusal =
      error instanceof QuestionError ? { code: error.code, field: error.field, accepted: error.accepted } : null;
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ id, error: message, refusal } satisfies AuditResponse);
  }
}
