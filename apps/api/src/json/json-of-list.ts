import { Turn } from '../turn.js';

/** Members are encoded together until their texts are this long. */
const pieceLength = 256 * 1024;

/**
 * An object with one member, a long list, as JSON in UTF-8; made in turns, so that other requests are answered in
 * between. A member of the list that occurs again, the very same object, is not written again but copied.
 */
export async function jsonOfList(name: string, list: readonly object[]): Promise<Buffer> {
  const texts = new Map<object, string>();
  const turn = new Turn();
  const encoded: Buffer[] = [];
  let piece = `{${JSON.stringify(name)}:[`;
  for (let i = 0; i < list.length; i++) {
    let text = texts.get(list[i]);
    if (text === undefined) texts.set(list[i], (text = JSON.stringify(list[i])));
    piece += i === 0 ? text : `,${text}`;
    if (piece.length > pieceLength) {
      encoded.push(Buffer.from(piece));
      piece = '';
    }
    if ((i & 127) === 0 && turn.isOver()) await turn.next();
  }
  return Buffer.concat([...encoded, Buffer.from(`${piece}]}`)]);
}
