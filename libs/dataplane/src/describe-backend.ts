import type { AntreaNetwork, CalicoNetwork, CiliumNetwork, Network, NetworkBackend, ObjectRef, Sourced } from '#model';
import { antreaOverhead } from './antrea/antrea-overhead.js';
import { ciliumOverhead } from './cilium/cilium-overhead.js';
import { flannelLink } from './flannel/flannel-link.js';

type Backend = Sourced<NetworkBackend | null>;

/** How traffic between nodes is carried, in one record; null where nobody knows. */
export function describeBackend(network: Network): Backend {
  const { kind, flannel, calico, kubeRouter } = network;
  if ((kind === 'flannel' || kind === 'canal') && flannel !== null) {
    if (flannel.config === null) return { value: null, provenance: 'derived', ...sourceOf(flannel.from) };
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
      ...sourceOf(flannel.from),
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
    return { value, provenance: 'observed', ...sourceOf(kubeRouter.from) };
  }
  return otherBackend(network);
}

/** Of networks that have one setting for all their pods; `assumed` where their configuration was not seen. */
function otherBackend({ kind, cilium, antrea, aws, ovn, kindnet }: Network): Backend {
  const plain = (from: ObjectRef | null): Backend => ({
    value: { type: 'none', device: null, overheadBytes: 0 },
    provenance: 'derived',
    ...sourceOf(from),
  });
  const seen = (value: NetworkBackend, from: ObjectRef | null): Backend =>
    from === null ? { value, provenance: 'assumed' } : { value, provenance: 'observed', from };
  if (kind === 'cilium' && cilium !== null) return ciliumBackend(cilium, seen);
  if (kind === 'antrea' && antrea !== null) return antreaBackend(antrea, seen);
  if (kind === 'ovn-kubernetes' && ovn !== null)
    return {
      value: { type: 'Geneve', device: 'genev_sys_6081', port: 6081, overheadBytes: 58 },
      provenance: 'assumed',
    };
  if (kind === 'aws-vpc-cni' && aws !== null) return plain(aws.from);
  if (kind === 'kindnet' && kindnet !== null) return plain(kindnet.from);
  return { value: null, provenance: 'assumed' };
}

type Seen = (value: NetworkBackend, from: ObjectRef | null) => Backend;

function ciliumBackend(cilium: CiliumNetwork, seen: Seen): Backend {
  const { routing, tunnelProtocol, tunnelPort, encryption, from } = cilium;
  const overheadBytes = ciliumOverhead(cilium);
  if (encryption === 'wireguard')
    return seen({ type: 'WireGuard', mode: routing, device: 'cilium_wg0', port: 51871, overheadBytes }, from);
  if (routing === 'native') return seen({ type: 'none', mode: 'native', device: null, overheadBytes }, from);
  const type = tunnelProtocol === 'geneve' ? 'Geneve' : 'VXLAN';
  return seen({ type, mode: 'tunnel', device: `cilium_${tunnelProtocol}`, port: tunnelPort, overheadBytes }, from);
}

function antreaBackend(antrea: AntreaNetwork, seen: Seen): Backend {
  const { mode, tunnel, tunnelPort, encryption, from } = antrea;
  const overheadBytes = antreaOverhead(antrea);
  if (overheadBytes === null) return { value: null, provenance: 'derived', ...sourceOf(from) };
  if (mode === 'noEncap') return seen({ type: 'none', mode, device: null, overheadBytes }, from);
  if (encryption === 'wireguard')
    return seen({ type: 'WireGuard', mode, device: 'antrea-wg0', port: 51820, overheadBytes }, from);
  const type = { geneve: 'Geneve', vxlan: 'VXLAN', gre: 'GRE', stt: 'STT' }[tunnel];
  const port = tunnelPort === null ? {} : { port: tunnelPort };
  return seen({ type, mode, device: 'antrea-tun0', ...port, overheadBytes }, from);
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

function sourceOf(ref: Backend['from'] | null): Pick<Backend, 'from'> {
  return ref === null || ref === undefined ? {} : { from: ref };
}
