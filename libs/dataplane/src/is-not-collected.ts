import type { SnapshotInfo } from '#model';

/**
 * Whether a collector said that it could not list a kind: then "there is none" is not known. It names kinds as
 * `DaemonSet`, `daemonsets` or `daemonsets.apps`.
 */
export function isNotCollected({ notCollected }: Pick<SnapshotInfo, 'notCollected'>, kind: string): boolean {
  const wanted = kind.toLowerCase();
  return notCollected.some(({ kind: said }) => {
    const [word] = said.toLowerCase().split('.');
    return word === wanted || word === `${wanted}s`;
  });
}
