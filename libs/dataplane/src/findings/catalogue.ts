import type { Finding } from '#model';

interface Check {
  readonly severity: Finding['severity'];
  readonly advice: string;
}

/** Every check of a network and its policies, with what to do about it (dataplane F). */
export const catalogue = {
  'POL-001': {
    severity: 'error',
    advice: 'install an engine that enforces policies, for example canal or kube-network-policies beside flannel',
  },
  'POL-002': {
    severity: 'warning',
    advice: 'collect DaemonSets of all namespaces, or say what enforces policies with dataplane=enforcement:…',
  },
  'POL-003': { severity: 'warning', advice: 'look at the engine’s pod on these nodes' },
  'POL-004': { severity: 'info', advice: 'add a policy that denies by default, and allow what is needed' },
  'POL-005': { severity: 'warning', advice: 'allow egress to the DNS pods at UDP and TCP 53' },
  'POL-006': {
    severity: 'warning',
    advice: 'select pods and namespaces instead; a Service’s address is translated before policy sees it',
  },
  'POL-007': { severity: 'warning', advice: 'list the ports one by one, or use an engine that knows port ranges' },
  'POL-008': { severity: 'warning', advice: 'policies do not apply to hostNetwork pods; protect their nodes' },
  'POL-009': {
    severity: 'warning',
    advice: 'name the target port: policy sees the packet after the Service is translated',
  },
  'POL-010': { severity: 'warning', advice: 'collect Calico’s policies as well; staged ones are never enforced' },
  'POL-011': { severity: 'warning', advice: 'remove them, or install Calico: nothing in this cluster reads them' },
  'POL-012': {
    severity: 'warning',
    advice: 'list Egress in policyTypes: without it, and without egress rules, the policy leaves egress alone',
  },
  'CNI-001': {
    severity: 'error',
    advice: 'remove one of them and its file in /etc/cni/net.d on every node, then restart the pods',
  },
  'CNI-002': { severity: 'info', advice: 'remove what is left, its files in /etc/cni/net.d and its routes' },
  'CNI-003': {
    severity: 'warning',
    advice: 'run one network on all nodes: pods of different networks do not reach each other',
  },
  'CNI-004': { severity: 'error', advice: 'install a network plugin, or look at its pod on these nodes' },
  'CNI-005': {
    severity: 'warning',
    advice: 'look at the agent’s pod on these nodes: new pods fail there, and routes get stale',
  },
  'FLN-001': { severity: 'error', advice: 'mend net-conf.json before flannel restarts' },
  'FLN-002': { severity: 'warning', advice: 'spell the key as flannel does, or remove it' },
  'FLN-003': { severity: 'error', advice: 'write a Backend with a Type that flannel knows, for example vxlan' },
  'FLN-004': { severity: 'error', advice: 'make Network hold the pod CIDRs of all nodes' },
  'FLN-005': { severity: 'error', advice: 'let the controller manager allocate node CIDRs' },
  'FLN-006': { severity: 'error', advice: 'use vxlan with DirectRouting, or put the nodes on one L2 segment' },
  'FLN-007': {
    severity: 'info',
    advice: 'set DirectRouting where nodes are neighbours, and leave it out where none are',
  },
  'FLN-008': { severity: 'warning', advice: 'run flanneld with --ip-masq' },
  'FLN-009': { severity: 'warning', advice: 'use vxlan' },
  'FLN-010': { severity: 'warning', advice: 'use vxlan, host-gw or wireguard' },
  'FLN-011': {
    severity: 'error',
    advice: 'restart the flannel pods of these nodes; after cloning a machine delete its flannel device',
  },
  'FLN-012': { severity: 'warning', advice: 'restart all flannel pods: the back end is read once, at start' },
  'FLN-013': { severity: 'info', advice: 'remove them: with --kube-subnet-mgr subnets are the nodes’ pod CIDRs' },
  'FLN-014': { severity: 'error', advice: 'choose subnets that fit into Network' },
  'FLN-015': {
    severity: 'warning',
    advice: 'write the MTU of the host, or leave it out: flannel deducts its overhead itself',
  },
  'FLN-016': {
    severity: 'warning',
    advice: 'set EnableIPv6 and IPv6Network where nodes have IPv6 pod CIDRs, with a back end that carries both',
  },
  'FLN-017': { severity: 'warning', advice: 'choose the interface with --iface, or correct public-ip-overwrite' },
  'CAP-001': { severity: 'warning', advice: 'plan a larger Network: the cluster cannot grow much further' },
  'CAP-002': { severity: 'warning', advice: 'lower maxPods, or allocate larger node CIDRs' },
  'CAP-003': { severity: 'warning', advice: 'move pods, or give the node more addresses' },
  'NET-001': { severity: 'error', advice: 'choose CIDRs that share no address' },
  'NET-002': { severity: 'error', advice: 'give each node a pod CIDR of its own' },
  'NET-003': { severity: 'error', advice: 'restart one of the pods' },
  'NET-004': {
    severity: 'warning',
    advice: 'restart the pod: its address is of another network or of an earlier life of the node',
  },
  'NET-005': { severity: 'info', advice: 'give kube-proxy the clusterCIDR of the network' },
  'MTU-001': { severity: 'warning', advice: 'leave the MTU to the network, or take the overhead off the host’s' },
  'MTU-002': { severity: 'info', advice: 'a larger MTU would carry more' },
  'MTU-003': { severity: 'warning', advice: 'set veth_mtu to what flannel’s tunnel carries' },
  'MTU-004': { severity: 'info', advice: 'rely on path MTU discovery, or set the MTU of kube-bridge' },
  'CAL-001': { severity: 'error', advice: 'choose a pool that shares no address with Services and nodes' },
  'CAL-002': { severity: 'error', advice: 'restart the pod, or restore its pool' },
  'CAL-003': { severity: 'warning', advice: 'use a CrossSubnet mode, or peer with the routers in between' },
  'CAL-004': { severity: 'error', advice: 'turn the node-to-node mesh on, or configure BGP peers' },
  'CAL-005': { severity: 'warning', advice: 'set natOutgoing on the pool, unless the fabric routes it' },
  'CAL-006': {
    severity: 'info',
    advice: 'let calico-node find the nodes’ addresses with their masks, the same on all',
  },
  'CAL-007': { severity: 'error', advice: 'use VXLAN: Azure drops IP in IP' },
  'CAL-008': { severity: 'warning', advice: 'choose the backend that programs the pool’s mode' },
  'CAL-009': { severity: 'warning', advice: 'enable the pool, or correct its nodeSelector' },
  'CAL-010': { severity: 'warning', advice: 'keep kube-proxy from running on nodes with the eBPF dataplane' },
  'CAL-011': {
    severity: 'info',
    advice: 'set defaultEndpointToHostAction to Accept, or allow it in policies of host endpoints',
  },
  'KR-001': { severity: 'error', advice: 'run kube-router with --run-firewall=true' },
  'KR-002': { severity: 'warning', advice: 'run kube-router with --enable-cni=false, or remove the other network' },
  'KR-003': { severity: 'error', advice: 'set --service-cluster-ip-range to the cluster’s range' },
  'KR-004': { severity: 'warning', advice: 'turn --enable-overlay on, or peer with the routers in between' },
  'KR-005': { severity: 'error', advice: 'add the address to --service-external-ip-range or --loadbalancer-ip-range' },
  'KR-006': { severity: 'warning', advice: 'set hairpinMode in the CNI configuration and run with --hairpin-mode' },
  'KR-007': { severity: 'warning', advice: 'use --overlay-encap=fou: Azure drops IP in IP' },
  'KR-008': { severity: 'info', advice: 'probe with TCP: kube-router lets ICMP echo through whatever policies say' },
  'PRX-001': { severity: 'error', advice: 'run one of them' },
  'PRX-002': { severity: 'warning', advice: 'move to nftables mode' },
  'PRX-003': { severity: 'warning', advice: 'give kube-proxy the clusterCIDR that holds all pods' },
  'SVC-001': { severity: 'warning', advice: 'run a backend on every node that receives, or use the policy Cluster' },
  'SVC-002': { severity: 'warning', advice: 'run a backend on every node with clients, or use the policy Cluster' },
  'SVC-003': {
    severity: 'warning',
    advice: 'use externalTrafficPolicy Local, so that policy sees the client wherever packets arrive',
  },
  'SVC-004': { severity: 'error', advice: 'correct the selector or the target port' },
  'POD-001': { severity: 'warning', advice: 'give each container of the pod ports of its own' },
  'POD-002': { severity: 'error', advice: 'use different host ports, or keep the pods on different nodes' },
  'MUL-001': { severity: 'warning', advice: 'use MultiNetworkPolicy with its daemon for secondary networks' },
  'MUL-002': { severity: 'error', advice: 'use whereabouts, static addresses or DHCP: host-local counts per node' },
  'MUL-003': { severity: 'info', advice: 'use mode bridge where such pods are to talk' },
  'MUL-004': { severity: 'warning', advice: 'keep the default route on eth0, where policies hold' },
  'MUL-005': { severity: 'error', advice: 'create or mend the network attachment' },
  'MUL-006': { severity: 'warning', advice: 'name the bridge differently' },
} as const satisfies Readonly<Record<string, Check>>;

export type CheckId = keyof typeof catalogue;
