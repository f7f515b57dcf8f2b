import type { CalicoNetwork, Network, NetworkBackend, Sourced } from '#model';
import { flannelLink } from './flannel/flannel-link.js';

type Backend = Sourced<NetworkBackend | null>;

/** How traffic between nodes is carried, in one record; null where nobody knows. */
export function describeBackend({ kind, flannel, calico, kubeRouter }: Network): Backend {
  if ((kind === 'flannel' || kind === 'canal') && flannel !== null) {
    if (flannel.config === null) return { value: null, provenance: 'derived', ...from(flannel.from) };
    const { type, vni, port, directRouting } = flannel.config.backend;
    const { device, overheadBytes } = flannelLink(flannel.config.backend);
    return {
      value: {
        type,
        device,
        ...(type === 'vxlan' ? { vni } : {}),
        ...(port > 0 ? { port } : {}),
        ...(type === 'vxlan' || type === 'ipip' ? { directRouting } : {}),
        overheadBytes,
      },
      provenance: flannel.embedded ? 'derived' : 'observed',
      ...from(flannel.from),
    };
  }
  if (kind === 'calico' && calico !== null) return calicoBackend(calico);
  if (kind === 'kube-router' && kubeRouter !== null) {
    const { overlay, overlayType, overlayEncap, fouPort } = kubeRouter;
    const value: NetworkBackend = !overlay
      ? { type: 'none', device: null, overheadBytes: 0 }
      : overlayEncap === 'fou'
        ? { type: 'FOU', mode: overlayType, device: 'tun-…', port: fouPort, overheadBytes: 32 }
        : { type: 'IPIP', mode: overlayType, device: 'tun-…', overheadBytes: 20 };
    return { value, provenance: 'observed', ...from(kubeRouter.from) };
  }
  return { value: null, provenance: 'assumed' };
}

/** That of the first pool that pods get addresses from; pools may differ, and each decides for its own addresses. */
function calicoBackend(calico: CalicoNetwork): Backend {
  const pool = calico.pools.find(({ disabled, cidr }) => !disabled && !cidr.includes(':')) ?? calico.pools[0];
  const provenance = calico.poolsProvenance;
  if (calico.wireguard) {
    return {
      value: { type: 'WireGuard', device: 'wireguard.cali', port: 51820, overheadBytes: 60 },
      provenance: 'observed',
    };
  }
  if (pool === undefined) return { value: null, provenance: 'assumed' };
  const source = provenance === 'assumed' ? {} : { from: pool.ref };
  if (pool.ipipMode !== 'Never') {
    return { value: { type: 'IPIP', mode: pool.ipipMode, device: 'tunl0', overheadBytes: 20 }, provenance, ...source };
  }
  if (pool.vxlanMode !== 'Never') {
    const { vxlanVni: vni, vxlanPort: port } = calico;
    const value = { type: 'VXLAN', mode: pool.vxlanMode, device: 'vxlan.calico', vni, port, overheadBytes: 50 };
    return { value, provenance, ...source };
  }
  return { value: { type: 'none', device: null, overheadBytes: 0 }, provenance, ...source };
}

function from(ref: Backend['from'] | null): Pick<Backend, 'from'> {
  return ref === null || ref === undefined ? {} : { from: ref };
}
