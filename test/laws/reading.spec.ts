import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManifestError, readManifests, type ReadOptions } from '#manifests';
import { examine, type Examined } from '../../libs/manifests/src/examine.js';
import { readerOf } from '../../libs/manifests/src/kinds/readers.js';
import { normalise } from '../../libs/manifests/src/normalise.js';
import { parseJsonPiece } from '../../libs/manifests/src/reading/parse-json-piece.js';
import type { Wanted } from '../../libs/manifests/src/reading/wanted.js';
import { generateObjects } from '../generate/generate-objects.js';
import type { GeneratedObject } from '../generate/generated-object.js';
import { withBulk } from '../generate/with-bulk.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.CANREACH_RUNS ?? 2000);

const generated = [...generateObjects({ profile: 'small', scale: 0.2 })].map(withBulk);
/** A few objects of each kind, some of them of parts of the network. */
const samples = [...new Set(generated.map(({ kind }) => kind))].flatMap((kind) =>
  generated.filter((object) => object.kind === kind).filter((_, i, all) => i < 3 || i > all.length - 3),
);
const cronJob: GeneratedObject = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'c', namespace: 'a' },
  spec: { suspend: true, jobTemplate: { spec: { template: { spec: { containers: [{ name: 'c' }] } } } } },
};
const objects = [...samples, cronJob];

/** The value, reporting every member that is looked at. */
function watched(value: unknown, wanted: Wanted, path: string, complaints: string[]): unknown {
  if (value === null || typeof value !== 'object' || wanted === 'All') return value;
  return new Proxy(value, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || typeof member === 'function' || key === 'length') return member;
      const inner = wanted.kind === 'Elements' ? wanted.element : wanted.members.get(key);
      if (inner === undefined) complaints.push(`${path}.${key}`);
      return watched(member, inner ?? 'All', `${path}.${key}`, complaints);
    },
    ownKeys(target) {
      if (!Array.isArray(target)) complaints.push(`${path}: all members`);
      return Reflect.ownKeys(target);
    },
  });
}

describe('what a kind says is wanted of it', () => {
  it('is all that its reader looks at', () => {
    const complaints: string[] = [];
    let watchedKinds = 0;
    for (const object of objects) {
      const reader = readerOf(object.apiVersion, object.kind);
      if (reader?.wanted === undefined || reader.needsWhole?.(object) === true) continue;
      const { wanted } = reader;
      watchedKinds++;
      expect(normalise(watched(object, wanted, object.kind, complaints))).toEqual(normalise(object));
    }
    expect(complaints).toEqual([]);
    expect(watchedKinds).toBeGreaterThan(20);
  });

  it('is so little of a pod that most of its text is never made into values', () => {
    const pod = objects.findLast(({ kind }) => kind === 'Pod') as GeneratedObject;
    const bytes = Buffer.from(JSON.stringify(pod));
    const seen = JSON.stringify(parseJsonPiece(bytes, 0, bytes.length, 1));
    expect(seen.length).toBeLessThan(bytes.length * 0.45);
    for (const dropped of ['managedFields', 'volumes', 'containerStatuses', 'FEATURES'])
      expect(seen).not.toContain(dropped);
  });
});

type Outcome = readonly Examined[] | string;

function outcomeOf(parse: () => unknown): Outcome {
  let value: unknown;
  try {
    value = parse();
  } catch (error) {
    return error instanceof ManifestError ? error.code : 'MALFORMED';
  }
  return [examine({ value, line: 1, file: null })];
}

/** As the text stands, every member made into a value. */
function plainly(bytes: Uint8Array): Outcome {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return 'ENCODING_INVALID';
  }
  return outcomeOf(() => JSON.parse(text));
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, '', 'x', [], {}, [[]], [null], { a: 1 }, '1.2.3.4', 8080, 70_000),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Replaces, drops or doubles a member somewhere; `turns` say which way to go at each level. */
function changed(value: unknown, turns: readonly number[], replacement: unknown): unknown {
  const [turn, ...rest] = turns;
  if (turn === undefined || value === null || typeof value !== 'object') return replacement;
  if (Array.isArray(value)) {
    if (value.length === 0) return [replacement];
    return value.map((element: unknown, i) =>
      i === turn % value.length ? changed(element, rest, replacement) : element,
    );
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { [String(replacement)]: replacement };
  const at = turn % entries.length;
  return Object.fromEntries(
    entries.map(([key, member], i) => [key, i === at ? changed(member, rest, replacement) : member]),
  );
}

const damage = fc.option(
  fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.integer({ min: 0, max: 2 }),
    put: fc.constantFrom(
      '',
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\\',
      '\\u12',
      'e',
      '-',
      '0',
      '\t',
      '\n',
      '\u0001',
      'ü',
      '\xff',
      '"kind":"Service",',
      '"spec":1,',
      '"st\\u0061tus":{},',
    ),
  }),
  { nil: null, freq: 3 },
);

it(`what is passed over changes nothing, whatever the text (seed ${seed})`, { timeout: 600_000 }, () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...objects),
      fc.array(fc.nat(30), { maxLength: 7 }),
      fc.option(odd, { freq: 2 }),
      fc.constantFrom(0, 1, '\t'),
      damage,
      (object, turns, replacement, indent, harm) => {
        const value = replacement === null ? object : changed(object, turns, replacement);
        let text = Buffer.from(JSON.stringify(value, null, indent));
        if (harm !== null) {
          const at = Math.floor(harm.place * text.length);
          text = Buffer.concat([text.subarray(0, at), Buffer.from(harm.put, 'latin1'), text.subarray(at + harm.drop)]);
        }
        expect(outcomeOf(() => parseJsonPiece(text, 0, text.length, 1))).toEqual(plainly(text));
      },
    ),
    { seed, numRuns: runs * 5 },
  );
});

/** The result of reading, or what refused it. */
async function reading(text: Buffer, size: number, options: ReadOptions): Promise<unknown> {
  const chunks = function* (): Iterable<Buffer> {
    for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
  };
  try {
    return await readManifests(Readable.from(chunks()), options);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { code: error.code, message: error.message, errors: error.errors };
  }
}

const item = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<unknown>(...objects) },
  { weight: 1, arbitrary: fc.constant({ metadata: { name: 'unnamed' } }) },
  { weight: 1, arbitrary: fc.constant({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'UPPER' }, spec: 5 }) },
  {
    weight: 1,
    arbitrary: fc.constant({ apiVersion: 'v1', kind: 'ServiceList', items: [{ metadata: { name: 's' } }] }),
  },
  { weight: 1, arbitrary: fc.constant({ apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo' }) },
  { weight: 1, arbitrary: fc.constant({ apiVersion: 'x.io/v1', kind: 'Other', metadata: { name: 'o' } }) },
  {
    weight: 1,
    arbitrary: fc.constant({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'n' },
      spec: { typo: 1 },
    }),
  },
);

const inputs = fc
  .array(item, { minLength: 1, maxLength: 60 })
  .chain((items) =>
    fc.constantFrom(
      items.map((one) => JSON.stringify(one)).join('\n'),
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1),
      JSON.stringify({ apiVersion: 'v1', kind: 'PodList', items }),
      JSON.stringify({ items, kind: 'NamespaceList', apiVersion: 'v1' }),
      `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\n${JSON.stringify({ items })}`,
    ),
  );

it(`threads and the places where the stream is cut change nothing (seed ${seed})`, { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      inputs,
      damage,
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 50, max: 100_000 }),
      fc.constantFrom<ReadOptions>(
        {},
        { strict: 'strict' },
        { strict: 'lenient' },
        { limits: { objectsMax: 20 } },
        { limits: { bytesMax: 40_000 } },
      ),
      async (input, harm, threads, size, options) => {
        let text = Buffer.from(input);
        if (harm !== null) {
          const at = Math.floor(harm.place * text.length);
          text = Buffer.concat([text.subarray(0, at), Buffer.from(harm.put, 'latin1'), text.subarray(at + harm.drop)]);
        }
        const alone = await reading(text, size, { ...options, threads: 0 });
        expect(await reading(text, size, { ...options, threads, threadsAfterBytes: 0, batchBytes: 3000 })).toEqual(
          alone,
        );
      },
    ),
    { seed, numRuns: Math.max(20, runs / 50) },
  );
});
