import type { AntreaNetwork } from '#model';

/**
 * Bytes that Antrea takes from the MTU, over IPv4 between nodes: for the tunnel, and for ESP inside of it; WireGuard takes
 * the tunnel's place. Null for a tunnel that is not known.
 */
export function antreaOverhead({ mode, tunnel, encryption }: AntreaNetwork): number | null {
  if (mode === 'noEncap' || mode === 'networkPolicyOnly') return 0;
  if (encryption === 'wireguard') return 80;
  const ofTunnel = ({ geneve: 50, vxlan: 50, gre: 38, stt: null } as const)[tunnel];
  return ofTunnel === null ? null : ofTunnel + (encryption === 'ipsec' ? 38 : 0);
}
