import type { SnapshotRecord } from './records.js';
import { StoreError } from './store-error.js';

/** The earliest time that a snapshot can bear: years have four digits. */
const takenAtMin = Date.parse('-000001-01-01T00:00:00Z');

/** The place of a snapshot in its cluster's list, for `listSnapshots`. */
export function cursorOf({ takenAt, number }: SnapshotRecord): string {
  return Buffer.from(JSON.stringify([takenAt.toISOString(), number])).toString('base64url');
}

/** @throws StoreError CURSOR_INVALID */
export function parseCursor(text: string): { takenAt: Date; number: number } {
  try {
    const [takenAt, number] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, number];
    // Postgres knows no times long before our era, and refuses to compare with one.
    if (Date.parse(takenAt) >= takenAtMin && Number.isSafeInteger(number))
      return { takenAt: new Date(takenAt), number };
  } catch {
    // Falls through to the refusal.
  }
  throw new StoreError(
    'CURSOR_INVALID',
    `${JSON.stringify(text.slice(0, 60))} is no cursor; use the nextCursor of the page before`,
    'cursor',
  );
}
