import { limitExceeded, ManifestError, malformed } from '../manifest-error.js';
import type { ReadLimits } from '../read-limits.js';

/** One object found in a JSON text. */
export interface ScannedObject {
  readonly value: unknown;
  /** 1-based line on which it begins. */
  readonly line: number;
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
 * Finds the objects in a JSON text that comes in pieces: one object, a List of any length, several objects one after
 * another (NDJSON). The items of a List are yielded one by one as soon as each is complete, so that memory is that of
 * one item; an item without its own kind takes that of an `XList`. Structure is followed byte by byte and only complete
 * objects are parsed. Cost: linear in the bytes.
 */
export class JsonScanner {
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
  #waiting: { value: Record<string, unknown>; line: number }[] = [];

  constructor(readonly limits: ReadLimits) {}

  /** The objects that are complete with this piece. */
  *push(chunk: Buffer): Iterable<ScannedObject> {
    if (this.#depth > 0 && this.#isCapturing) this.#from = 0;
    for (let i = 0; i < chunk.length; i++) {
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
        case Byte.OpenList:
          this.#open(byte, chunk, i);
          break;
        case Byte.Close:
        case Byte.CloseList:
          yield* this.#close(byte, chunk, i);
          break;
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

  #open(byte: number, chunk: Buffer, at: number): void {
    if (this.#depth === 0) {
      if (byte !== Byte.Open) throw this.#unexpected('a list; an object or a Kubernetes List is accepted');
      this.#begin(at);
      this.#expectsKey = true;
    } else if (this.#depth === 1 && byte === Byte.OpenList && this.#key === 'items') {
      this.#keep(chunk, at + 1);
      this.#skeleton = this.#parts;
      this.#skeletonLine = this.#startLine;
      this.#inItems = true;
      this.#itemDone = false;
      this.#reset();
    } else if (this.#inItems && this.#depth === 2) {
      if (byte !== Byte.Open || this.#itemDone)
        throw this.#unexpected('something else than an object, or no comma, among the items of a List');
      this.#begin(at);
    }
    if (++this.#depth > this.limits.depthMax) {
      throw limitExceeded('depthMax', this.limits.depthMax, `line ${this.#line}: values are nested deeper than that`);
    }
  }

  *#close(byte: number, chunk: Buffer, at: number): Iterable<ScannedObject> {
    if (this.#depth === 0) throw this.#unexpected('a closing bracket');
    this.#depth--;
    if (this.#inItems && this.#depth === 2) {
      this.#keep(chunk, at + 1);
      this.#itemDone = true;
      yield* this.#item(this.#parse(this.#take(), this.#startLine));
    } else if (this.#inItems && this.#depth === 1) {
      if (byte !== Byte.CloseList) throw this.#unexpected('a brace where the items of a List end');
      this.#inItems = false;
      this.#parts = this.#skeleton;
      this.#from = at;
      this.#startLine = this.#skeletonLine;
      this.#key = '';
      yield* this.#named();
    } else if (this.#depth === 0) {
      this.#keep(chunk, at + 1);
      const wasList = this.#skeleton.length > 0;
      const value = this.#parse(this.#take(), this.#startLine);
      this.#skeleton = [];
      if (wasList) yield* this.#namedBy(value);
      else yield { value, line: this.#startLine };
    }
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

  /** An item; one without a kind waits until the kind of its List is known. */
  *#item(value: unknown): Iterable<ScannedObject> {
    const item = value as Record<string, unknown>;
    if (typeof item.kind === 'string' && typeof item.apiVersion === 'string') {
      yield { value: item, line: this.#startLine };
    } else {
      this.#waiting.push({ value: item, line: this.#startLine });
      if (this.#waiting.length > 1000) yield* this.#named();
    }
  }

  /** Names the waiting items if what has been read of the List tells its kind. */
  *#named(): Iterable<ScannedObject> {
    const text = Buffer.concat(this.#skeleton).toString('latin1');
    const kind = /"kind"\s*:\s*"([A-Za-z]+)"/.exec(text)?.[1];
    const apiVersion = /"apiVersion"\s*:\s*"([A-Za-z0-9./]+)"/.exec(text)?.[1];
    if (kind !== undefined && apiVersion !== undefined) yield* this.#namedBy({ kind, apiVersion });
  }

  *#namedBy(list: unknown): Iterable<ScannedObject> {
    const { kind, apiVersion } = list as Record<string, unknown>;
    const itemKind =
      typeof kind === 'string' && kind !== 'List' && kind.endsWith('List') ? kind.slice(0, -4) : undefined;
    for (const { value, line } of this.#waiting) {
      yield { value: { kind: itemKind, apiVersion: itemKind === undefined ? undefined : apiVersion, ...value }, line };
    }
    this.#waiting = [];
  }

  #parse(bytes: Buffer, line: number): unknown {
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      throw new ManifestError('ENCODING_INVALID', `the object that begins on line ${line} is not valid UTF-8`, [
        { code: 'ENCODING_INVALID', severity: 'error', message: 'not valid UTF-8; UTF-8 is accepted', line },
      ]);
    }
    try {
      return JSON.parse(text);
    } catch (error) {
      throw malformed(
        `the JSON object that begins on line ${line} cannot be read: ${(error as Error).message.slice(0, 200)}`,
        line,
      );
    }
  }

  #unexpected(what: string): ManifestError {
    return malformed(`line ${this.#line}: ${what} where a JSON object was expected`, this.#line);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
