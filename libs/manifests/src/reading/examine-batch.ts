import { examine, type Examined } from '../examine.js';
import { ManifestError } from '../manifest-error.js';
import type { JsonBatch } from './json-batch.js';
import { encodingOf, parseJsonPiece } from './parse-json-piece.js';
import { isNamed, named, unlisted } from './unlisted.js';

/** What was found in a batch. */
export interface ExaminedBatch {
  readonly examined: readonly Examined[];
  /** Items that only the rest of their List can name. */
  readonly unnamed: readonly { readonly value: unknown; readonly line: number }[];
  /** Why the text behind these cannot be read. */
  readonly error: ManifestError | null;
}

/** Parses and examines the objects of a batch, up to the first that cannot be parsed. Cost: linear in the bytes. */
export function examineBatch({ bytes, starts, lines, role, head }: JsonBatch, file: string | null): ExaminedBatch {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const encoding = encodingOf(buffer);
  const examined: Examined[] = [];
  const unnamed: { value: unknown; line: number }[] = [];
  for (const [i, line] of lines.entries()) {
    let value: unknown;
    try {
      value = parseJsonPiece(buffer, starts[i], starts[i + 1], line, encoding);
    } catch (error) {
      if (error instanceof ManifestError) return { examined, unnamed, error };
      throw error;
    }
    if (role === 'Item' && !isNamed(value)) {
      if (head === null) {
        unnamed.push({ value, line });
        continue;
      }
      value = named(value, head);
    }
    for (const raw of unlisted(value, line, file)) examined.push(examine(raw));
  }
  return { examined, unnamed, error: null };
}
