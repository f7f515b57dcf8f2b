/** `0.28.9` of `ghcr.io/flannel-io/flannel:v0.28.9-amd64`; null where the tag is no version. */
export function imageVersion(image: string): string | null {
  return /:v?(\d+\.\d+(?:\.\d+)?)[^/]*$/.exec(image.replace(/@.*$/, ''))?.[1] ?? null;
}

/** Whether a version is at least `major.minor`; one that nobody knows counts as the newest (dataplane I.8). */
export function versionAtLeast(version: string | null, major: number, minor: number): boolean {
  if (version === null) return true;
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}
