import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { secretNames } from './kept.js';

/**
 * The text without the values of secret names. A text without such a name stays as it was written, since detection
 * reads it as the daemon does, mistakes included. One with such a name is read and written again as JSON; if it cannot
 * be read, it is dropped.
 */
export function redactText(text: string): string {
  let documents: unknown[];
  try {
    documents = loadAll(text, { schema: CORE_SCHEMA, maxAliases: 0 });
  } catch {
    // An escape may hide a name from this search, so a broken text with escapes goes too.
    return text.includes('\\') || wordsOf(text).some(isSecret) ? '' : text;
  }
  // A comment is no key, but may hold a secret all the same.
  const isClean = !hasSecret(documents) && !wordsOf(text).some(isSecret);
  return isClean || typeof documents[0] === 'string' ? text : JSON.stringify(withoutSecrets(documents[0]));
}

const wordsOf = (text: string): string[] => text.match(/[\w-]+/g) ?? [];

const isSecret = (name: string): boolean => secretNames.test(name);

function hasSecret(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([key, member]) => isSecret(key) || hasSecret(member));
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    isSecret(key) ? 'redacted' : withoutSecrets(member),
  ]);
  return Object.fromEntries(members);
}
