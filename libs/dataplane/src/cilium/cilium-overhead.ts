import type { CiliumNetwork } from '#model';

/** Bytes that Cilium takes from the MTU for its tunnel and its encryption, over IPv4 between nodes. */
export function ciliumOverhead({ routing, encryption }: Pick<CiliumNetwork, 'routing' | 'encryption'>): number {
  const ofEncryption = encryption === 'wireguard' ? 80 : encryption === 'ipsec' ? 77 : 0;
  return (routing === 'tunnel' ? 50 : 0) + ofEncryption;
}
