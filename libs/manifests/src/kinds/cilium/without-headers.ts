/**
 * A part of a policy without the header values that requests must have: they may be secrets, and say nothing about
 * connections.
 */
export function withoutHeaders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHeaders);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'headers' && name !== 'headerMatches');
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutHeaders(member)]));
}
