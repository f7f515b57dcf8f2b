import type { Random } from './random.js';

/** Stands in a value for a number that JSON can write and JavaScript cannot hold. */
const hugeNumber = '@@1e999@@';

/** Values that somebody hostile puts where another was expected. */
export const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  65536,
  2 ** 31,
  2 ** 53,
  1e300,
  hugeNumber,
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udfff\ud800',
  '😀'.repeat(120),
  'x'.repeat(300),
  'x'.repeat(100_000),
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE snapshot; --",
  '${jndi:ldap://x}',
  '10.0.0.0/33',
  '::ffff:10.0.0.1',
  'fe80::1%eth0',
  '010.0.0.1',
  '1e3',
  '\u202egnp',
  '\ufeff',
  '\\u0000',
  'a\tb\nc\rd\\N',
  [],
  [[]],
  [null],
  {},
  { __proto: 1 },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  { constructor: { prototype: { polluted: true } } },
  { toString: 1, valueOf: null, hasOwnProperty: 'x' },
  Array.from({ length: 3000 }, (_, i) => i),
  Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, 'v'])),
];

const oddKeys: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\u0000',
  '\ud800',
  '.',
  'items',
  'kind',
  'x'.repeat(400),
];

/** A copy of a value with a few of its parts replaced, renamed, repeated or taken away. */
export function odd(value: unknown, random: Random): unknown {
  let result = structuredClone(value);
  for (let change = 0; change <= random.below(3); change++) result = changed(result, random);
  return result;
}

/** JSON text of a value, with its huge numbers. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(`"${hugeNumber}"`, '1e999');
}

function changed(value: unknown, random: Random): unknown {
  const isLeaf = value === null || typeof value !== 'object' || Object.keys(value).length === 0;
  if (isLeaf || random.chance(4)) return random.pick(oddValues);
  if (Array.isArray(value)) {
    const members = [...(value as unknown[])];
    const at = random.below(members.length);
    if (random.chance(70)) members[at] = changed(members[at], random);
    else if (random.chance(50)) members.splice(at, 1);
    else members.push(structuredClone(members[at]));
    return members;
  }
  const entries = Object.entries(value);
  const at = random.below(entries.length);
  const [key, member] = entries[at];
  if (random.chance(75)) entries[at] = [key, changed(member, random)];
  else if (random.chance(30)) entries.splice(at, 1);
  else if (random.chance(50)) entries[at] = [random.pick(oddKeys), member];
  else entries.push([random.pick(oddKeys), random.pick(oddValues)]);
  return recordOf(entries);
}

/** An object with these members as its own, `__proto__` too. */
function recordOf(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, value] of entries)
    Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
  return record;
}
