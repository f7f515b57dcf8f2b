import { parentPort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import { type CompileInput, compileIndex, type CompileState, encodeIndex, type StageTiming } from '#engine';
import { PackedModel } from '#manifests';
import { type Policy, QuestionError, type QuestionErrorCode } from '#model';
import { goInBackground } from '../go-in-background.js';

goInBackground();

export interface CompileRequest extends Omit<CompileInput, 'model'> {
  readonly id: number;
  /** Models of one series differ little, as a rule. */
  readonly series: string;
  /** The bytes of a packed model, which the asking thread goes on reading. */
  readonly model: SharedArrayBuffer;
}

export type CompileResponse =
  | { readonly id: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly timings: readonly StageTiming[] }
  | { readonly id: number; readonly error: string; readonly code: QuestionErrorCode | null };

/** Bytes of compile states that are kept; the least recently used goes first. */
const stateBytesMax = 256 * 1024 * 1024;

/** What is kept of a cluster's last compile: the next snapshot of the cluster differs little, as a rule. */
interface Kept {
  readonly state: CompileState;
  /** Policies by their text, so that one that has not changed is known again. */
  readonly policies: ReadonlyMap<string, Policy>;
}

const kept = new LRUCache<string, Kept>({ maxSize: stateBytesMax, sizeCalculation: ({ state }) => state.bytes });

/** Compiles one model after another, off the thread that answers; the index comes back by transfer. */
parentPort?.on('message', ({ id, series, model, semantics, enforcement }: CompileRequest) => {
  try {
    const before = kept.get(series);
    const packed = new PackedModel(new Uint8Array(model));
    const policies = byText(packed.policies, before?.policies);
    const { pods, namespaces, nodes, notUnderstood } = packed;
    const read = { pods, namespaces, nodes, policies: [...policies.values()], notUnderstood };
    const input: CompileInput = { model: read, semantics, enforcement };
    const { index, timings, state } = compileIndex(input, () => performance.now(), before?.state);
    kept.set(series, { state, policies });
    const bytes = encodeIndex(index) as Uint8Array<ArrayBuffer>;
    parentPort?.postMessage({ id, bytes, timings } satisfies CompileResponse, [bytes.buffer]);
  } catch (error) {
    kept.delete(series);
    parentPort?.postMessage({
      id,
      error: error instanceof Error ? error.message : String(error),
      code: error instanceof QuestionError ? error.code : null,
    } satisfies CompileResponse);
  }
});

/** Policies by their text, in their order; the very objects of before where the text is the same. */
function byText(policies: readonly Policy[], before: Kept['policies'] | undefined): ReadonlyMap<string, Policy> {
  return new Map(
    policies.map((policy) => {
      const text = JSON.stringify(policy);
      return [text, before?.get(text) ?? policy];
    }),
  );
}
