import { parentPort } from 'node:worker_threads';
import { type CompileInput, compileIndex, encodeIndex, type StageTiming } from '#engine';
import { PackedModel } from '#manifests';
import { QuestionError, type QuestionErrorCode } from '#model';

export interface CompileRequest extends Omit<CompileInput, 'model'> {
  readonly id: number;
  /** The bytes of a packed model, which the asking thread goes on reading. */
  readonly model: SharedArrayBuffer;
}

export type CompileResponse =
  | { readonly id: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly timings: readonly StageTiming[] }
  | { readonly id: number; readonly error: string; readonly code: QuestionErrorCode | null };

/** Compiles one model after another, off the thread that answers; the index comes back by transfer. */
parentPort?.on('message', ({ id, model, semantics, enforcement }: CompileRequest) => {
  try {
    const input: CompileInput = { model: new PackedModel(new Uint8Array(model)), semantics, enforcement };
    const { index, timings } = compileIndex(input, () => performance.now());
    const bytes = encodeIndex(index) as Uint8Array<ArrayBuffer>;
    parentPort?.postMessage({ id, bytes, timings } satisfies CompileResponse, [bytes.buffer]);
  } catch (error) {
    parentPort?.postMessage({
      id,
      error: error instanceof Error ? error.message : String(error),
      code: error instanceof QuestionError ? error.code : null,
    } satisfies CompileResponse);
  }
});
