import type { CalicoNetwork, Network, Sourced } from '#model';
import { antreaOverhead } from './antrea/antrea-overhead.js';
import { ciliumOverhead } from './cilium/cilium-overhead.js';
import { flannelLink } from './flannel/flannel-link.js';
import { mtuLeft } from './mtu-left.js';

/** MTU of pod interfaces (dataplane B.3, C.0); null where nobody knows. It rests on the host's MTU. */
export function podMtuOf(network: Network): Sourced<number | null> {
  const { kind, hostMtu, flannel, calico, kubeRouter, cilium, antrea, aws, ovn, weave } = network;
  const derived = (value: number | null, isAssumed = hostMtu.provenance === 'assumed'): Sourced<number | null> => ({
    value,
    provenance: isAssumed || hostMtu.provenance === 'assumed' ? 'assumed' : 'derived',
  });
  const explicit = (value: number): Sourced<number | null> => ({ value, provenance: 'observed' });
  switch (kind) {
    case 'flannel':
      if (flannel?.cniMtu != null) return explicit(flannel.cniMtu);
      return derived(tunnelMtuOf(network));
    case 'canal':
      // Felix sees no encapsulation of its own, so that "auto" means the host's MTU whatever flannel does.
      return calico?.vethMtu != null ? explicit(calico.vethMtu) : derived(hostMtu.value);
    case 'calico':
      return calico?.vethMtu != null
        ? explicit(calico.vethMtu)
        : derived(calico === null ? null : calicoMtu(calico, hostMtu.value));
    case 'kube-router':
      if (kubeRouter?.cniMtu != null && !kubeRouter.autoMtu) return explicit(kubeRouter.cniMtu);
      return derived(hostMtu.value);
    case 'cilium':
    case 'gke-dpv2':
      // What GKE configures no object shows; its networks have MTUs of their own.
      if (cilium === null || (kind === 'gke-dpv2' && cilium.from === null))
        return { value: null, provenance: 'assumed' };
      return derived(mtuLeft(cilium.mtu ?? hostMtu.value, ciliumOverhead(cilium)), cilium.from === null);
    case 'antrea': {
      const overhead = antrea === null ? null : antreaOverhead(antrea);
      if (antrea?.mtu != null) return explicit(antrea.mtu);
      return derived(overhead === null ? null : mtuLeft(hostMtu.value, overhead), antrea?.from == null);
    }
    case 'aws-vpc-cni': {
      const said = aws?.podMtu ?? aws?.eniMtu ?? null;
      return said === null ? derived(hostMtu.value) : explicit(said);
    }
    case 'ovn-kubernetes':
      return ovn?.mtu == null ? { value: 1400, provenance: 'assumed' } : explicit(ovn.mtu);
    case 'weave':
      return weave?.mtu == null ? { value: 1376, provenance: 'assumed' } : explicit(weave.mtu);
    case 'kindnet':
      return derived(hostMtu.value);
    default:
      return { value: null, provenance: 'assumed' };
  }
}

/** MTU of flannel's device: what it leaves of the host's; null where its configuration is not known or leaves nothing. */
export function tunnelMtuOf({ flannel, hostMtu }: Network): number | null {
  if (flannel?.config == null) return null;
  const { backend } = flannel.config;
  return mtuLeft(backend.mtu ?? hostMtu.value, flannelLink(backend).overheadBytes);
}

/** MTU of Calico's own devices, by kind of tunnel. */
export function calicoTunnelMtu(
  calico: CalicoNetwork,
  tunnel: 'IPIP' | 'VXLAN' | 'WireGuard',
  hostMtu: number,
): number {
  switch (tunnel) {
    case 'IPIP':
      return calico.ipipMtu ?? hostMtu - 20;
    case 'VXLAN':
      return calico.vxlanMtu ?? hostMtu - 50;
    case 'WireGuard':
      return calico.wireguardMtu ?? hostMtu - 60;
  }
}

/** The least that any encapsulation in use leaves: it counts for every pod, also for paths without a tunnel. */
function calicoMtu(calico: CalicoNetwork, hostMtu: number): number {
  const { pools, wireguard } = calico;
  return Math.min(
    hostMtu,
    ...(pools.some(({ ipipMode }) => ipipMode !== 'Never') ? [calicoTunnelMtu(calico, 'IPIP', hostMtu)] : []),
    ...(pools.some(({ vxlanMode }) => vxlanMode !== 'Never') ? [calicoTunnelMtu(calico, 'VXLAN', hostMtu)] : []),
    ...(wireguard ? [calicoTunnelMtu(calico, 'WireGuard', hostMtu)] : []),
  );
}
