import type { Wanted, WantedElements, WantedMembers } from './wanted.js';

const enum Byte {
  Tab = 9,
  Newline = 10,
  Return = 13,
  Space = 32,
  Quote = 34,
  Plus = 43,
  Comma = 44,
  Minus = 45,
  Dot = 46,
  Slash = 47,
  Zero = 48,
  Nine = 57,
  Colon = 58,
  OpenList = 91,
  Backslash = 92,
  CloseList = 93,
  Open = 123,
  Close = 125,
}

/** How far a closing bracket is from the one that opens, in ASCII. */
const closes = 2;

/** What is nested deeper is read as a whole. */
const nestingMax = 1024;

/** Thrown inside and never seen outside: the text is no JSON, or too odd to be trimmed. */
const odd = new Error('odd');

/**
 * Leaves out of the text of a JSON object what nobody looks at, so that it is never made into values. What is left out
 * is checked to be JSON all the same. Cost: linear in the bytes, with one pass and no memory beyond the output.
 */
export class JsonTrimmer {
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #at = 0;
  #out = new Uint8Array(64 * 1024);
  #written = 0;
  readonly #open = new Uint8Array(nestingMax);
  /** A stretch of the input that is to be written, as long as what follows joins on. */
  #from = 0;
  #to = 0;

  /**
   * The text of the object from `start` to `end` without what is not wanted; null where it is no JSON, or odd, and has
   * to be read as a whole. `wantedOf` is told the object's apiVersion and kind, and says what is wanted of it. The result is valid until the next call.
   */
  trim(
    bytes: Uint8Array,
    start: number,
    end: number,
    wantedOf: (apiVersion: string, kind: string) => WantedMembers | null,
  ): Uint8Array | null {
    this.#bytes = bytes;
    this.#end = end;
    this.#at = start;
    this.#written = 0;
    this.#from = this.#to = start;
    if (this.#out.length < end - start) this.#out = new Uint8Array(2 * (end - start));
    try {
      const { apiVersion, kind } = this.#head();
      const wanted = wantedOf(apiVersion, kind);
      if (wanted === null) return null;
      this.#at = start;
      this.#members(wanted);
      this.#space();
      if (this.#at !== end) return null;
      this.#flush();
      return this.#out.subarray(0, this.#written);
    } catch (error) {
      if (error === odd) return null;
      throw error;
    }
  }

  /** The object's apiVersion and kind. */
  #head(): { apiVersion: string; kind: string } {
    let apiVersion: string | null = null;
    let kind: string | null = null;
    this.#expect(Byte.Open);
    for (;;) {
      this.#space();
      const keyStart = this.#at;
      this.#string();
      const key = this.#text(keyStart + 1, this.#at - 1);
      this.#space();
      this.#expect(Byte.Colon);
      this.#space();
      const valueStart = this.#at;
      this.#skip();
      if (key === 'apiVersion') apiVersion = this.#text(valueStart + 1, this.#at - 1);
      else if (key === 'kind') kind = this.#text(valueStart + 1, this.#at - 1);
      if (apiVersion !== null && kind !== null) return { apiVersion, kind };
      this.#space();
      this.#expect(Byte.Comma);
    }
  }

  #wanted(wanted: Wanted): void {
    const byte = this.#bytes[this.#at];
    if (wanted !== 'All' && wanted.kind === 'Members' && byte === Byte.Open) this.#members(wanted);
    else if (wanted !== 'All' && wanted.kind === 'Elements' && byte === Byte.OpenList) this.#elements(wanted);
    else {
      const start = this.#at;
      this.#skip();
      this.#write(start, this.#at);
    }
  }

  #members(wanted: WantedMembers): void {
    this.#writeByte();
    this.#space();
    if (this.#bytes[this.#at] === Byte.Close) return this.#writeByte();
    let isFirst = true;
    let comma = -1;
    for (;;) {
      const keyStart = this.#at;
      const hasEscape = this.#string();
      // A name may be spelled with escapes; nobody does, so such an object is read as a whole.
      if (hasEscape) throw odd;
      const found = this.#find(wanted, keyStart + 1, this.#at - 1);
      this.#space();
      this.#expect(Byte.Colon);
      this.#space();
      if (found === null) this.#skip();
      else {
        if (!isFirst) this.#write(comma, comma + 1);
        isFirst = false;
        this.#write(keyStart, this.#at);
        this.#wanted(found);
      }
      this.#space();
      if (this.#bytes[this.#at] === Byte.Close) return this.#writeByte();
      comma = this.#at;
      this.#expect(Byte.Comma);
      this.#space();
    }
  }

  #elements({ element }: WantedElements): void {
    this.#writeByte();
    this.#space();
    if (this.#bytes[this.#at] === Byte.CloseList) return this.#writeByte();
    for (;;) {
      this.#wanted(element);
      this.#space();
      if (this.#bytes[this.#at] === Byte.CloseList) return this.#writeByte();
      if (this.#bytes[this.#at] !== Byte.Comma) throw odd;
      this.#writeByte();
      this.#space();
    }
  }

  #find({ byLength }: WantedMembers, start: number, end: number): Wanted | null {
    const candidates = byLength[end - start];
    if (candidates === undefined) return null;
    const bytes = this.#bytes;
    next: for (const [name, wanted] of candidates) {
      for (let i = start; i < end; i++) if (bytes[i] !== name.charCodeAt(i - start)) continue next;
      return wanted;
    }
    return null;
  }

  /** Passes over a value of any kind; the place is on its first byte before and behind its last after. */
  #skip(): void {
    const bytes = this.#bytes;
    // Brackets that are open, in a stack that outlives the call.
    const open = this.#open;
    let depth = 0;
    for (;;) {
      const byte = bytes[this.#at];
      if (byte === Byte.Quote) this.#string();
      else if (byte === Byte.Open || byte === Byte.OpenList) {
        this.#at++;
        this.#space();
        if (bytes[this.#at] !== byte + closes) {
          if (depth === open.length) throw odd;
          open[depth++] = byte;
          if (byte === Byte.Open) this.#name();
          continue;
        }
        this.#at++;
      } else this.#scalar(byte);
      // Behind a value stands a comma and the next one, or the end of what is around it.
      for (;;) {
        if (depth === 0) return;
        this.#space();
        const next = bytes[this.#at++];
        if (next === Byte.Comma) break;
        if (next !== open[depth - 1] + closes) throw odd;
        depth--;
      }
      this.#space();
      if (open[depth - 1] === Byte.Open) this.#name();
    }
  }

  /** Passes over the name of a member and its colon, up to the value. */
  #name(): void {
    this.#string();
    if (this.#bytes[this.#at] !== Byte.Colon) this.#space();
    this.#expect(Byte.Colon);
    this.#space();
  }

  #scalar(byte: number): void {
    if (byte === 116) this.#word('true');
    else if (byte === 102) this.#word('false');
    else if (byte === 110) this.#word('null');
    else this.#number();
  }

  /** Passes over a text; whether it has escapes. That its bytes are UTF-8 is for the caller to know. */
  #string(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let i = this.#at;
    if (bytes[i++] !== Byte.Quote) throw odd;
    let hasEscape = false;
    while (i < end) {
      const byte = bytes[i++];
      if (isPlain[byte] === 1) continue;
      if (byte === Byte.Quote) {
        this.#at = i;
        return hasEscape;
      }
      if (byte !== Byte.Backslash) throw odd;
      hasEscape = true;
      i = this.#escape(i);
    }
    throw odd;
  }

  /** Where an escape ends whose letter stands at `at`. */
  #escape(at: number): number {
    const bytes = this.#bytes;
    switch (bytes[at]) {
      case Byte.Quote:
      case Byte.Backslash:
      case Byte.Slash:
      case 98: // b
      case 102: // f
      case 110: // n
      case 114: // r
      case 116: // t
        return at + 1;
      case 117: // u
        for (let i = at + 1; i < at + 5; i++) if (!isHex(bytes[i])) throw odd;
        return at + 5;
      default:
        throw odd;
    }
  }

  #number(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] === Byte.Minus) this.#at++;
    if (bytes[this.#at] === Byte.Zero) this.#at++;
    else this.#digits();
    if (bytes[this.#at] === Byte.Dot) {
      this.#at++;
      this.#digits();
    }
    // e and E differ in one bit.
    if ((bytes[this.#at] | 32) === 101) {
      this.#at++;
      if (bytes[this.#at] === Byte.Plus || bytes[this.#at] === Byte.Minus) this.#at++;
      this.#digits();
    }
  }

  #digits(): void {
    const bytes = this.#bytes;
    const start = this.#at;
    while (bytes[this.#at] >= Byte.Zero && bytes[this.#at] <= Byte.Nine) this.#at++;
    if (this.#at === start) throw odd;
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) if (this.#bytes[this.#at++] !== word.charCodeAt(i)) throw odd;
  }

  #space(): void {
    const bytes = this.#bytes;
    let i = this.#at;
    if (bytes[i] > Byte.Space && i < this.#end) return;
    for (let byte = bytes[i]; byte <= Byte.Space; byte = bytes[++i]) {
      if (byte !== Byte.Space && byte !== Byte.Newline && byte !== Byte.Return && byte !== Byte.Tab) throw odd;
    }
    // Behind the last byte of the object may stand another one.
    this.#at = i < this.#end ? i : this.#end;
  }

  #expect(byte: number): void {
    if (this.#at >= this.#end || this.#bytes[this.#at++] !== byte) throw odd;
  }

  /** Writes the byte that stands here and goes on. */
  #writeByte(): void {
    this.#write(this.#at, ++this.#at);
  }

  #write(start: number, end: number): void {
    if (start === this.#to) {
      this.#to = end;
      return;
    }
    this.#flush();
    this.#from = start;
    this.#to = end;
  }

  #flush(): void {
    const bytes = this.#bytes;
    const out = this.#out;
    const length = this.#to - this.#from;
    if (length > 100) out.set(bytes.subarray(this.#from, this.#to), this.#written);
    else for (let i = 0; i < length; i++) out[this.#written + i] = bytes[this.#from + i];
    this.#written += length;
  }

  /** A short stretch of the input; escapes are not undone. */
  #text(start: number, end: number): string {
    let text = '';
    for (let i = start; i < end; i++) text += String.fromCharCode(this.#bytes[i]);
    return text;
  }
}

/** 1 for every byte that stands for itself in a text: all but controls, quote and backslash. */
const isPlain = new Uint8Array(256).fill(1, Byte.Space);
isPlain[Byte.Quote] = isPlain[Byte.Backslash] = 0;

function isHex(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102);
}
