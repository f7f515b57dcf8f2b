// The oracle reads Kubernetes objects as a user writes them. It shares nothing with libs/: what is wrong there must not
// be wrong here in the same way.

export interface RawMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly deletionTimestamp?: string;
}
export interface RawSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | null;
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] | null }[] | null;
}
export interface RawContainer {
  readonly restartPolicy?: string;
  readonly ports?: readonly { name?: string; containerPort: number; protocol?: string }[];
}
export interface RawPodSpec {
  readonly hostNetwork?: boolean;
  readonly nodeName?: string;
  readonly containers?: readonly RawContainer[];
  readonly initContainers?: readonly RawContainer[];
}
export interface RawPod {
  readonly kind: 'Pod';
  readonly metadata: RawMeta;
  readonly spec: RawPodSpec;
  readonly status?: {
    phase?: string;
    podIPs?: readonly { ip: string }[];
    conditions?: readonly { type: string; status: string }[];
  };
}
export interface RawNode {
  readonly kind: 'Node';
  readonly metadata: RawMeta;
  readonly spec?: { podCIDRs?: readonly string[] };
  readonly status: { addresses: readonly { type: string; address: string }[] };
}
export interface RawRule {
  readonly from?: readonly RawPeer[] | null;
  readonly to?: readonly RawPeer[] | null;
  readonly ports?: readonly (RawPort | null)[] | null;
}
export interface RawPeer {
  readonly podSelector?: RawSelector | null;
  readonly namespaceSelector?: RawSelector | null;
  readonly ipBlock?: { cidr: string; except?: readonly string[] | null } | null;
}
export interface RawPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}
export interface RawPolicy {
  readonly kind: 'NetworkPolicy';
  readonly metadata: RawMeta;
  readonly spec?: {
    readonly podSelector?: RawSelector | null;
    readonly policyTypes?: readonly string[] | null;
    readonly ingress?: readonly (RawRule | null)[] | null;
    readonly egress?: readonly (RawRule | null)[] | null;
  } | null;
}
/** A policy of policy.networking.k8s.io: AdminNetworkPolicy, BaselineAdminNetworkPolicy or ClusterNetworkPolicy. */
export interface RawTieredPolicy {
  readonly kind: 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';
  readonly metadata: RawMeta;
  readonly spec: {
    readonly tier?: 'Admin' | 'Baseline';
    readonly priority?: number;
    readonly subject: RawPodPeer;
    readonly ingress?: readonly RawTieredRule[] | null;
    readonly egress?: readonly RawTieredRule[] | null;
  };
}
export interface RawPodPeer {
  readonly namespaces?: RawSelector;
  readonly pods?: { readonly namespaceSelector?: RawSelector; readonly podSelector: RawSelector };
}
export interface RawTieredPeer extends RawPodPeer {
  readonly networks?: readonly string[];
  readonly nodes?: RawSelector;
  readonly domainNames?: readonly string[];
}
export interface RawTieredRule {
  readonly name?: string;
  readonly action: 'Allow' | 'Accept' | 'Deny' | 'Pass';
  readonly from?: readonly RawTieredPeer[];
  readonly to?: readonly RawTieredPeer[];
  readonly ports?: readonly RawAdminPort[] | null;
  readonly protocols?: readonly RawClusterProtocol[] | null;
}
export interface RawAdminPort {
  readonly portNumber?: { protocol?: string; port: number };
  readonly portRange?: { protocol?: string; start: number; end: number };
  readonly namedPort?: string;
}
export interface RawClusterProtocol {
  readonly tcp?: RawDestination;
  readonly udp?: RawDestination;
  readonly sctp?: RawDestination;
  readonly destinationNamedPort?: string;
}
interface RawDestination {
  readonly destinationPort: { number?: number; range?: { start: number; end: number } };
}
export interface RawService {
  readonly kind: 'Service';
  readonly metadata: RawMeta;
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly ipFamilies?: readonly string[];
    readonly publishNotReadyAddresses?: boolean;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports: readonly { name?: string; port: number; protocol?: string; targetPort?: number | string }[];
  };
}
export interface RawSlice {
  readonly kind: 'EndpointSlice';
  readonly metadata: RawMeta;
  readonly addressType: string;
  readonly endpoints: readonly { addresses: readonly string[]; conditions?: { ready?: boolean } }[];
  readonly ports: readonly { name?: string; port: number; protocol?: string }[];
}
export interface RawDeployment {
  readonly kind: 'Deployment';
  readonly metadata: RawMeta;
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: RawPodSpec;
    };
  };
}
export interface RawNamespace {
  readonly kind: 'Namespace';
  readonly metadata: RawMeta;
}
export type RawObject =
  RawNamespace | RawNode | RawPod | RawDeployment | RawService | RawSlice | RawPolicy | RawTieredPolicy;
