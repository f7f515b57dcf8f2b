import { ManifestError, malformed } from '../manifest-error.js';
import type { ReadLimits } from '../read-limits.js';
import { type ByteSource, counted, gunzipped, isGzip, isTar, peek } from './byte-source.js';
import { JsonScanner, type ScannedObject } from './json-scanner.js';
import { readTar } from './read-tar.js';
import { readYaml } from './read-yaml.js';

/** A value found in an input, with where it was found. */
export interface RawObject extends ScannedObject {
  /** Member of the archive or name of the file; null where there is none. */
  readonly file: string | null;
}

export interface ReadingContext {
  readonly limits: ReadLimits;
  /** What the sender says the bytes are; null: look. */
  readonly contentType: string | null;
  /** Compression that the sender announces; null: look. */
  readonly contentEncoding: string | null;
  readonly file: string | null;
  /** Called for each file of an archive that is no manifest. */
  readonly onSkippedFile: () => void;
  /** Called with the length of each piece of text, after every decompression; may throw to refuse more. */
  readonly onBytes: (bytes: number) => void;
}

type Format = 'json' | 'yaml' | 'tar';

const formats: Readonly<Record<string, Format | null>> = {
  'application/json': 'json',
  'application/x-ndjson': 'json',
  'application/ndjson': 'json',
  'application/jsonl': 'json',
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
  'text/yaml': 'yaml',
  'text/x-yaml': 'yaml',
  'application/x-tar': 'tar',
  'application/tar': 'tar',
  // Says nothing about the content: look. The last one is what curl says unless it is told otherwise.
  'application/gzip': null,
  'application/x-gzip': null,
  'application/octet-stream': null,
  'text/plain': null,
  'application/x-www-form-urlencoded': null,
};

export const acceptedMediaTypes: readonly string[] = Object.keys(formats);

/** The values in a stream of bytes of any accepted format, compressed or not, Lists taken apart. */
export async function* readObjects(source: ByteSource, context: ReadingContext): AsyncIterable<RawObject> {
  const announced = announcedFormat(context.contentType);
  const { head, source: whole } = await peek(source, 2);
  checkEncoding(context.contentEncoding, head);
  yield* readLayer(whole, announced, context, 0);
}

function announcedFormat(contentType: string | null): Format | null {
  const type = (contentType ?? '').split(';')[0].trim().toLowerCase();
  if (type === '') return null;
  const format = formats[type];
  if (Object.hasOwn(formats, type)) return format;
  const message = `the content type is ${JSON.stringify(type.slice(0, 100))}; accepted are ${acceptedMediaTypes.join(', ')}`;
  throw new ManifestError('UNSUPPORTED_MEDIA_TYPE', message, [
    { code: 'UNSUPPORTED_MEDIA_TYPE', severity: 'error', message, path: 'Content-Type' },
  ]);
}

function checkEncoding(contentEncoding: string | null, head: Buffer): void {
  const encoding = (contentEncoding ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return;
  if (encoding === 'gzip' || encoding === 'x-gzip') {
    if (!isGzip(head)) throw malformed('the content is announced as gzip and is not');
    return;
  }
  const message = `the content encoding is ${JSON.stringify(encoding.slice(0, 100))}; accepted are gzip and identity`;
  throw new ManifestError('UNSUPPORTED_MEDIA_TYPE', message, [
    { code: 'UNSUPPORTED_MEDIA_TYPE', severity: 'error', message, path: 'Content-Encoding' },
  ]);
}

async function* readLayer(
  given: ByteSource,
  announced: Format | null,
  context: ReadingContext,
  layer: number,
): AsyncIterable<RawObject> {
  const { head, source } = await peek(given, 512);
  if (isGzip(head)) {
    if (layer >= context.limits.gzipLayersMax)
      throw malformed(`gzip inside gzip more than ${context.limits.gzipLayersMax} times`);
    yield* readLayer(gunzipped(source), announced, context, layer + 1);
    return;
  }
  refuseOddEncoding(head);
  switch (isTar(head) ? 'tar' : (announced ?? (looksLikeJson(head) ? 'json' : 'yaml'))) {
    case 'json':
      yield* located(readJson(counted(source, context.onBytes), context.limits), context.file);
      break;
    case 'yaml':
      yield* located(readYaml(counted(source, context.onBytes), context.limits), context.file);
      break;
    case 'tar':
      if (layer > context.limits.gzipLayersMax) throw malformed('archives inside archives are not read');
      for await (const member of readTar(counted(source, context.onBytes), context.limits, context.onSkippedFile)) {
        yield* readLayer(member.content, null, { ...context, file: member.name }, context.limits.gzipLayersMax - 1);
      }
  }
}

/** Skips a byte order mark and space. */
function looksLikeJson(head: Buffer): boolean {
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  // `{apiVersion: v1, …}` is YAML in its flow style: in JSON a brace is followed by a quote.
  return /^(\{\s*(["}]|$)|\[|\x1e)/.test(text);
}

function refuseOddEncoding(head: Buffer): void {
  const mark = head.subarray(0, 2).toString('hex');
  const isUtf16 = mark === 'fffe' || mark === 'feff';
  if (!isUtf16 && !(head.includes(0) && !isTar(head))) return;
  const message = isUtf16
    ? 'the text is UTF-16; UTF-8 is accepted'
    : 'the input is neither text nor a tar or gzip archive: it has NUL bytes';
  throw new ManifestError('ENCODING_INVALID', message, [{ code: 'ENCODING_INVALID', severity: 'error', message }]);
}

async function* readJson(source: ByteSource, limits: ReadLimits): AsyncIterable<ScannedObject> {
  const scanner = new JsonScanner(limits);
  let isFirst = true;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const hasMark = isFirst && bytes.subarray(0, 3).toString('hex') === 'efbbbf';
    isFirst = false;
    yield* scanner.push(hasMark ? bytes.subarray(3) : bytes);
  }
  scanner.end();
}

async function* located(objects: AsyncIterable<ScannedObject>, file: string | null): AsyncIterable<RawObject> {
  for await (const { value, line } of objects) yield* unlisted(value, line, file, 0);
}

/** Takes Lists apart, also Lists inside Lists. */
function* unlisted(value: unknown, line: number, file: string | null, depth: number): Iterable<RawObject> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    yield { value, line, file };
    return;
  }
  const { kind, apiVersion, items } = value as Record<string, unknown>;
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
  if (!isList || depth > 3) {
    // A List whose items came one by one is here again without them, or never had any.
    if (!(typeof kind === 'string' && kind.endsWith('List') && (items === undefined || items === null)))
      yield { value, line, file };
    return;
  }
  const itemKind = kind === 'List' ? undefined : kind.slice(0, -4);
  for (const item of items as unknown[]) {
    const named = isRecord(item) && itemKind !== undefined ? { kind: itemKind, apiVersion, ...item } : item;
    yield* unlisted(named, line, file, depth + 1);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
