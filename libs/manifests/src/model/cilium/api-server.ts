import type { Service } from '#model';

/** The addresses of the API server, as CIDRs: those behind its Service; null where the snapshot does not tell. */
export function apiServerOf(services: readonly Service[]): readonly string[] | null {
  const service = services.find(({ namespace, name }) => namespace === 'default' && name === 'kubernetes');
  const cidrs = service === undefined ? [] : cidrsBehind(service);
  return cidrs.length === 0 ? null : cidrs;
}

/** The addresses that a controller wrote down for a Service, as CIDRs, sorted. */
export function cidrsBehind({ slices }: Service): string[] {
  const addresses = (slices ?? []).flatMap(({ backends }) => backends.map(({ address }) => address));
  return [...new Set(addresses)].sort().map((address) => `${address}/${address.includes(':') ? 128 : 32}`);
}
