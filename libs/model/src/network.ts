import type { Sourced } from './dataplane.js';
import type { ObjectRef } from './object-ref.js';

/**
 * How a network is set up, as far as its objects tell: what a packet's way is worked out from. A part is null where
 * that component is not there. What no object shows (host MTU, interface, L2 segments) is assumed or configured.
 */
export interface Network {
  /** Whose rules packets follow: `flannel`, `canal`, `calico`, `kube-router`, another plugin's name, or `unknown`. */
  readonly kind: string;
  readonly hostMtu: Sourced<number>;
  readonly nodeInterface: Sourced<string>;
  /** L2 segments of nodes as a user gave them; empty where none are known. */
  readonly nodeSubnets: readonly NodeSubnet[];
  /** Prefix under which two IPv4 nodes are taken to be neighbours where nothing tells. */
  readonly assumedNodePrefix: number;
  /** Whether the fabric routes pod addresses; null: nobody knows. */
  readonly externalRouting: boolean | null;
  readonly flannel: FlannelNetwork | null;
  readonly calico: CalicoNetwork | null;
  readonly kubeRouter: KubeRouterNetwork | null;
  /** Cilium as the network; null also where it only enforces policies on another one. */
  readonly cilium: CiliumNetwork | null;
  readonly antrea: AntreaNetwork | null;
  readonly aws: AwsNetwork | null;
  readonly ovn: OvnNetwork | null;
  readonly weave: WeaveNetwork | null;
  readonly kindnet: KindnetNetwork | null;
  readonly proxy: ProxyNetwork;
  /** `ip-masq-agent`, or Azure's; null where it does not run. */
  readonly masqueradeAgent: MasqueradeAgent | null;
}

export interface NodeSubnet {
  readonly cidr: string;
  /** Null: every node with an address inside. */
  readonly nodes: readonly string[] | null;
}

/** flanneld, alone, inside canal, or inside k3s. */
export interface FlannelNetwork {
  /** The ConfigMap with `net-conf.json`, else what runs it. */
  readonly from: ObjectRef | null;
  /** `kube`: subnets are the nodes' pod CIDRs; `etcd`: flanneld allocates them itself. */
  readonly mode: 'kube' | 'etcd';
  /** Null where flanneld could not have read it, or nothing shows it. */
  readonly config: FlannelConfig | null;
  readonly problems: readonly FlannelProblem[];
  readonly ipMasq: Sourced<boolean>;
  readonly annotationPrefix: string;
  /** `0.28.9`; null where no tag tells. */
  readonly version: string | null;
  readonly bridge: string;
  readonly hairpin: boolean;
  /** MTU that the CNI configuration sets itself; null: flannel's. */
  readonly cniMtu: number | null;
  readonly embedded: boolean;
}

/** `net-conf.json` as flanneld decodes it, defaults filled in (dataplane B). */
export interface FlannelConfig {
  readonly enableIPv4: boolean;
  readonly enableIPv6: boolean;
  readonly enableNFTables: boolean;
  /** Canonical, host bits masked; null where it is not set. */
  readonly network: string | null;
  readonly ipv6Network: string | null;
  /** 0 where it is not set. */
  readonly subnetLen: number;
  readonly subnetMin: string | null;
  readonly subnetMax: string | null;
  readonly ipv6SubnetLen: number;
  readonly ipv6SubnetMin: string | null;
  readonly ipv6SubnetMax: string | null;
  readonly backend: FlannelBackend;
}

export interface FlannelBackend {
  readonly type: 'vxlan' | 'host-gw' | 'udp' | 'wireguard' | 'ipip' | 'ipsec' | 'alloc' | 'extension' | 'tencent-vpc';
  readonly vni: number;
  /** As it is used: the default where none is set. */
  readonly port: number;
  readonly directRouting: boolean;
  /** MTU of the host's interface as the configuration claims it; null: the interface's own. */
  readonly mtu: number | null;
  readonly udpEncap: boolean;
}

/** Something flanneld ignores or stumbles over, with the id of its check. */
export interface FlannelProblem {
  readonly id: string;
  readonly message: string;
}

/** calico-node as a network, or as a policy engine on another one (`backend: none`). */
export interface CalicoNetwork {
  readonly from: ObjectRef | null;
  readonly backend: Sourced<'bird' | 'vxlan' | 'none'>;
  /** By name. */
  readonly pools: readonly CalicoPool[];
  /** `assumed` where no pool is in the snapshot and the one that calico-node makes by itself is taken. */
  readonly poolsProvenance: 'observed' | 'derived' | 'assumed';
  readonly ebpf: boolean;
  readonly endpointToHostAction: Sourced<'Accept' | 'Drop' | 'Return'>;
  readonly denyAction: 'Drop' | 'Reject';
  readonly excludesHostsFromNat: boolean;
  readonly natOutgoingAddress: string | null;
  /** The interface, as iptables matches it (`eth+`), by which a packet must leave to be translated; null: any. */
  readonly natOutgoingInterface: string | null;
  /** Explicit MTUs; null: worked out from the host's. */
  readonly vethMtu: number | null;
  readonly ipipMtu: number | null;
  readonly vxlanMtu: number | null;
  readonly wireguardMtu: number | null;
  readonly vxlanPort: number;
  readonly vxlanVni: number;
  readonly wireguard: boolean;
  readonly wireguardV6: boolean;
  readonly interfacePrefix: string;
  /** `host-local`: addresses come from the nodes' pod CIDRs and not from pools. */
  readonly ipam: 'calico-ipam' | 'host-local';
  /** Full mesh between nodes; null where no BGPConfiguration was seen (then it is on). */
  readonly nodeToNodeMesh: boolean | null;
  readonly bgpPeers: number;
  readonly version: string | null;
}

export interface CalicoPool {
  readonly ref: ObjectRef;
  /** As written. */
  readonly cidr: string;
  readonly ipipMode: 'Always' | 'CrossSubnet' | 'Never';
  readonly vxlanMode: 'Always' | 'CrossSubnet' | 'Never';
  readonly natOutgoing: boolean;
  readonly disabled: boolean;
  readonly blockSize: number;
  readonly nodeSelector: string;
}

export interface KubeRouterNetwork {
  readonly from: ObjectRef | null;
  readonly router: boolean;
  readonly firewall: boolean;
  readonly serviceProxy: boolean;
  readonly overlay: boolean;
  readonly overlayType: 'subnet' | 'full';
  readonly overlayEncap: 'ipip' | 'fou';
  readonly fouPort: number;
  readonly podEgress: boolean;
  readonly enableIpv6: boolean;
  readonly masqueradeAll: boolean;
  /** `--hairpin-mode`: the proxy translates a pod's connection to itself. */
  readonly hairpin: boolean;
  /** Whether the CNI configuration lets a frame leave through the bridge port it came from. */
  readonly bridgeHairpin: boolean;
  readonly autoMtu: boolean;
  readonly cniMtu: number | null;
  readonly cniBridge: string;
  readonly enableCni: boolean;
  readonly clusterIpRanges: readonly string[];
  readonly externalIpRanges: readonly string[];
  readonly loadBalancerIpRanges: readonly string[];
  readonly strictVipValidation: boolean;
  /** Whether some BGP peer outside the cluster is configured. */
  readonly externalPeers: boolean;
  readonly version: string | null;
}

/** Cilium's agent, from `cilium-config`, with the agent's defaults. */
export interface CiliumNetwork {
  /** Null where no configuration is in the snapshot: then everything here is the default. */
  readonly from: ObjectRef | null;
  readonly routing: 'tunnel' | 'native';
  readonly tunnelProtocol: 'vxlan' | 'geneve';
  readonly tunnelPort: number;
  readonly encryption: 'wireguard' | 'ipsec' | null;
  /** MTU that is set; null: that of the host. */
  readonly mtu: number | null;
  /** Whether agents install routes to the pods of neighbouring nodes themselves. */
  readonly autoDirectNodeRoutes: boolean;
  readonly ipam: string;
  readonly masqueradeV4: boolean;
  readonly masqueradeV6: boolean;
  /** Whether eBPF translates sources; else iptables does. */
  readonly bpfMasquerade: boolean;
  /** Destinations whose packets keep the pod's address; null where none is set. */
  readonly nativeCidrV4: string | null;
  readonly nativeCidrV6: string | null;
  /** Interfaces by which a packet must leave for iptables to translate it; empty: any. */
  readonly masqueradeInterfaces: readonly string[];
  /** Whether the agent reads ip-masq-agent's configuration itself: what that leaves alone; null: it does not. */
  readonly masqueradeAgent: MasqueradeAgent | null;
  /** What a node that passes a packet on does with the client's address: hides it, keeps it, or (hybrid) keeps it for TCP. */
  readonly loadBalancerMode: 'snat' | 'dsr' | 'hybrid';
}

/** Antrea's agent, from `antrea-agent.conf`. */
export interface AntreaNetwork {
  readonly from: ObjectRef | null;
  readonly mode: 'encap' | 'noEncap' | 'hybrid' | 'networkPolicyOnly';
  readonly tunnel: 'geneve' | 'vxlan' | 'gre' | 'stt';
  /** Null where the protocol has no ports. */
  readonly tunnelPort: number | null;
  readonly encryption: 'wireguard' | 'ipsec' | null;
  readonly gateway: string;
  readonly ovsBridge: string;
  /** MTU that is set; null: worked out from the host's. */
  readonly mtu: number | null;
  /** Whether pods keep their address towards what is outside the cluster (`noEncap` only). */
  readonly noSnat: boolean;
}

/** aws-node, from its environment. */
export interface AwsNetwork {
  readonly from: ObjectRef | null;
  readonly externalSnat: boolean;
  /** Destinations beside the VPC's own that pods keep their address to. */
  readonly excludeSnatCidrs: readonly string[];
  readonly vethPrefix: string;
  /** MTU of the interfaces, which aws-node sets; null: not said. */
  readonly eniMtu: number | null;
  readonly podMtu: number | null;
}

/** ovnkube-node, from `ovn-config`. */
export interface OvnNetwork {
  readonly from: ObjectRef | null;
  readonly mtu: number | null;
}

/** Weave Net, from its environment. */
export interface WeaveNetwork {
  readonly from: ObjectRef | null;
  readonly mtu: number | null;
  /** Addresses of pods, on all nodes. */
  readonly range: string;
  /** Whether packets must go through the process (`WEAVE_NO_FASTDP`). */
  readonly isSleeveOnly: boolean;
}

/** kindnetd, from its environment. */
export interface KindnetNetwork {
  readonly from: ObjectRef | null;
  /** Addresses of pods as kindnetd was told; empty where it was not. */
  readonly podSubnets: readonly string[];
}

/** An agent that puts nodes' addresses in place of pods' (dataplane C.5). */
export interface MasqueradeAgent {
  /** Its ConfigMap; null where there is none, so that it has its defaults. */
  readonly from: ObjectRef | null;
  /** Destinations that keep the pod's address; null where nobody can tell what it read. */
  readonly nonMasqueradeCidrs: readonly string[] | null;
  /** Whether link-local destinations, which it spares by itself, are masqueraded as well. */
  readonly masqueradesLinkLocal: boolean;
  readonly masqueradesLinkLocalV6: boolean;
  /** Whether it deals with IPv6 at all. */
  readonly ipv6: boolean;
}

export interface ProxyNetwork {
  readonly masqueradeAll: boolean;
  /** How the proxy tells pods of the cluster from others; `ClusterCIDR` where nothing is said. */
  readonly detectLocalMode: string;
  /** Null where none is configured. */
  readonly clusterCidrs: readonly string[] | null;
  /** The bridge, or the start of the interfaces' names, that local pods come from in the modes named so; null: not said. */
  readonly detectLocalInterface: string | null;
  /** Whether NodePorts are answered at 127.0.0.1 (iptables only). */
  readonly localhostNodePorts: boolean;
  /** Addresses of nodes at which NodePorts are answered, as CIDRs or `primary`; empty: all. */
  readonly nodePortAddresses: readonly string[];
}

/** How traffic between nodes is carried, for people and for the API. */
export interface NetworkBackend {
  readonly type: string;
  /** `Always`, `CrossSubnet`, `full`, `subnet`; absent where the backend has no such choice. */
  readonly mode?: string;
  readonly device: string | null;
  readonly vni?: number;
  readonly port?: number;
  readonly directRouting?: boolean;
  readonly overheadBytes: number;
}

/** How many nodes and pods a network has addresses for. */
export interface NetworkCapacity {
  readonly mode: 'kube' | 'etcd' | 'blocks';
  readonly nodes: number;
  readonly podsPerNode: number;
}
