import { loadAll, YAMLException } from 'js-yaml';
import { limitExceeded, ManifestError, malformed } from '../manifest-error.js';
import type { ReadLimits } from '../read-limits.js';
import type { ByteSource } from './byte-source.js';
import type { ScannedObject } from './json-scanner.js';
import { kubernetesYamlSchema } from './kubernetes-yaml-schema.js';

/**
 * Reads many YAML documents, one at a time: the text is cut at document lines, which cannot stand inside a document's
 * scalars, and each document is parsed alone. Memory is that of one document.
 */
export async function* readYaml(source: ByteSource, limits: ReadLimits): AsyncIterable<ScannedObject> {
  for await (const { text, line } of documents(source, limits)) yield* parseDocument(text, line, limits);
}

interface DocumentText {
  readonly text: string;
  readonly line: number;
}

async function* documents(source: ByteSource, limits: ReadLimits): AsyncIterable<DocumentText> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending: string[] = [];
  let pendingSize = 0;
  let lines: string[] = [];
  let size = 0;
  let line = 1;
  let start = 1;
  const flush = function* (): Iterable<DocumentText> {
    if (lines.length > 0) yield { text: lines.join('\n'), line: start };
    lines = [];
    size = 0;
  };
  const take = function* (text: string): Iterable<DocumentText> {
    if (/^(---|\.\.\.)(\s|$)/.test(text) && !hasOnlyDirectives(lines)) {
      yield* flush();
      start = line;
    }
    if (!/^\.\.\.(\s|$)/.test(text)) lines.push(text);
    size += text.length + 1;
    line++;
    if (size > limits.documentBytesMax) {
      throw limitExceeded(
        'documentBytesMax',
        limits.documentBytesMax,
        `the YAML document that begins on line ${start} is longer than that`,
      );
    }
  };
  for await (const chunk of source) {
    const parts = decode(decoder, chunk, line).split('\n');
    // Only the last part can go on: a line is joined once, however many chunks it comes in.
    for (const part of parts.slice(0, -1)) {
      yield* take([...pending, part].join('').replace(/\r$/, ''));
      pending = [];
      pendingSize = 0;
    }
    pending.push(parts[parts.length - 1]);
    pendingSize += parts[parts.length - 1].length;
    if (pendingSize > limits.documentBytesMax) {
      throw limitExceeded('documentBytesMax', limits.documentBytesMax, `line ${line} is longer than that`);
    }
  }
  yield* take(pending.join('') + decode(decoder, null, line));
  yield* flush();
}

/** Directives (`%YAML 1.1`) belong to the document that begins after them. */
function hasOnlyDirectives(lines: readonly string[]): boolean {
  return lines.some((line) => line.startsWith('%')) && lines.every((line) => /^(%.*|\s*(#.*)?)$/.test(line));
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | null, line: number): string {
  try {
    return chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new ManifestError('ENCODING_INVALID', `the text is not valid UTF-8 near line ${line}; UTF-8 is accepted`, [
      { code: 'ENCODING_INVALID', severity: 'error', message: 'not valid UTF-8; UTF-8 is accepted', line },
    ]);
  }
}

function* parseDocument(text: string, line: number, limits: ReadLimits): Iterable<ScannedObject> {
  let values: unknown[];
  try {
    values = loadAll(text, { schema: kubernetesYamlSchema, maxDepth: limits.depthMax });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = line + (error.mark?.line ?? 0);
    if (error.reason.includes('maxDepth'))
      throw limitExceeded('depthMax', limits.depthMax, `line ${at}: values are nested deeper than that`);
    throw malformed(`the YAML cannot be read: ${error.reason} (line ${at})`, at);
  }
  for (const value of values) {
    if (value === null || value === undefined) continue;
    checkExpansion(value, text.length, line, limits);
    yield { value, line };
  }
}

/**
 * Refuses a document whose aliases make it much larger than its text, or endless. Without aliases every value takes at
 * least a byte, so honest documents are far below the limit.
 */
function checkExpansion(
  value: unknown,
  textLength: number,
  line: number,
  { aliasExpansionMax, depthMax }: ReadLimits,
): void {
  let budget = 1000 + textLength * aliasExpansionMax;
  const visit = (inner: unknown, depth: number): void => {
    if (--budget < 0 || depth > depthMax) {
      throw limitExceeded(
        'aliasExpansionMax',
        aliasExpansionMax,
        `the YAML document that begins on line ${line} expands to more values per byte than that, or without end`,
      );
    }
    if (inner === null || typeof inner !== 'object') return;
    for (const member of Array.isArray(inner) ? (inner as unknown[]) : Object.values(inner)) visit(member, depth + 1);
  };
  visit(value, 0);
}
