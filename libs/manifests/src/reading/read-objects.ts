import { examine, type Examined } from '../examine.js';
import { ManifestError, malformed } from '../manifest-error.js';
import { type ByteSource, counted, gunzipped, isGzip, isTar, peek } from './byte-source.js';
import { examineJson, type JsonContext } from './examine-json.js';
import { readTar } from './read-tar.js';
import { readYaml } from './read-yaml.js';
import { unlisted } from './unlisted.js';

export interface ReadingContext extends JsonContext {
  /** What the sender says the bytes are; null: look. */
  readonly contentType: string | null;
  /** Compression that the sender announces; null: look. */
  readonly contentEncoding: string | null;
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

/** What a stream of bytes of any accepted format holds, compressed or not, Lists taken apart; some objects at a time. */
export async function* readObjects(source: ByteSource, context: ReadingContext): AsyncIterable<readonly Examined[]> {
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
): AsyncIterable<readonly Examined[]> {
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
      yield* examineJson(counted(source, context.onBytes), context);
      break;
    case 'yaml':
      yield* examineYaml(counted(source, context.onBytes), context);
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

async function* examineYaml(source: ByteSource, { limits, file }: JsonContext): AsyncIterable<readonly Examined[]> {
  for await (const { value, line } of readYaml(source, limits)) yield [...unlisted(value, line, file)].map(examine);
}
