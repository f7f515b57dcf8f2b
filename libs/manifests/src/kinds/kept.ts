// What is kept of the things that may hold secrets or noise: one list for each, so that nothing is kept by accident
// (design 4.7; dataplane A.1, 0.3, 0.3b, 0.4).

/** Node annotations that tell which network this is. */
export const nodeAnnotations: readonly (string | RegExp)[] = [
  /^flannel\.alpha\.coreos\.com\/(kube-subnet-manager|backend-type|backend-data|backend-v6-data|public-ip|public-ipv6|node-public-ip|node-public-ipv6|public-ip-overwrite|public-ipv6-overwrite)$/,
  /^projectcalico\.org\/(IPv4Address|IPv4IPIPTunnelAddr|IPv4VXLANTunnelAddr|VXLANTunnelMACAddr|IPv6Address|IPv6VXLANTunnelAddr|VXLANTunnelMACAddrV6|ASNumber|RouteReflectorClusterID)$/,
  // `peer.passwords` and `peers` carry passwords and are not here.
  /^kube-router\.io\/(node\.asn|rr\.server|rr\.client|peer\.asns|peer\.ips|pod-cidrs?|bgp-local-addresses)$/,
  /^(network\.cilium\.io|io\.cilium\.network)\//,
  /^k8s\.ovn\.org\/node-subnets$/,
  'k3s.io/node-args',
  'k3s.io/internal-ip',
];

/** Pod annotations that tell addresses and secondary networks. */
export const podAnnotations: readonly (string | RegExp)[] = [
  'cni.projectcalico.org/podIP',
  'cni.projectcalico.org/podIPs',
  'k8s.v1.cni.cncf.io/networks',
  'v1.multus-cni.io/default-network',
];

/** Images of network components, by the last one or two elements of the repository. */
export const componentImages =
  /(^|\/)(flannel|flannel-cni-plugin|mirrored-flannelcni-flannel|calico\/(node|cni|kube-controllers|typha)|mirrored-calico-(node|cni)|hardened-(flannel|calico)|kube-router|cilium\/cilium|antrea-agent[^/]*|antrea-[^/]*|weave-(kube|npc)|kindnetd|amazon-k8s-cni|amazon\/aws-network-policy-agent|azure-(cns|npm)|kube-proxy|kube-network-policies|ovn-kubernetes[^/]*|multus-cni|sriov-[^/]*)$/;

/** Names of objects and containers of network components. */
export const componentNames =
  /^(kube-flannel(-ds.*)?|calico-(node|kube-controllers|typha)|canal|rke2-canal|kube-router|cilium|cilium-operator|anetd|antrea-(agent|controller)|weave(-net|-npc)?|kindnet|aws-node|aws-eks-nodeagent|azure-(cns|cni-networkmonitor|ip-masq-agent|npm)|netd|ovnkube-node|kube-proxy(-windows)?|kube-network-policies|kube-multus-ds|kube-sriov-.*|tigera-operator|multi-networkpolicy-.*)$/;

/** Flags of network components whose values are kept; a flag that is not here is dropped with its value. */
export const componentFlags =
  /^--?(run-router|run-firewall|run-service-proxy|enable-cni|netpol-default-deny|service-cluster-ip-range|service-external-ip-range|loadbalancer-ip-range|service-node-port-range|enable-overlay|overlay-type|overlay-encap|enable-ibgp|kube-subnet-mgr|iface|iface-regex|ip-masq|kube-annotation-prefix|proxy-mode|cluster-cidr|enable-network-policy|network-policy|fail-open|strict-mode|admin-network-policy|hostname-override|config)$/;

/** Environment of network components whose values are kept. */
export const componentEnv =
  /^(CLUSTER_TYPE|CALICO_NETWORKING_BACKEND|USE_POD_CIDR|IP|IP6|IP_AUTODETECTION_METHOD|CALICO_IPV4POOL_(CIDR|IPIP|VXLAN|NAT_OUTGOING|BLOCK_SIZE)|CALICO_IPV6POOL_(CIDR|VXLAN|NAT_OUTGOING)|FELIX_(DEFAULTENDPOINTTOHOSTACTION|INTERFACEPREFIX|IPINIPENABLED|IPINIPMTU|VXLANMTU|WIREGUARDMTU|BPFENABLED|IPV6SUPPORT)|EXPECT_NPC|AWS_VPC_K8S_CNI_[A-Z_]+|NETWORK_POLICY_ENFORCING_MODE|ENABLE_NETWORK_POLICY)$/;

/** ConfigMaps that are kept, each with the keys that are. */
export const configMapKeys: Readonly<Record<string, readonly string[]>> = {
  'kube-flannel-cfg': ['net-conf.json', 'cni-conf.json'],
  'canal-config': [
    'net-conf.json',
    'cni_network_config',
    'canal_iface',
    'masquerade',
    'veth_mtu',
    'typha_service_name',
  ],
  'rke2-canal-config': [
    'net-conf.json',
    'cni_network_config',
    'canal_iface',
    'masquerade',
    'veth_mtu',
    'typha_service_name',
  ],
  'calico-config': ['calico_backend', 'cni_network_config', 'veth_mtu', 'typha_service_name'],
  'kube-router-cfg': ['cni-conf.json'],
  'cilium-config': [
    'routing-mode',
    'tunnel-protocol',
    'tunnel',
    'enable-policy',
    'kube-proxy-replacement',
    'cni-chaining-mode',
    'enable-ipv4',
    'enable-ipv6',
    'ipam',
    'cluster-pool-ipv4-cidr',
  ],
  'kube-proxy': ['config.conf'],
  'kube-proxy-config': ['config'],
  'kubeadm-config': ['ClusterConfiguration'],
  'amazon-vpc-cni': ['enable-network-policy-controller'],
};

/** Names in JSON and YAML texts whose values are dropped. */
export const secretNames =
  /^(psk|accesskeysecret|accesskeyid|password|passwords|token|clientcertificatedata|client-certificate-data|clientkeydata|client-key-data|certificate-authority-data|kubeconfig|etcd_key|etcd_cert|etcd_ca_cert|etcd_ca|k8s_api_token|k8s_auth_token)$/i;
