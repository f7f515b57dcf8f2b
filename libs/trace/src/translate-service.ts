import { cidrHolds } from '#dataplane';
import type { Network, Node } from '#model';
import type { ServiceUse } from './service-use.js';
import type { Walk } from './walk.js';

/** Puts the backend in place of the address that the client speaks to, where the proxy of that node does (dataplane C.6). */
export function translateService({ context, flow, path }: Walk, node: Node | null, kind: 'nat' | 'lb'): void {
  const { use, server, port } = flow;
  if (use === null || use.address === null) return;
  const { network, proxy } = context.cluster.dataplane;
  const refusal = proxy.value === 'kube-router/ipvs' ? refusalOf(network, use) : null;
  if (refusal !== null) {
    path.weaken('unreachable', refusal);
    return;
  }
  path.translate(
    node,
    'DNAT',
    { destination: server.address, ...(port === null ? {} : { destinationPort: port }) },
    {
      by: use.by === 'HostPort' ? 'portmap: CNI-HOSTPORT-DNAT' : translators(proxy.value),
      device: deviceOf(proxy.value, use),
      kind,
    },
  );
}

/** Why kube-router does not answer at this address; null where it does. */
function refusalOf({ kubeRouter }: Network, { by, address }: ServiceUse): string | null {
  if (kubeRouter === null || address === null || !kubeRouter.strictVipValidation) return null;
  const { externalIpRanges, loadBalancerIpRanges } = kubeRouter;
  const ranges = by === 'ExternalIP' ? externalIpRanges : by === 'LoadBalancer' ? loadBalancerIpRanges : null;
  if (ranges === null || ranges.some((cidr) => cidrHolds(cidr, address))) return null;
  return `VIP_REFUSED: kube-router answers only at addresses inside its ranges, and ${address} is in none`;
}

function translators(proxy: string): string {
  switch (proxy) {
    case 'kube-proxy/ipvs':
      return 'IPVS on kube-ipvs0';
    case 'kube-proxy/nftables':
      return 'nftables: table kube-proxy';
    case 'kube-router/ipvs':
      return 'IPVS on kube-dummy-if';
    case 'antrea-proxy':
      return 'AntreaProxy: Open vSwitch groups';
    case 'ovn-k':
      return 'OVN load balancers';
    case 'ebpf/calico':
    case 'ebpf/cilium':
      return `${proxy}: programs at the socket or at the link`;
    default:
      return 'KUBE-SERVICES → KUBE-SVC-… → KUBE-SEP-…';
  }
}

function deviceOf(proxy: string, { by }: ServiceUse): string | null {
  if (by === 'HostPort') return null;
  return proxy === 'kube-proxy/ipvs' ? 'kube-ipvs0' : proxy === 'kube-router/ipvs' ? 'kube-dummy-if' : null;
}
