import type { Delivery, Route } from './trace.js';

/** What to do about a reason, by its code. */
const advice: Readonly<Record<string, string>> = {
  HOST_GW_NOT_ADJACENT: 'host-gw needs nodes on one L2 segment: use vxlan (with DirectRouting), or move the node',
  FLANNEL_CONFIG_UNKNOWN: 'mend net-conf.json; its finding says what is wrong with it',
  PEER_NOT_ANNOTATED: 'look at the flannel pod of that node',
  PEER_TYPE_DIFFERS: 'restart the flannel pods: the back end was changed while some kept running',
  VNI_DIFFERS: 'restart the flannel pods so that all nodes use one VNI',
  VTEP_MAC_TWICE: 'delete flannel.1 on one of the two nodes and restart its flannel pod',
  NO_POD_CIDR: 'let the controller manager allocate node CIDRs',
  OUTSIDE_POD_CIDR: 'restart the pod: its address belongs to another network or to an earlier life of the node',
  NO_ENCAPSULATION_ACROSS_SUBNETS: 'use a CrossSubnet mode, or let the routers learn pod routes over BGP',
  NO_BGP_ROUTES: 'turn the node-to-node mesh on, or configure a BGPPeer',
  OUTSIDE_POOLS: 'give the pod an address of an IPPool, or let the fabric route its network',
  NO_OVERLAY_ACROSS_SUBNETS: 'turn --enable-overlay on, or peer with the routers in between',
  HAIRPIN_OFF: 'turn hairpin mode on, so that a pod reaches itself through its Service',
  NO_BACKEND: 'look at the Service’s selector, its target port and the readiness of its pods',
  NO_LOCAL_BACKEND: 'use the traffic policy Cluster, or run a backend on every node that receives',
  VIP_UNDER_POLICY: 'say the range of Services to kube-router, with --service-cluster-ip-range',
  LOAD_BALANCER_SOURCE_RANGES: 'add the client to loadBalancerSourceRanges',
  FAMILY_OFF: 'turn --enable-ipv6 of kube-router on',
  VIP_REFUSED: 'add the address to --service-external-ip-range or --loadbalancer-ip-range',
  NODE_PORT_ADDRESSES: 'ask an address that nodePortAddresses of kube-proxy names',
  CLUSTER_IP_NOT_ROUTED: 'use a Service of type NodePort or LoadBalancer, or an Ingress',
  ENDPOINT_TO_HOST_DROP: 'set defaultEndpointToHostAction to Accept',
  NAME_LOOKUP: 'let the client ask DNS: egress to its pods at the port at which they listen, over UDP and TCP',
  CONTROLLER_UNKNOWN: 'say who serves it, with dataplane=ingressController:namespace/name',
  LOAD_BALANCER_PROXIES: 'admit the addresses of the load balancer; inside the cluster use the name of the Service',
  EGRESS_DENIED:
    'allow it in an egress rule of a policy that selects the source; for a Service name the backends and the target port',
  INGRESS_DENIED:
    'allow it in an ingress rule of a policy that selects the destination, for the address that policy sees',
  NODES_NOT_ADJACENT: 'put the nodes on one L2 segment',
  NATIVE_ROUTING: 'turn auto-direct-node-routes on for nodes of one segment, or say externalRouting:true',
  CLOUD_ROUTES: 'say with dataplane=externalRouting:true that the cloud routes pod addresses',
  CONFIG_NOT_SEEN: 'collect the ConfigMap of the network',
  NAT_INTERFACE_UNKNOWN: 'say the interface, with dataplane=nodeInterface:…',
  POD_ADDRESS_LEAVES: 'turn natOutgoing or --ip-masq on, or let the fabric route pod addresses back',
};

/** What to do where packets do not arrive, from the first reason that anybody can do something about. */
export function suggestionFor(delivery: Delivery, routes: readonly Route[]): string | null {
  if (delivery === 'delivered') return null;
  for (const { delivery: word, reasons } of routes) {
    if (word === 'delivered') continue;
    for (const reason of reasons) {
      const [code] = reason.split(':');
      if (Object.hasOwn(advice, code)) return advice[code];
    }
  }
  return null;
}
