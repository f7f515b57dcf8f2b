import { expect, it } from 'vitest';
import { ownPieces } from './own-pieces.js';

async function* each(texts: readonly string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function piecesOf(texts: readonly string[], size: number): Promise<string[]> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of ownPieces(each(texts), size)) pieces.push(piece);
  for (const piece of pieces) expect([piece.byteOffset, piece.buffer.byteLength]).toEqual([0, piece.length]);
  return pieces.map((piece) => Buffer.from(piece).toString());
}

it('has every byte once, whatever the chunks', async () => {
  expect(await piecesOf(['ab', '', 'cdefgh', 'i', 'jk'], 4)).toEqual(['abcd', 'efgh', 'ijk']);
  expect(await piecesOf(['abcdefgh'], 4)).toEqual(['abcd', 'efgh']);
  expect(await piecesOf(['a', 'b', 'c'], 4)).toEqual(['abc']);
  expect(await piecesOf([''], 4)).toEqual([]);
  expect(await piecesOf([], 4)).toEqual([]);
});
