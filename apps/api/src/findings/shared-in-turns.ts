import { Turn } from '../turn.js';

/** Bytes that are copied before it is looked at the clock. */
const pieceBytes = 2 * 1024 * 1024;

/** Bytes in memory that threads share, copied in turns where they are not there yet, so that others are answered in between. */
export async function sharedInTurns(bytes: Uint8Array): Promise<SharedArrayBuffer> {
  if (bytes.buffer instanceof SharedArrayBuffer && bytes.byteLength === bytes.buffer.byteLength) return bytes.buffer;
  const shared = new SharedArrayBuffer(bytes.byteLength);
  const into = new Uint8Array(shared);
  const turn = new Turn();
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    into.set(bytes.subarray(at, at + pieceBytes), at);
    if (turn.isOver()) await turn.next();
  }
  return shared;
}
