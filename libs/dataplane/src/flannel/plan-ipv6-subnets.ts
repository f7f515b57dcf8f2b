import type { FlannelConfig } from '#model';
import { cidrHolds, prefixLengthOf } from '../addresses.js';
import type { SubnetPlan } from './subnets.js';

/** The same as `planSubnets` for IPv6 (dataplane B.4): whether flanneld accepts it, and how many nodes it has room for. */
export function planIPv6Subnets({
  ipv6Network,
  ipv6SubnetLen,
  ipv6SubnetMin,
  ipv6SubnetMax,
}: FlannelConfig): SubnetPlan {
  if (ipv6Network === null) return { kind: 'Invalid', why: 'IPv6Network is not set' };
  const prefix = prefixLengthOf(ipv6Network);
  const length = ipv6SubnetLen === 0 ? defaultLength(prefix) : ipv6SubnetLen;
  if (length === null)
    return { kind: 'Invalid', why: `IPv6Network ${ipv6Network} is too small: at most /124 leaves room for subnets` };
  if (length > 126) return { kind: 'Invalid', why: `IPv6SubnetLen is ${length}; at most 126 is accepted` };
  if (length < prefix + 2) {
    return {
      kind: 'Invalid',
      why: `IPv6SubnetLen is ${length}; IPv6Network ${ipv6Network} needs at least ${prefix + 2}`,
    };
  }
  for (const [name, address] of [
    ['IPv6SubnetMin', ipv6SubnetMin],
    ['IPv6SubnetMax', ipv6SubnetMax],
  ] as const) {
    if (address !== null && !cidrHolds(ipv6Network, address))
      return { kind: 'Invalid', why: `${name} is not inside IPv6Network ${ipv6Network}` };
  }
  return { kind: 'Plan', subnetLen: length, nodes: 2 ** (length - prefix) - 1 };
}

function defaultLength(prefix: number): number | null {
  if (prefix > 124) return null;
  return prefix <= 62 ? 64 : prefix + 2;
}
