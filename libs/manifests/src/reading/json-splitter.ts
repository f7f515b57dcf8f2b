import { limitExceeded, type ManifestError, malformed } from '../manifest-error.js';
import type { ReadLimits } from '../read-limits.js';

/** The text of one object in a JSON text, not parsed yet. */
export interface JsonPiece {
  readonly bytes: Buffer;
  /** 1-based line on which it begins. */
  readonly line: number;
  readonly role:
    /** An object that stands alone. */
    | 'Document'
    /** One of the items of a List. */
    | 'Item'
    /** The List around the items that came before, without them. */
    | 'List'
    /** The List around the items that follow, as far as it has been read: an object whose last member is an empty `items`. */
    | 'ListHead';
}

const enum Byte {
  Newline = 10,
  Quote = 34,
  Comma = 44,
  Colon = 58,
  OpenList = 91,
  Backslash = 92,
  CloseList = 93,
  Open = 123,
  Close = 125,
}

/**
 * Cuts a JSON text that comes in chunks into the objects in it: one object, a List of any length, several objects one
 * after another (NDJSON). The items of a List are pieces of their own, so that memory is that of one item. Only
 * brackets and texts are followed; whether a piece is JSON is seen when it is parsed. Cost: a few instructions a byte.
 */
export class JsonSplitter {
  #line = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Key at depth 1 that is being read or was read last. */
  #key = '';
  #readingKey = false;
  #expectsKey = false;
  #inItems = false;
  /** Whether a value stood since the last comma of the items. */
  #itemDone = false;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #from = -1;
  #startLine = 1;
  /** Text of the List around the items. */
  #skeleton: Buffer[] = [];
  #skeletonLine = 1;

  constructor(readonly limits: ReadLimits) {}

  /** The pieces that are complete with this chunk; they may share its memory. */
  *push(chunk: Buffer): Iterable<JsonPiece> {
    if (this.#depth > 0 && this.#isCapturing) this.#from = 0;
    for (let i = 0; i < chunk.length; i++) {
      if (this.#depth > (this.#inItems ? 2 : 1)) {
        i = this.#skim(chunk, i);
        if (i === chunk.length) break;
      }
      const byte = chunk[i];
      if (byte === Byte.Newline) this.#line++;
      if (this.#inString) {
        this.#inside(byte);
        continue;
      }
      switch (byte) {
        case Byte.Quote:
          this.#openString();
          break;
        case Byte.Open:
        case Byte.OpenList: {
          const head = this.#open(byte, chunk, i);
          if (head !== null) yield head;
          break;
        }
        case Byte.Close:
        case Byte.CloseList: {
          const piece = this.#close(byte, chunk, i);
          if (piece !== null) yield piece;
          break;
        }
        default:
          this.#other(byte);
      }
    }
    this.#keep(chunk, chunk.length);
  }

  /** Says that the text is over. @throws ManifestError MALFORMED where it ends inside an object */
  end(): void {
    if (this.#depth > 0 || this.#inString) {
      throw malformed(
        `the JSON text ends inside an object that begins on line ${this.#inItems ? this.#skeletonLine : this.#startLine}`,
        this.#line,
      );
    }
  }

  get #isCapturing(): boolean {
    return !this.#inItems || this.#depth > 2;
  }

  /** Goes on inside an object up to the bracket that closes it, or to the end of the chunk; gives where that is. */
  #skim(chunk: Buffer, from: number): number {
    const lowest = this.#inItems ? 3 : 2;
    const { depthMax } = this.limits;
    const { length } = chunk;
    let inString = this.#inString;
    let depth = this.#depth;
    let line = this.#line;
    let i = from;
    if (this.#escaped && i < length) {
      this.#escaped = false;
      i++;
    }
    scan: while (i < length) {
      if (inString) {
        // A text with the end of a line in it is no JSON, so that no line behind it is ever told.
        while (i < length) {
          const byte = chunk[i++];
          if (byte === Byte.Quote) {
            inString = false;
            continue scan;
          }
          if (byte === Byte.Backslash && i++ === length) this.#escaped = true;
        }
        break;
      }
      const byte = chunk[i++];
      if (byte === Byte.Quote) inString = true;
      else if (byte < Byte.OpenList) {
        if (byte === Byte.Newline) line++;
      } else if (byte === Byte.Open || byte === Byte.OpenList) {
        if (++depth > depthMax) throw this.#tooDeep(line);
      } else if (byte === Byte.Close || byte === Byte.CloseList) {
        if (depth === lowest) {
          i--;
          break;
        }
        depth--;
      }
    }
    this.#inString = inString;
    this.#depth = depth;
    this.#line = line;
    return Math.min(i, length);
  }

  #inside(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === Byte.Backslash) this.#escaped = true;
    else if (byte === Byte.Quote) {
      this.#inString = false;
      this.#readingKey = false;
      return;
    }
    if (this.#readingKey && this.#key.length < 8) this.#key += String.fromCharCode(byte);
  }

  #openString(): void {
    if (this.#depth === 0) throw this.#unexpected('a text');
    if (this.#inItems && this.#depth === 2)
      throw this.#unexpected('a text among the items of a List; each item is an object');
    this.#inString = true;
    if (this.#depth === 1 && this.#expectsKey) {
      this.#key = '';
      this.#readingKey = true;
    }
  }

  /** The head of a List where its items begin. */
  #open(byte: number, chunk: Buffer, at: number): JsonPiece | null {
    let head: JsonPiece | null = null;
    if (this.#depth === 0) {
      if (byte !== Byte.Open) throw this.#unexpected('a list; an object or a Kubernetes List is accepted');
      this.#begin(at);
      this.#expectsKey = true;
    } else if (this.#depth === 1 && byte === Byte.OpenList && this.#key === 'items') {
      this.#keep(chunk, at + 1);
      this.#skeleton = this.#parts;
      this.#skeletonLine = this.#startLine;
      head = { bytes: Buffer.concat([...this.#parts, endOfHead]), line: this.#startLine, role: 'ListHead' };
      this.#inItems = true;
      this.#itemDone = false;
      this.#reset();
    } else if (this.#inItems && this.#depth === 2) {
      if (byte !== Byte.Open || this.#itemDone)
        throw this.#unexpected('something else than an object, or no comma, among the items of a List');
      this.#begin(at);
    }
    if (++this.#depth > this.limits.depthMax) throw this.#tooDeep(this.#line);
    return head;
  }

  #close(byte: number, chunk: Buffer, at: number): JsonPiece | null {
    if (this.#depth === 0) throw this.#unexpected('a closing bracket');
    this.#depth--;
    if (this.#inItems && this.#depth === 2) {
      this.#keep(chunk, at + 1);
      this.#itemDone = true;
      return { bytes: this.#take(), line: this.#startLine, role: 'Item' };
    }
    if (this.#inItems && this.#depth === 1) {
      if (byte !== Byte.CloseList) throw this.#unexpected('a brace where the items of a List end');
      this.#inItems = false;
      this.#parts = this.#skeleton;
      this.#from = at;
      this.#startLine = this.#skeletonLine;
      this.#key = '';
    } else if (this.#depth === 0) {
      this.#keep(chunk, at + 1);
      const role = this.#skeleton.length > 0 ? 'List' : 'Document';
      this.#skeleton = [];
      return { bytes: this.#take(), line: this.#startLine, role };
    }
    return null;
  }

  #other(byte: number): void {
    const isSpace = byte === 32 || byte === Byte.Newline || byte === 13 || byte === 9;
    if (isSpace) return;
    if (this.#depth === 0) {
      // NDJSON of some tools separates records by RS (RFC 7464).
      if (byte !== 30) throw this.#unexpected(`the character ${JSON.stringify(String.fromCharCode(byte))}`);
    } else if (this.#inItems && this.#depth === 2) {
      if (byte !== Byte.Comma || !this.#itemDone)
        throw this.#unexpected('something else than an object among the items of a List');
      this.#itemDone = false;
    } else if (this.#depth === 1) {
      if (byte === Byte.Colon) this.#expectsKey = false;
      else if (byte === Byte.Comma) this.#expectsKey = true;
    }
  }

  #begin(at: number): void {
    this.#reset();
    this.#from = at;
    this.#startLine = this.#line;
  }

  #reset(): void {
    this.#parts = [];
    this.#partBytes = 0;
    this.#from = -1;
  }

  /** Puts what was captured of a chunk aside, up to `end`. */
  #keep(chunk: Buffer, end: number): void {
    if (this.#from < 0) return;
    const part = chunk.subarray(this.#from, end);
    this.#parts.push(part);
    this.#partBytes += part.length;
    this.#from = -1;
    if (this.#partBytes > this.limits.documentBytesMax) {
      throw limitExceeded(
        'documentBytesMax',
        this.limits.documentBytesMax,
        `the object that begins on line ${this.#startLine} is longer than that`,
      );
    }
  }

  #take(): Buffer {
    const bytes = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#reset();
    return bytes;
  }

  #tooDeep(line: number): ManifestError {
    return limitExceeded('depthMax', this.limits.depthMax, `line ${line}: values are nested deeper than that`);
  }

  #unexpected(what: string): ManifestError {
    return malformed(`line ${this.#line}: ${what} where a JSON object was expected`, this.#line);
  }
}

const endOfHead = Buffer.from(']}');
