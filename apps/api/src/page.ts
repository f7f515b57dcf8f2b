import { refuse } from './problems/problem.js';

/** One page of a list that is in memory; the cursor is the key of its last item. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The cursor behind an item with this key. */
export function cursorOfKey(key: string): string {
  return Buffer.from(key).toString('base64url');
}

/**
 * The items after a cursor, of a list sorted by key. Cost: linear in the list.
 * @throws ProblemError4xx 400 CURSOR_INVALID
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { cursor, limit }: { cursor?: string | null; limit: number },
): Page<T> {
  const start = cursor == null ? 0 : indexAfter(items, keyOf, cursor);
  const page = items.slice(start, start + limit);
  const isLast = start + limit >= items.length;
  return { items: page, nextCursor: isLast ? null : cursorOfKey(keyOf(page[page.length - 1])) };
}

function indexAfter<T>(items: readonly T[], keyOf: (item: T) => string, cursor: string): number {
  const key = Buffer.from(cursor, 'base64url').toString();
  const index = items.findIndex((item) => keyOf(item) === key);
  if (index >= 0) return index + 1;
  throw refuse(
    400,
    'CURSOR_INVALID',
    `${JSON.stringify(cursor.slice(0, 60))} is no cursor of this list; use the nextCursor of the page before`,
    'cursor',
  );
}
