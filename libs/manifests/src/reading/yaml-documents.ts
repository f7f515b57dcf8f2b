import { limitExceeded, ManifestError } from '../manifest-error.js';
import type { ReadLimits } from '../read-limits.js';
import type { ByteSource } from './byte-source.js';

/** The text of one YAML document, with the line on which it begins. */
export interface DocumentText {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * Cuts YAML text at document lines (`---`, `...`), which cannot stand inside a document's scalars. Documents of nothing
 * but space and comments are left out, but count towards `documentsMax`. Memory is that of one document, which is kept
 * in the pieces in which it came: a list of its lines would take many times the space of a text of short lines.
 */
export async function* yamlDocuments(source: ByteSource, limits: ReadLimits): AsyncIterable<DocumentText> {
  const cutter = new DocumentCutter(limits);
  for await (const chunk of source) yield* cutter.push(chunk);
  yield* cutter.end();
}

class DocumentCutter {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  /** Whole lines of the document that is being read. */
  #pieces: string[] = [];
  #size = 0;
  #startLine = 1;
  /** The beginning of a line whose end has not come. */
  #unended: string[] = [];
  #unendedSize = 0;
  #line = 1;
  #documents = 0;

  constructor(readonly limits: ReadLimits) {}

  push(chunk: Uint8Array): Iterable<DocumentText> {
    return this.#take(this.#decode(chunk));
  }

  *end(): Iterable<DocumentText> {
    yield* this.#take(`${this.#decode(null)}\n`);
    yield* this.#close();
  }

  *#take(text: string): Iterable<DocumentText> {
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) {
      // A line is joined once, however many chunks it comes in.
      yield* this.#takeLines(
        this.#unended.length === 0 ? text.slice(0, end) : [...this.#unended, text.slice(0, end)].join(''),
      );
      this.#unended = [];
      this.#unendedSize = 0;
    }
    this.#unended.push(text.slice(end));
    this.#unendedSize += text.length - end;
    if (this.#unendedSize > this.limits.documentBytesMax) throw this.#tooLong(`line ${this.#line}`);
  }

  /** Takes text that ends with a line. */
  *#takeLines(text: string): Iterable<DocumentText> {
    let from = 0;
    for (const { index, 1: before, 2: marker } of text.matchAll(/(^|\n)(---|\.\.\.)(?=\s)/g)) {
      const at = index + before.length;
      this.#keep(text.slice(from, at));
      from = marker === '---' ? at : at + marker.length;
      if (marker === '...' || !hasOnlyDirectives(this.#pieces.join(''))) yield* this.#close();
    }
    this.#keep(text.slice(from));
  }

  #keep(text: string): void {
    if (text === '') return;
    this.#pieces.push(text);
    this.#size += text.length;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#line++;
    if (this.#size > this.limits.documentBytesMax)
      throw this.#tooLong(`the YAML document that begins on line ${this.#startLine}`);
  }

  *#close(): Iterable<DocumentText> {
    if (this.#pieces.length > 0) {
      const document = { text: this.#pieces.join(''), line: this.#startLine };
      if (++this.#documents > this.limits.documentsMax)
        throw limitExceeded('documentsMax', this.limits.documentsMax, 'the text has more YAML documents than that');
      if (hasContent(document.text)) yield document;
    }
    this.#pieces = [];
    this.#size = 0;
    this.#startLine = this.#line;
  }

  #tooLong(what: string): ManifestError {
    return limitExceeded('documentBytesMax', this.limits.documentBytesMax, `${what} is longer than that`);
  }

  #decode(chunk: Uint8Array | null): string {
    try {
      return chunk === null ? this.#decoder.decode() : this.#decoder.decode(chunk, { stream: true });
    } catch {
      const message = `the text is not valid UTF-8 near line ${this.#line}; UTF-8 is accepted`;
      throw new ManifestError('ENCODING_INVALID', message, [
        {
          code: 'ENCODING_INVALID',
          severity: 'error',
          message: 'not valid UTF-8; UTF-8 is accepted',
          line: this.#line,
        },
      ]);
    }
  }
}

/** Whether there is a line that is neither empty nor a comment, apart from the document line. */
function hasContent(text: string): boolean {
  return /(?:^|\n)[ \t\r]*[^# \t\r\n]/.test(text.startsWith('---') ? text.slice(3) : text);
}

/** Directives (`%YAML 1.1`) belong to the document that begins after them. */
function hasOnlyDirectives(text: string): boolean {
  return /(?:^|\n)%/.test(text) && !/(?:^|\n)(?!%)[ \t\r]*[^# \t\r\n]/.test(text);
}
