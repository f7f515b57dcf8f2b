import type { JsonPiece } from './json-splitter.js';
import type { ListHead } from './unlisted.js';

/** Texts of several objects, one after another in one stretch of memory that can be handed to another thread. */
export interface JsonBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each text begins, and where the last one ends. */
  readonly starts: Uint32Array<ArrayBuffer>;
  /** Line on which each begins. */
  readonly lines: Uint32Array<ArrayBuffer>;
  /** Whether these are items of a List, and if so what it says about them as far as it has been read; null: nothing. */
  readonly role: 'Document' | 'Item';
  readonly head: ListHead | null;
}

/** A batch of given pieces. */
export function batchOf(pieces: readonly JsonPiece[], role: JsonBatch['role'], head: ListHead | null): JsonBatch {
  const starts = new Uint32Array(pieces.length + 1);
  for (const [i, { bytes }] of pieces.entries()) starts[i + 1] = starts[i] + bytes.length;
  const bytes = new Uint8Array(starts[pieces.length]);
  for (const [i, piece] of pieces.entries()) bytes.set(piece.bytes, starts[i]);
  return { bytes, starts, lines: Uint32Array.from(pieces, ({ line }) => line), role, head };
}
