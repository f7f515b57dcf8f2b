import { TextDecoder } from 'node:util';

/**
 * Text of UTF-8 bytes, decoded as they come: what arrived at once would keep the event loop when it is decoded at once. The
 * decoder's own mode for streams takes twice the time.
 */
export class Utf8Text {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #text = '';
  /** The beginning of a character that goes on in the next bytes. */
  #open: Uint8Array = new Uint8Array();

  /** @throws TypeError where the bytes are not UTF-8 */
  add(bytes: Uint8Array): void {
    const joined = this.#open.length === 0 ? bytes : Buffer.concat([this.#open, bytes]);
    const end = joined.length - openBytes(joined);
    this.#open = joined.subarray(end);
    this.#text += this.#decoder.decode(joined.subarray(0, end));
  }

  /**
   * The text, without a byte order mark.
   * @throws TypeError where the last character is cut off
   */
  end(): string {
    const text = this.#text + this.#decoder.decode(this.#open);
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

/** How many bytes at the end begin a character that is not whole: at most three. */
function openBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back];
    // A byte that goes on what another began.
    if (byte >= 0x80 && byte < 0xc0) continue;
    const length = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return back < length ? back : 0;
  }
  return 0;
}
