import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** Rows a piece of COPY text is made of at least; small pieces would cost a turn of the event loop each. */
const rowsPerChunk = 1000;

/** Sends rows to `COPY … FROM STDIN` in text format. Streams: memory is that of one piece. */
export async function copyIn(client: PoolClient, target: string, rows: Iterable<readonly string[]>): Promise<void> {
  await pipeline(Readable.from(textOf(rows)), client.query(copyFrom(`COPY ${target} FROM STDIN`)));
}

/** The rows of `COPY (query) TO STDOUT` in text format, as they come. NULLs are not supported: the queries have none. */
export async function* copyOut(client: PoolClient, query: string): AsyncIterable<string[]> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of client.query(copyTo(`COPY (${query}) TO STDOUT`))) {
    const lines = (pending + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    pending = lines.pop() as string;
    for (const line of lines) yield line.split('\t').map(unescaped);
  }
}

/** The one bytea column of `COPY (query) TO STDOUT` in binary format, row after row, joined. */
export async function copyOutBytes(client: PoolClient, query: string): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(copyTo(`COPY (${query}) TO STDOUT (FORMAT binary)`)))
    chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const values: Buffer[] = [];
  // Signature (11 bytes), flags and extension length (4 each), then per row a field count and length-prefixed fields.
  let at = 19 + bytes.readInt32BE(15);
  while (bytes.readInt16BE(at) === 1) {
    const length = bytes.readInt32BE(at + 2);
    values.push(bytes.subarray(at + 6, at + 6 + length));
    at += 6 + length;
  }
  return values;
}

function* textOf(rows: Iterable<readonly string[]>): Iterable<string> {
  let lines: string[] = [];
  for (const row of rows) {
    lines.push(row.map(escaped).join('\t'));
    if (lines.length === rowsPerChunk) {
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const unescapes: Readonly<Record<string, string>> = {
  '\\\\': '\\',
  '\\t': '\t',
  '\\n': '\n',
  '\\r': '\r',
  '\\b': '\b',
  '\\f': '\f',
  '\\v': '\v',
};

function escaped(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character]) : text;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\[\\tnrbfv]/g, (sequence) => unescapes[sequence]) : text;
}
