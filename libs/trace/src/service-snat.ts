import { cidrHolds, familyOf, nodeAddress } from '#dataplane';
import type { Node } from '#model';
import type { Context } from './context.js';
import type { End, PodEnd } from './ends.js';
import type { ChosenSource, Way } from './plugin/plugin.js';
import type { ServiceUse } from './service-use.js';

interface Translated {
  readonly client: End;
  readonly server: End;
  readonly use: ServiceUse;
  /** Where the translation happens. */
  readonly at: Node;
  readonly way: Way | null;
  /** The source as it arrives at that node. */
  readonly source: string | null;
}

/** What a proxy makes of the client's address (dataplane C.6); null: it stays. */
export function serviceSnat(context: Context, translated: Translated): ChosenSource | null {
  const { client, use, at, way } = translated;
  if (use.by === 'HostPort') return byPortmap(context, translated);
  const proxy = context.cluster.dataplane.proxy.value;
  const { proxy: settings } = context.cluster.dataplane.network;
  if (proxy === 'kube-router/ipvs') return byKubeRouter(context, translated);
  if (proxy === 'ebpf/calico') return null;
  if (proxy === 'ebpf/cilium') {
    const mode = context.cluster.dataplane.network.cilium?.loadBalancerMode ?? 'snat';
    const answersDirectly = mode === 'dsr' || (mode === 'hybrid' && context.question.protocol === 'TCP');
    const isRemote = client.kind === 'Outside' && way !== null;
    return isRemote && !answersDirectly
      ? { address: nodeAddress(at, context.family), by: 'cilium: the receiving node answers for a remote backend' }
      : null;
  }
  const entersFromOutside = client.kind === 'Outside' || (use.entry !== null && use.entry !== client.node);
  if (entersFromOutside && use.keepsClient) return null;
  if (proxy === 'ovn-k' || proxy === 'antrea-proxy') {
    if (client.kind === 'Pod' && !entersFromOutside) return null;
    const { address, by } = context.plugin.sourceOfNode(at, null, context.family);
    // OVN passes what enters a node on from an address of its own routers.
    return proxy === 'ovn-k'
      ? { address: null, by: 'OVN: an address of the router of the node' }
      : { address, by: `AntreaProxy: ${by}` };
  }
  const isLocalPod = client.kind === 'Pod' && !entersFromOutside && isClusterAddress(context, client);
  if (isLocalPod && !settings.masqueradeAll) return null;
  const { address, by } = context.plugin.sourceOfNode(at, way, context.family);
  const why = settings.masqueradeAll ? 'masqueradeAll' : 'the client is not local to the cluster';
  return { address, by: `kube-proxy masquerades (${why}): ${by}` };
}

/** portmap masquerades neighbours on the pod's own bridge: the answer to them would pass by the translation. */
function byPortmap({ plugin, family }: Context, { server, at, way, source }: Translated): ChosenSource | null {
  const isBridged = server.kind === 'Pod' && plugin.link(server.pod).bridge !== null;
  const isNeighbour = source !== null && at.podCidrs.some((cidr) => cidrHolds(cidr, source));
  if (way !== null || !isBridged || !isNeighbour) return null;
  const { address, by } = plugin.sourceOfNode(at, null, family);
  return { address, by: `portmap masquerades (a neighbour on the bridge): ${by}` };
}

/** Whether kube-proxy takes a pod for one of the cluster; without a CIDR to compare with it masquerades nobody. */
function isClusterAddress({ cluster, plugin }: Context, { address, node, pod }: PodEnd): boolean {
  const { detectLocalMode, clusterCidrs, detectLocalInterface } = cluster.dataplane.network.proxy;
  const link = plugin.link(pod);
  switch (detectLocalMode) {
    case 'NodeCIDR':
      if (address === null || node === null || node.podCidrs.length === 0) return true;
      return node.podCidrs.some((cidr) => cidrHolds(cidr, address));
    case 'BridgeInterface':
      return detectLocalInterface === null || link.bridge === detectLocalInterface;
    case 'InterfaceNamePrefix':
      return detectLocalInterface === null || (link.bridge ?? link.hostDevice).startsWith(detectLocalInterface);
  }
  if (detectLocalMode !== 'ClusterCIDR' || clusterCidrs === null || address === null) return true;
  const comparable = clusterCidrs.filter((cidr) => familyOf(cidr) === familyOf(address));
  return comparable.length === 0 || comparable.some((cidr) => cidrHolds(cidr, address));
}

/** kube-router leaves the client alone unless neither end is a pod of the translating node. */
function byKubeRouter({ cluster, family }: Context, { server, use, at, source }: Translated): ChosenSource | null {
  const annotations = use.service?.annotations ?? {};
  // Direct server return is for external addresses only.
  const answersDirectly = use.by === 'ExternalIP' && annotations['kube-router.io/service.dsr'] === 'tunnel';
  if (use.keepsClient || answersDirectly) return null;
  const isOwn = (address: string | null): boolean =>
    address !== null && at.podCidrs.some((cidr) => cidrHolds(cidr, address));
  const masqueradesAll = cluster.dataplane.network.kubeRouter?.masqueradeAll === true;
  if (!masqueradesAll && (isOwn(source) || isOwn(server.address))) return null;
  return { address: nodeAddress(at, family), by: 'kube-router masquerades: neither end is a pod of this node' };
}
