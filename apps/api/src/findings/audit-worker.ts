import { parentPort } from 'node:worker_threads';
import { auditCluster } from '#audit';
import { decodeIndex, openCluster } from '#engine';
import { PackedModel } from '#manifests';
import type { Dataplane, Diagnostic, Finding } from '#model';

export interface AuditRequest {
  readonly id: number;
  /** The bytes of a packed model, which the asking thread goes on reading. */
  readonly model: SharedArrayBuffer;
  readonly dataplane: Dataplane;
  readonly index: Uint8Array<ArrayBuffer>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Findings come in parts, so that taking them over never keeps the thread that answers for long. */
export type AuditResponse =
  | { readonly id: number; readonly findings: readonly Finding[]; readonly isLast: boolean }
  | { readonly id: number; readonly error: string };

/** How many findings one message carries. */
const findingsAtOnce = 200;

/** Audits one snapshot after another, off the thread that answers. */
parentPort?.on('message', ({ id, model: bytes, dataplane, index, diagnostics }: AuditRequest) => {
  try {
    const model = new PackedModel(new Uint8Array(bytes));
    const cluster = openCluster({ model, dataplane, index: decodeIndex(index) });
    const findings = auditCluster(cluster, diagnostics);
    for (let at = 0; at === 0 || at < findings.length; at += findingsAtOnce) {
      const part = findings.slice(at, at + findingsAtOnce);
      const isLast = at + findingsAtOnce >= findings.length;
      parentPort?.postMessage({ id, findings: part, isLast } satisfies AuditResponse);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ id, error: message } satisfies AuditResponse);
  }
});
