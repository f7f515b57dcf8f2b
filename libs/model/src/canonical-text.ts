import { compareText } from './object-ref.js';

/**
 * JSON text of a value with object keys sorted at every level and `undefined` members left out, so that equal values
 * have equal text whatever order they were written in. Lists keep their order. Cost: linear in the size of the value,
 * plus sorting the keys of each object.
 */
export function canonicalText(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalText(member)}`);
  return `{${members.join(',')}}`;
}
