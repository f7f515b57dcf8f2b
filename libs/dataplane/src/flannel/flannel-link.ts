import type { FlannelBackend } from '#model';

/** The link that a back end makes between nodes (dataplane B.3). */
export interface FlannelLink {
  /** Null where packets leave through the node's own interface. */
  readonly device: string | null;
  readonly deviceV6: string | null;
  /** Bytes that flannel takes off the host's MTU. */
  readonly overheadBytes: number;
}

export function flannelLink({ type, vni, udpEncap }: FlannelBackend): FlannelLink {
  switch (type) {
    case 'vxlan':
      return { device: `flannel.${vni}`, deviceV6: `flannel-v6.${vni}`, overheadBytes: 50 };
    case 'udp':
      return { device: 'flannel0', deviceV6: null, overheadBytes: 28 };
    case 'wireguard':
      return { device: 'flannel-wg', deviceV6: 'flannel-wg-v6', overheadBytes: 80 };
    case 'ipip':
      return { device: 'flannel.ipip', deviceV6: null, overheadBytes: 20 };
    case 'ipsec':
      return { device: null, deviceV6: null, overheadBytes: udpEncap ? 85 : 77 };
    case 'host-gw':
    case 'alloc':
    case 'extension':
    case 'tencent-vpc':
      return { device: null, deviceV6: null, overheadBytes: 0 };
  }
}
