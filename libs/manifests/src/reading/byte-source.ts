import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { malformed } from '../manifest-error.js';

export type ByteSource = AsyncIterable<Uint8Array>;

/** The first bytes of a source, and the source with them put back. */
export async function peek(source: ByteSource, length: number): Promise<{ head: Buffer; source: ByteSource }> {
  const iterator = source[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let size = 0;
  while (size < length) {
    const next = await iterator.next();
    if (next.done === true) break;
    taken.push(next.value);
    size += next.value.length;
  }
  return { head: Buffer.concat(taken), source: putBack(taken, iterator) };
}

async function* putBack(taken: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): ByteSource {
  try {
    yield* taken;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

/** Tells how many bytes pass; `onBytes` may throw to refuse more. */
export async function* counted(source: ByteSource, onBytes: (bytes: number) => void): ByteSource {
  for await (const chunk of source) {
    onBytes(chunk.length);
    yield chunk;
  }
}

export function isGzip(head: Buffer): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/** Decompresses a gzip stream; a damaged or cut one is refused. */
export async function* gunzipped(source: ByteSource): ByteSource {
  const input = Readable.from(source, { objectMode: false });
  const output = createGunzip();
  input.on('error', (error) => output.destroy(error));
  input.pipe(output);
  try {
    for await (const chunk of output) yield chunk as Uint8Array;
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw malformed(`the gzip stream is damaged or cut short: ${error.message}`);
    }
    throw error;
  } finally {
    input.destroy();
    output.destroy();
  }
}

export function isTar(head: Buffer): boolean {
  return head.length >= 262 && head.toString('latin1', 257, 262) === 'ustar';
}
