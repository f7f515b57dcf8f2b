import type { Fields } from './decoder.js';

/** The fields that a kind knows, a level at a time: a record, a list of records, or anything (null). */
export type Shape = { readonly [field: string]: Shape | readonly [Shape] | null };

/** Paths in a value that its kind does not know. Cost: linear in the value. */
export function unknownFields(value: unknown, shape: Shape | readonly [Shape] | null, path: string): string[] {
  // Hardly anything has any, and paths are made for what has.
  return knowsAll(value, shape) ? [] : pathsIn(value, shape, path);
}

function knowsAll(value: unknown, shape: Shape | readonly [Shape] | null): boolean {
  if (shape === null || value === null || typeof value !== 'object') return true;
  if (isListOf(shape)) {
    if (!Array.isArray(value)) return true;
    for (const element of value) if (!knowsAll(element, shape[0])) return false;
    return true;
  }
  const record = value as Fields;
  for (const key of Object.keys(record)) {
    if (record[key] === undefined) continue;
    if (!Object.hasOwn(shape, key) || !knowsAll(record[key], shape[key])) return false;
  }
  return true;
}

function pathsIn(value: unknown, shape: Shape | readonly [Shape] | null, path: string): string[] {
  if (shape === null || value === null || typeof value !== 'object') return [];
  if (isListOf(shape))
    return Array.isArray(value) ? value.flatMap((element, i) => pathsIn(element, shape[0], `${path}[${i}]`)) : [];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.flatMap(([key, member]) =>
    Object.hasOwn(shape, key) ? pathsIn(member, shape[key], `${path}.${key}`) : [`${path}.${key}`],
  );
}

/** The members of a record that its kind does not know, as they are. */
export function unknownMembers(fields: Fields, shape: Shape): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => !Object.hasOwn(shape, key) && value !== null),
  );
}

function isListOf(shape: Shape | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}
