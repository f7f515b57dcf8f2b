/**
 * A key as Go's JSON decoder compares it where no exact match is found: letter case is folded, and two letters outside
 * ASCII fold to ASCII ones (dataplane B.5).
 */
export function foldKey(key: string): string {
  return key
    .replace(/\u017f/g, 's')
    .replace(/\u212a/g, 'k')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
