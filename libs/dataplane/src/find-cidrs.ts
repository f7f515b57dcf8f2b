import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from 'ip-num';
import { type ClusterModel, formatAddress, parseAddress, type Sourced } from '#model';

/** The addresses of pods: flannel's network, else the smallest CIDR around the nodes' pod CIDRs (dataplane 0.3). */
export function findPodCidrs({ nodes, components }: ClusterModel): Sourced<readonly string[]> {
  for (const { ref, data } of components) {
    const network = Object.hasOwn(data, 'net-conf.json') ? networkOf(data['net-conf.json']) : null;
    if (network !== null) return { value: [network], provenance: 'observed', from: ref };
  }
  const ranges = nodes.flatMap(({ podCidrs }) => podCidrs.flatMap(rangeOf));
  return { value: covering(ranges), provenance: 'assumed' };
}

/** The addresses of Services: the smallest CIDR around the cluster IPs. */
export function findServiceCidrs({ services }: ClusterModel): Sourced<readonly string[]> {
  const ranges = services.flatMap(({ clusterIps }) => clusterIps.flatMap(rangeOf));
  return { value: covering(ranges), provenance: 'assumed' };
}

interface Range {
  readonly family: 'IPv4' | 'IPv6';
  readonly first: bigint;
  readonly last: bigint;
}

function rangeOf(text: string): Range[] {
  const isIPv6 = text.includes(':');
  const cidr = text.includes('/') ? text : `${text}/${isIPv6 ? 128 : 32}`;
  try {
    const range = isIPv6 ? IPv6CidrRange.fromCidr(cidr) : IPv4CidrRange.fromCidr(cidr);
    return [{ family: isIPv6 ? 'IPv6' : 'IPv4', first: range.getFirst().getValue(), last: range.getLast().getValue() }];
  } catch {
    return [];
  }
}

/** The smallest CIDR of each family that holds all its ranges. */
function covering(ranges: readonly Range[]): string[] {
  return (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const own = ranges.filter((range) => range.family === family);
    if (own.length === 0) return [];
    const bits = family === 'IPv4' ? 32 : 128;
    const first = own.map((range) => range.first).reduce((a, b) => (a < b ? a : b));
    const last = own.map((range) => range.last).reduce((a, b) => (a > b ? a : b));
    let hostBits = 0;
    while (first >> BigInt(hostBits) !== last >> BigInt(hostBits)) hostBits++;
    const base = (first >> BigInt(hostBits)) << BigInt(hostBits);
    const address = family === 'IPv4' ? new IPv4(base) : new IPv6(base);
    const parsed = parseAddress(address.toString());
    return parsed === null ? [] : [`${formatAddress(parsed)}/${bits - hostBits}`];
  });
}

function networkOf(text: string): string | null {
  try {
    const { Network } = JSON.parse(text) as { Network?: unknown };
    return typeof Network === 'string' && rangeOf(Network).length > 0 ? Network : null;
  } catch {
    return null;
  }
}
