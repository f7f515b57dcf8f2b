import type { FlannelProblem } from '#model';
import { foldKey } from './fold-key.js';
import type { JsonValue } from './read-json.js';

/** Keys at the top of `net-conf.json`. */
export const topKeys = [
  'EnableIPv4',
  'EnableIPv6',
  'EnableNFTables',
  'Network',
  'IPv6Network',
  'SubnetLen',
  'SubnetMin',
  'SubnetMax',
  'IPv6SubnetLen',
  'IPv6SubnetMin',
  'IPv6SubnetMax',
  'Backend',
] as const;

/** Keys inside `Backend`, whatever its type: one that does not fit the type is ignored without harm. */
export const backendKeys = [
  'Type',
  'VNI',
  'Port',
  'GBP',
  'Learning',
  'DirectRouting',
  'MTU',
  'MacPrefix',
  'Name',
  'ListenPort',
  'ListenPortV6',
  'PSK',
  'PersistentKeepaliveInterval',
  'Mode',
  'UDPEncap',
  'ESPProposal',
  'PreStartupCommand',
  'PostStartupCommand',
  'ShutdownCommand',
  'SubnetAddCommand',
  'SubnetRemoveCommand',
  'AccessKeyID',
  'AccessKeySecret',
] as const;

/** Keys that flanneld ignores without a word (FLN-002), each with what was probably meant. */
export function lintKeys(top: JsonValue): FlannelProblem[] {
  if (top.kind !== 'object') return [];
  const problems = top.members.flatMap(({ key }) => complaintAbout(key, topKeys, backendKeys, 'Backend'));
  const backend = top.members.findLast(({ key }) => foldKey(key) === 'backend')?.value;
  if (backend?.kind !== 'object') return problems;
  return [...problems, ...backend.members.flatMap(({ key }) => complaintAbout(key, backendKeys, topKeys, 'the top'))];
}

function complaintAbout(
  key: string,
  allowed: readonly string[],
  elsewhere: readonly string[],
  otherLevel: string,
): FlannelProblem[] {
  const isOneOf = (keys: readonly string[]): boolean => keys.some((known) => foldKey(known) === foldKey(key));
  if (isOneOf(allowed)) return [];
  const shown = JSON.stringify(key);
  if (isOneOf(elsewhere)) {
    return [{ id: 'FLN-002', message: `${shown} belongs to ${otherLevel}; where it stands flannel ignores it` }];
  }
  const meant = likely(key, [...allowed, ...elsewhere]);
  const why =
    meant === null
      ? `${shown} is no key that flannel knows; it ignores it`
      : `${shown} is probably a misspelling of ${meant}; flannel ignores it and uses the default`;
  return [{ id: 'FLN-002', message: why }];
}

function likely(key: string, known: readonly string[]): string | null {
  const bare = foldKey(key).replace(/[-_ ]/g, '');
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(bare, foldKey(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  // Short keys are within two edits of half the alphabet.
  const best = ranked[0];
  const isNear = best.distance === 0 || (best.distance <= 2 && best.distance < best.candidate.length / 2);
  if (isNear) return best.candidate;
  return known.find((candidate) => bare.length >= 6 && foldKey(candidate).startsWith(bare)) ?? null;
}

/** Damerau-Levenshtein distance (restricted: no text is edited twice). Cost: the product of the lengths. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.length][b.length];
}
