import { createHash } from 'node:crypto';
import type { ConnectivityQuestion, WalkedRow } from '#engine';
import { canonicalText } from '#model';
import { refuse } from '../problems/problem.js';

/** What a page belongs to: the same snapshot, asked the same. */
export interface CursorScope {
  readonly snapshot: string;
  readonly question: ConnectivityQuestion;
  readonly dataplane: string | null;
  /** Which list it is: `rows`, `unreached`. */
  readonly list: string;
}

/** Where a page ended: a row, or an item by number. */
export type Place = Omit<WalkedRow, 'outcome'>;

/** A cursor that says where a page ended and what it was a page of. */
export function cursorOf(scope: CursorScope, { source, destination, some }: Place): string {
  return Buffer.from(JSON.stringify([scope.snapshot, digest(scope), source, destination, some ? 1 : 0])).toString(
    'base64url',
  );
}

/**
 * The place behind which the next page begins; null for the first page.
 * @throws ProblemError4xx 400 CURSOR_INVALID where it is no cursor, or one of another snapshot or question
 */
export function placeOf(scope: CursorScope, cursor: string | null | undefined): Place | null {
  if (cursor === null || cursor === undefined) return null;
  const parts = read(cursor);
  if (parts === null) throw invalid(cursor, 'is no cursor of this list; use the nextCursor of the page before');
  const [snapshot, question, source, destination, some] = parts;
  if (snapshot !== scope.snapshot) throw invalid(cursor, 'is a cursor of another snapshot; ask for its pages by id');
  if (question !== digest(scope)) {
    throw invalid(cursor, 'is a cursor of another question; level, mode and filters stay the same from page to page');
  }
  return { source, destination, some: some === 1 };
}

function read(cursor: string): [string, string, number, number, number] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const isCursor =
      Array.isArray(parts) &&
      parts.length === 5 &&
      parts.every((part, i) => (i < 2 ? typeof part === 'string' : Number.isSafeInteger(part) && part >= 0));
    return isCursor ? (parts as [string, string, number, number, number]) : null;
  } catch {
    return null;
  }
}

function digest({ question, dataplane, list }: CursorScope): string {
  return createHash('sha256')
    .update(canonicalText([question, dataplane, list]))
    .digest('base64url')
    .slice(0, 12);
}

function invalid(cursor: string, why: string): Error {
  return refuse(400, 'CURSOR_INVALID', `${JSON.stringify(cursor.slice(0, 60))} ${why}`, 'cursor');
}
