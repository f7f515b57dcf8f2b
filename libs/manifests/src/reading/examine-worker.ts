import { parentPort } from 'node:worker_threads';
import type { Diagnostic } from '#model';
import { examineBatch, type ExaminedBatch } from './examine-batch.js';
import type { JsonBatch } from './json-batch.js';
import { type PackedExamined, packExamined } from './packed-examined.js';

export interface ExamineRequest {
  readonly id: number;
  readonly batch: JsonBatch;
  readonly file: string | null;
}

export type ExamineResponse =
  | {
      readonly id: number;
      readonly examined: PackedExamined;
      readonly unnamed: ExaminedBatch['unnamed'];
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly errors: readonly Diagnostic[];
      } | null;
    }
  | { readonly id: number; readonly failure: string };

/** Examines one batch after another. */
parentPort?.on('message', ({ id, batch, file }: ExamineRequest) => {
  try {
    const { examined, unnamed, error } = examineBatch(batch, file);
    const response: ExamineResponse = {
      id,
      examined: packExamined(examined),
      unnamed,
      error: error === null ? null : { code: error.code, message: error.message, errors: error.errors },
    };
    parentPort?.postMessage(response);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ id, failure } satisfies ExamineResponse);
  }
});
