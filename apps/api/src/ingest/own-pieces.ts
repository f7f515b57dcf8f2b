/**
 * Bytes as they come, in pieces of memory of their own that can be handed over to another thread: a chunk of a socket may
 * share its memory with others. Chunks are small, so that handing over each would cost as much as reading it.
 *
 * @param size bytes of every piece but the last
 */
export async function* ownPieces(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  let piece = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield piece;
      piece = Buffer.allocUnsafeSlow(size);
      filled = 0;
    }
  }
  if (filled > 0) yield new Uint8Array(piece.subarray(0, filled));
}
