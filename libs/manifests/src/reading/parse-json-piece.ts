import { isAscii, isUtf8 } from 'node:buffer';
import { ManifestError, malformed } from '../manifest-error.js';
import { readerOf } from '../kinds/readers.js';
import type { Fields } from '../validation/decoder.js';
import { JsonTrimmer } from './json-trimmer.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const trimmer = new JsonTrimmer();

/** What is known about the bytes of many objects at once. */
export type Encoding = 'ASCII' | 'UTF-8' | 'Unknown';

export function encodingOf(bytes: Uint8Array): Encoding {
  return isAscii(bytes) ? 'ASCII' : isUtf8(bytes) ? 'UTF-8' : 'Unknown';
}

/**
 * The object whose text goes from `start` to `end`. Of kinds that say what they look at, only that is made into values;
 * the rest is checked to be JSON.
 * @throws ManifestError MALFORMED, ENCODING_INVALID
 */
export function parseJsonPiece(
  bytes: Buffer,
  start: number,
  end: number,
  line: number,
  encoding: Encoding = encodingOf(bytes),
): unknown {
  if (encoding !== 'Unknown') {
    const trimmed = parseTrimmed(bytes, start, end, encoding);
    if (trimmed !== null) return trimmed;
  }
  return parseWhole(bytes.subarray(start, end), line);
}

function parseTrimmed(bytes: Buffer, start: number, end: number, encoding: Encoding): object | null {
  const head = { apiVersion: '', kind: '' };
  const text = trimmer.trim(bytes, start, end, (apiVersion, kind) => {
    head.apiVersion = apiVersion;
    head.kind = kind;
    return readerOf(apiVersion, kind)?.wanted ?? null;
  });
  if (text === null) return null;
  const trimmed = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  let value: Fields;
  try {
    value = JSON.parse(encoding === 'ASCII' ? trimmed.toString('latin1') : trimmed.toString('utf8')) as Fields;
  } catch {
    return null;
  }
  // The last of equal names counts: a second kind would make another object of it.
  if (value.kind !== head.kind || value.apiVersion !== head.apiVersion) return null;
  return readerOf(head.apiVersion, head.kind)?.needsWhole?.(value) === true ? null : value;
}

function parseWhole(bytes: Uint8Array, line: number): unknown {
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
