// What is kept of the things that may hold secrets or noise: one list for each, so that nothing is kept by accident
// (design 4.7; dataplane A.1, 0.3, 0.3b, 0.4).

/** Node annotations that tell which network this is. */
export const nodeAnnotations: readonly (string | RegExp)[] = [
  // flanneld's prefix can be changed (`--kube-annotation-prefix`), and one with a slash ends in a dash.
  /^[a-z0-9.-]+\/([a-z0-9.-]+-)?(kube-subnet-manager|backend-type|backend-data|backend-v6-data|public-ip|public-ipv6|node-public-ip|node-public-ipv6|public-ip-overwrite|public-ipv6-overwrite)$/,
  /^projectcalico\.org\/(IPv4Address|IPv4IPIPTunnelAddr|IPv4VXLANTunnelAddr|VXLANTunnelMACAddr|IPv6Address|IPv6VXLANTunnelAddr|VXLANTunnelMACAddrV6|ASNumber|RouteReflectorClusterID|IPv4WireguardInterfaceAddr|IPv6WireguardInterfaceAddr|WireguardPublicKey|WireguardPublicKeyV6)$/,
  // `peer.passwords` and `peers` carry passwords and are not here.
  /^kube-router\.io\/(node\.asn|rr\.server|rr\.client|peer\.asns|peer\.ips|pod-cidrs?|bgp-local-addresses)$/,
  /^(network\.cilium\.io\/|io\.cilium\.network\.)/,
  /^k8s\.ovn\.org\/node-subnets$/,
  'k3s.io/node-args',
  'k3s.io/internal-ip',
];

/** Words of `k3s.io/node-args` that are kept; a word that is not here is dropped with its value. */
export const k3sFlags =
  /^--(flannel-backend|flannel-iface|flannel-ipv6-masq|disable-network-policy|disable-kube-proxy|kube-proxy-arg|cluster-cidr|service-cidr|disable|node-ip|kube-controller-manager-arg)$/;

/** Pod annotations that tell addresses and secondary networks. */
export const podAnnotations: readonly (string | RegExp)[] = [
  'cni.projectcalico.org/podIP',
  'cni.projectcalico.org/podIPs',
  'k8s.v1.cni.cncf.io/networks',
  'k8s.v1.cni.cncf.io/network-status',
  'k8s.v1.cni.cncf.io/networks-status',
  'v1.multus-cni.io/default-network',
];

/** Service annotations that change how a proxy treats a Service. */
export const serviceAnnotations: readonly (string | RegExp)[] = [
  /^kube-router\.io\/service\.(local|dsr|hairpin|hairpin\.externalips|scheduler|advertise\.(clusterip|externalip|loadbalancerip))$/,
];

/** The class of an Ingress, as it was said before `ingressClassName`. */
export const ingressAnnotations: readonly string[] = ['kubernetes.io/ingress.class'];

/** Whether Ingresses that name no class are of this one. */
export const ingressClassAnnotations: readonly string[] = ['ingressclass.kubernetes.io/is-default-class'];

/** Images of network components, by the last one or two elements of the repository. */
export const componentImages =
  /(^|\/)(flannel|flannel-cni-plugin|mirrored-flannelcni-flannel|flannelcni-flannel|calico\/(node|cni|kube-controllers|typha)|(mirrored-)?calico-(node|cni)|hardened-(flannel|calico)|kube-router|cilium\/cilium|(mirrored-)?cilium-cilium|antrea-agent[^/]*|antrea-[^/]*|weave-(kube|npc)|kindnetd|amazon-k8s-cni|amazon\/aws-network-policy-agent|azure-(cns|npm)|kube-proxy|hyperkube|kube-network-policies|ovn-kube[^/]*|ovn-kubernetes[^/]*|multus-cni|multi-networkpolicy-[^/]*|ip-masq-agent[^/]*|sriov-[^/]*)$/;

/** Names of objects and containers of network components. */
export const componentNames =
  /^(kube-flannel(-ds.*)?|calico-(node|kube-controllers|typha)|canal|rke2-canal|kube-router|cilium|cilium-agent|cilium-operator|anetd|antrea-(agent|controller)|weave(-net|-npc)?|kindnet|aws-node|aws-eks-nodeagent|azure-(cns|cni-networkmonitor|ip-masq-agent|npm)|netd|ovnkube-node|kube-proxy(-windows)?|kube-network-policies|kube-multus-ds.*|kube-sriov-.*|sriov-.*|tigera-operator|ip-masq-agent|multi-networkpolicy-.*)$/;

/** Static pods of the control plane and of the proxy, whose flags tell CIDRs and modes. */
export const componentPods = /^(kube-apiserver|kube-controller-manager|kube-proxy)-/;

/** Flags of network components whose values are kept; a flag that is not here is dropped with its value. */
export const componentFlags =
  /^--?(network-plugins|run-router|run-firewall|run-service-proxy|enable-cni|enable-ipv4|enable-ipv6|enable-pod-egress|netpol-default-deny|service-cluster-ip-range|service-external-ip-range|loadbalancer-ip-range|service-node-port-range|strict-external-ip-validation|enable-overlay|overlay-type|overlay-encap|overlay-encap-port|enable-ibgp|nodes-full-mesh|peer-router-ips|peer-router-asns|advertise-cluster-ip|advertise-external-ip|advertise-pod-cidr|auto-mtu|masquerade-all|hairpin-mode|kube-subnet-mgr|iface|iface-regex|ip-masq|iptables-forward-rules|net-config-path|public-ip|kube-annotation-prefix|proxy-mode|cluster-cidr|masquerade-all|detect-local-mode|iptables-localhost-nodeports|nodeport-addresses|pod-bridge-interface|pod-interface-name-prefix|nomasq-all-reserved-ranges|node-cidr-mask-size|node-cidr-mask-size-ipv4|node-cidr-mask-size-ipv6|allocate-node-cidrs|enable-network-policy|network-policy|fail-open|strict-mode|admin-network-policy|network-plugins|namespace-isolation|global-namespaces|hostname-override|config)$/;

/** Environment of network components whose values are kept. */
export const componentEnv =
  /^(CLUSTER_TYPE|CALICO_NETWORKING_BACKEND|USE_POD_CIDR|IP|IP6|IP_AUTODETECTION_METHOD|CALICO_IPV4POOL_(CIDR|IPIP|VXLAN|NAT_OUTGOING|BLOCK_SIZE)|CALICO_IPV6POOL_(CIDR|VXLAN|NAT_OUTGOING)|NO_DEFAULT_POOLS|FELIX_(DEFAULTENDPOINTTOHOSTACTION|INTERFACEPREFIX|IPINIPENABLED|VXLANENABLED|IPINIPMTU|VXLANMTU|WIREGUARDMTU|WIREGUARDENABLED|BPFENABLED|IPV6SUPPORT|NATOUTGOINGADDRESS|IPTABLESNATOUTGOINGINTERFACEFILTER)|FLANNELD_(IFACE|IP_MASQ|KUBE_SUBNET_MGR|KUBE_ANNOTATION_PREFIX|NET_CONFIG_PATH)|EXPECT_NPC|WEAVE_MTU|WEAVE_NO_FASTDP|IPALLOC_RANGE|POD_SUBNET|AWS_VPC_K8S_CNI_[A-Z_]+|AWS_VPC_ENI_MTU|POD_MTU|NETWORK_POLICY_ENFORCING_MODE|ENABLE_NETWORK_POLICY)$/;

const canalKeys = [
  'net-conf.json',
  'cni_network_config',
  'canal_iface',
  'masquerade',
  'veth_mtu',
  'typha_service_name',
];

/** ConfigMaps that are kept, each with the keys that are. */
export const configMapKeys: Readonly<Record<string, readonly string[]>> = {
  'kube-flannel-cfg': ['net-conf.json', 'cni-conf.json'],
  'canal-config': canalKeys,
  'rke2-canal-config': canalKeys,
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
    'cluster-pool-ipv6-cidr',
    'tunnel-port',
    'mtu',
    'enable-wireguard',
    'enable-ipsec',
    'auto-direct-node-routes',
    'enable-ipv4-masquerade',
    'enable-ipv6-masquerade',
    'masquerade',
    'enable-bpf-masquerade',
    'ipv4-native-routing-cidr',
    'ipv6-native-routing-cidr',
    'native-routing-cidr',
    'egress-masquerade-interfaces',
    'enable-ip-masq-agent',
    'enable-node-selector-labels',
    'bpf-lb-mode',
    'node-port-mode',
  ],
  'ovn-config': ['mtu'],
  'kube-proxy': ['config.conf'],
  'kube-proxy-config': ['config'],
  'kubeadm-config': ['ClusterConfiguration'],
  'amazon-vpc-cni': ['enable-network-policy-controller'],
  'ip-masq-agent': ['config'],
  'azure-ip-masq-agent-config': ['ip-masq-agent'],
  'azure-ip-masq-agent-config-reconciled': ['ip-masq-agent-reconciled'],
};

/** Names in JSON and YAML texts whose values are dropped. */
export const secretNames =
  /^(psk|accesskeysecret|accesskeyid|password|passwords|token|clientcertificatedata|client-certificate-data|clientkeydata|client-key-data|certificate-authority-data|kubeconfig|etcd_key|etcd_cert|etcd_ca_cert|etcd_ca|k8s_api_token|k8s_auth_token)$/i;
