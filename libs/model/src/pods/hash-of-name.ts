/** What `hashOfName` begins with, for whoever hashes the code units of a name where they lie. */
export const hashBasis = 0x811c9dc5 | 0;

/** The hash after one more code unit. */
export function hashedOnce(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/** A 32-bit hash of a name (FNV-1a over its code units). */
export function hashOfName(name: string): number {
  let hash = hashBasis;
  for (let i = 0; i < name.length; i++) hash = hashedOnce(hash, name.charCodeAt(i));
  return hash;
}
