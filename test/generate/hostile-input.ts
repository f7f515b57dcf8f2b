import { gzipSync } from 'node:zlib';
import { dump } from 'js-yaml';
import { jsonOf, odd } from './odd-values.js';
import { archiveOf, oddArchive } from './odd-archive.js';
import type { Random } from './random.js';

/** A body to push, and what is said about it. */
export interface HostileInput {
  /** What was done to it, for the message of a failure. */
  readonly what: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const contentTypes = [
  'application/octet-stream',
  'application/octet-stream',
  'application/octet-stream',
  'application/json',
  'application/yaml',
  'application/x-ndjson',
  'application/x-tar',
  'application/x-www-form-urlencoded',
  'text/html',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  ';',
  '',
];

/** An input of any format, made of some of the given objects and then spoilt. */
export function hostileInput(objects: readonly unknown[], random: Random): HostileInput {
  const chosen = random.some(objects, 1 + random.below(5));
  const spoilt = random.chance(60) ? chosen.map((object) => odd(object, random)) : chosen;
  const [format, write] = random.pick(formats);
  let body = write(spoilt, random);
  const done = [format];
  if (spoilt === chosen || random.chance(30)) {
    const [name, spoil] = random.pick(spoilers);
    body = spoil(body, random);
    done.push(name);
  }
  if (random.chance(15)) {
    body = gzipSync(body);
    done.push('gzip');
    if (random.chance(50)) {
      const [name, spoil] = random.pick(byteSpoilers);
      body = spoil(body, random);
      done.push(name);
    }
  }
  const headers: Record<string, string> = { 'content-type': random.pick(contentTypes) };
  if (random.chance(10))
    headers['content-encoding'] = random.pick(['gzip', 'x-gzip', 'identity', 'br', 'gzip, gzip', '\t']);
  return { what: `${done.join(', ')}; ${JSON.stringify(headers)}`, body, headers };
}

type Write = (objects: readonly unknown[], random: Random) => Buffer;

const yamlOf = (value: unknown): string => dump(JSON.parse(jsonOf(value)), { lineWidth: -1 });

const listOf = (objects: readonly unknown[], kind: string): string =>
  jsonOf({ apiVersion: 'v1', kind, metadata: {}, items: objects });

const formats: readonly (readonly [string, Write])[] = [
  ['ndjson', (objects) => Buffer.from(objects.map(jsonOf).join('\n'))],
  ['List', (objects) => Buffer.from(listOf(objects, 'List'))],
  ['PodList', (objects) => Buffer.from(listOf(objects, 'PodList'))],
  ['items before kind', (objects) => Buffer.from(`{"items":[${objects.map(jsonOf).join(',')}],"kind":"List"}`)],
  ['List in List', (objects) => Buffer.from(listOf([JSON.parse(listOf(objects, 'List'))], 'List'))],
  ['yaml', (objects) => Buffer.from(objects.map(yamlOf).join('\n---\n'))],
  ['yaml of a List', (objects) => Buffer.from(yamlOf({ apiVersion: 'v1', kind: 'List', items: objects }))],
  [
    'json, then yaml',
    (objects) => Buffer.from(objects.map((object, i) => (i % 2 ? yamlOf(object) : jsonOf(object))).join('\n---\n')),
  ],
  ['tar', (objects) => archiveOf(objects.map((object, i) => ({ name: `${i}.json`, content: jsonOf(object) })))],
  ['odd tar', (objects, random) => oddArchive(Buffer.from(objects.map(jsonOf).join('\n')), random)],
];

type Spoil = (body: Buffer, random: Random) => Buffer;

/** Bytes that mean something to one reader or another. */
const tokens: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '\n---\n',
  '\n...\n',
  '%YAML 1.1\n---\n',
  '&a ',
  '*a',
  '<<: *a\n',
  '!!binary |\n  AAAA\n',
  '!!js/function x',
  '? ',
  '- ',
  '# ',
  '\t',
  '\r',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u0000',
  '\x1e',
  '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"x"}}',
];

const byteSpoilers: readonly (readonly [string, Spoil])[] = [
  ['truncated', (body, random) => body.subarray(0, random.below(body.length + 1))],
  ['beginning lost', (body, random) => body.subarray(random.below(body.length + 1))],
  ['bits flipped', (body, random) => flipped(body, random)],
  [
    'a part twice',
    (body, random) => {
      const [from, to] = [random.below(body.length), random.below(body.length)];
      return Buffer.concat([body.subarray(0, to), body.subarray(from), body.subarray(to)]);
    },
  ],
  ['bytes behind', (body, random) => Buffer.concat([body, Buffer.alloc(1 + random.below(2000), random.below(256))])],
  ['itself behind itself', (body) => Buffer.concat([body, body])],
];

const spoilers: readonly (readonly [string, Spoil])[] = [
  ...byteSpoilers,
  [
    'a token put in',
    (body, random) => {
      const at = random.below(body.length + 1);
      return Buffer.concat([body.subarray(0, at), Buffer.from(random.pick(tokens)), body.subarray(at)]);
    },
  ],
  ['UTF-16', (body) => Buffer.from(body.toString(), 'utf16le')],
  ['UTF-16 with mark', (body) => Buffer.from(`\ufeff${body.toString()}`, 'utf16le')],
  ['UTF-8 mark', (body) => Buffer.concat([Buffer.from('\ufeff'), body])],
  ['CRLF', (body) => Buffer.from(body.toString().replaceAll('\n', '\r\n'))],
  ['nested', (body) => Buffer.concat([Buffer.from('['.repeat(200)), body, Buffer.from(']'.repeat(200))])],
  ['gzip twice', (body) => gzipSync(gzipSync(body))],
  ['gzip of zeros behind', (body) => Buffer.concat([gzipSync(body), gzipSync(Buffer.alloc(3_000_000))])],
];

function flipped(body: Buffer, random: Random): Buffer {
  const copy = Buffer.from(body);
  for (let flip = 0; flip <= random.below(6) && copy.length > 0; flip++)
    copy[random.below(copy.length)] ^= 1 << random.below(8);
  return copy;
}
