import { parentPort } from 'node:worker_threads';
import { type CompileInput, compileIndex, encodeIndex, type StageTiming } from '#engine';

export interface CompileRequest {
  readonly id: number;
  readonly input: CompileInput;
}

export type CompileResponse =
  | { readonly id: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly timings: readonly StageTiming[] }
  | { readonly id: number; readonly error: string };

/** Compiles one model after another, off the thread that answers; the index comes back by transfer. */
parentPort?.on('message', ({ id, input }: CompileRequest) => {
  try {
    const { index, timings } = compileIndex(input, () => performance.now());
    const bytes = encodeIndex(index) as Uint8Array<ArrayBuffer>;
    parentPort?.postMessage({ id, bytes, timings } satisfies CompileResponse, [bytes.buffer]);
  } catch (error) {
    parentPort?.postMessage({
      id,
      error: error instanceof Error ? error.message : String(error),
    } satisfies CompileResponse);
  }
});
