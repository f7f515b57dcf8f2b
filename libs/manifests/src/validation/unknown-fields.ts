import type { Fields } from './decoder.js';

/** The fields that a kind knows, a level at a time: a record, a list of records, or anything (null). */
export type Shape = { readonly [field: string]: Shape | readonly [Shape] | null };

/** Paths in a value that its kind does not know. Cost: linear in the value. */
export function unknownFields(value: unknown, shape: Shape | readonly [Shape] | null, path: string): string[] {
  if (shape === null || value === null || typeof value !== 'object') return [];
  if (isListOf(shape))
    return Array.isArray(value) ? value.flatMap((element, i) => unknownFields(element, shape[0], `${path}[${i}]`)) : [];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.flatMap(([key, member]) =>
    Object.hasOwn(shape, key) ? unknownFields(member, shape[key], `${path}.${key}`) : [`${path}.${key}`],
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
