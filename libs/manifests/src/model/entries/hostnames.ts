import { compareText } from '#model';

/**
 * The hosts that a listener and a route have in common: of each pair the narrower name, where one covers the other. A side
 * without a name stands for every host. Null where they have none in common (policy semantics 5.3).
 */
export function commonHosts(listener: string | undefined, route: readonly string[]): readonly string[] | null {
  if (listener === undefined) return [...route].sort(compareText);
  if (route.length === 0) return [listener];
  const common = route.flatMap((host) => (covers(listener, host) ? [host] : covers(host, listener) ? [listener] : []));
  return common.length === 0 ? null : [...new Set(common)].sort(compareText);
}

/** `*.example.com` covers names with any number of labels before `.example.com`, narrower wildcards too, and not itself bare. */
function covers(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  return wide.startsWith('*.') && narrow.endsWith(wide.slice(1)) && narrow.length > wide.length - 1;
}
