/** Bodies of stored objects, in the shape that `normalise` gives them: every list and map below is there. */
export interface StoredMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly apiVersion: string; readonly kind: string; readonly name: string }[];
}

export interface StoredPodSpec {
  readonly hostNetwork: boolean;
  readonly nodeName?: string;
  readonly serviceAccountName: string;
  readonly containers: readonly StoredContainer[];
  readonly initContainers: readonly StoredContainer[];
}

export interface StoredContainer {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly ports: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
    readonly hostIP?: string;
    readonly hostPort?: number;
  }[];
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value: string;
    readonly valueFrom?: { readonly configMapKeyRef: { readonly name: string; readonly key: string } };
  }[];
}

export interface StoredTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: StoredPodSpec;
}

export interface StoredPod {
  readonly metadata: StoredMetadata;
  readonly spec: StoredPodSpec;
  readonly status?: {
    readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    readonly podIPs: readonly { readonly ip: string }[];
    readonly conditions: readonly { readonly status: string }[];
  };
}

export interface StoredWorkload {
  readonly kind: string;
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly replicas?: number;
    readonly suspend?: boolean;
    readonly template?: StoredTemplate;
    readonly jobTemplate?: { readonly spec: { readonly template: StoredTemplate } };
  };
  readonly status?: {
    readonly conditions?: readonly unknown[];
    readonly desiredNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

export interface StoredNode {
  readonly metadata: StoredMetadata;
  readonly spec: { readonly podCIDRs: readonly string[]; readonly providerID?: string };
  readonly status: {
    readonly addresses: readonly { readonly type: string; readonly address: string }[];
    readonly allocatable?: { readonly pods: string };
    readonly conditions: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message?: string;
    }[];
    readonly nodeInfo: { readonly kubeletVersion?: string; readonly operatingSystem?: 'windows' };
  };
}

export interface StoredService {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
    readonly clusterIP?: 'None';
    readonly clusterIPs: readonly string[];
    readonly ipFamilies?: readonly ('IPv4' | 'IPv6')[];
    readonly externalIPs: readonly string[];
    readonly externalName?: string;
    readonly selector: Readonly<Record<string, string>>;
    readonly ports: readonly {
      readonly name?: string;
      readonly protocol: 'TCP' | 'UDP' | 'SCTP';
      readonly port: number;
      readonly targetPort?: number | string;
      readonly nodePort?: number;
    }[];
    readonly publishNotReadyAddresses: boolean;
    readonly internalTrafficPolicy: 'Cluster' | 'Local';
    readonly externalTrafficPolicy: 'Cluster' | 'Local';
    readonly healthCheckNodePort?: number;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly sessionAffinity?: 'None' | 'ClientIP';
  };
  readonly status: {
    readonly loadBalancer: { readonly ingress: readonly { readonly ip: string; readonly ipMode?: 'Proxy' }[] };
  };
}

interface StoredBackendPort {
  readonly name?: string;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port?: number;
}

export interface StoredEndpointSlice {
  readonly metadata: StoredMetadata;
  readonly endpoints: readonly {
    readonly addresses: readonly string[];
    readonly conditions: { readonly ready: boolean; readonly serving?: true; readonly terminating?: true };
    readonly hints?: { readonly forZones: readonly { readonly name: string }[] };
    readonly nodeName?: string;
  }[];
  readonly ports: readonly StoredBackendPort[];
}

export interface StoredEndpoints {
  readonly metadata: StoredMetadata;
  readonly subsets: readonly {
    readonly addresses: readonly { readonly ip: string; readonly nodeName?: string }[];
    readonly notReadyAddresses: readonly { readonly ip: string; readonly nodeName?: string }[];
    readonly ports: readonly StoredBackendPort[];
  }[];
}

export interface StoredNetworkObject {
  readonly metadata: StoredMetadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface StoredSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
    readonly values: readonly string[];
  }[];
}

export interface StoredNetworkPolicy {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly podSelector: StoredSelector;
    readonly policyTypes: readonly ('Ingress' | 'Egress')[];
    readonly ingress: readonly StoredRule[];
    readonly egress: readonly StoredRule[];
  };
}

export interface StoredRule {
  readonly ports: readonly {
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
    readonly port?: number | string;
    readonly endPort?: number;
  }[];
  readonly from?: readonly StoredPeer[];
  readonly to?: readonly StoredPeer[];
}

export interface StoredPeer {
  readonly podSelector?: StoredSelector;
  readonly namespaceSelector?: StoredSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except: readonly string[] };
}

/** A policy of policy.networking.k8s.io; `tier` and `priority` are there where the kind has them. */
export interface StoredTieredPolicy {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly tier?: 'Admin' | 'Baseline';
    readonly priority?: number;
    readonly subject: StoredPodPeer;
    readonly ingress: readonly StoredTieredRule[];
    readonly egress: readonly StoredTieredRule[];
  };
}

export interface StoredTieredRule {
  readonly name?: string;
  readonly action: 'Allow' | 'Accept' | 'Deny' | 'Pass';
  readonly from?: readonly StoredTieredPeer[];
  readonly to?: readonly StoredTieredPeer[];
  readonly ports?: readonly StoredAdminPort[];
  readonly protocols?: readonly StoredClusterProtocol[];
}

/** Pods, all of them in some namespaces or some of them; one of the two members. */
export interface StoredPodPeer {
  readonly namespaces?: StoredSelector;
  readonly pods?: { readonly namespaceSelector: StoredSelector; readonly podSelector: StoredSelector };
}

/** One of its members, or none, which fails closed. */
export interface StoredTieredPeer extends StoredPodPeer {
  readonly networks?: readonly string[];
  readonly nodes?: StoredSelector;
  readonly domainNames?: readonly string[];
}

/** One of its members. */
export interface StoredAdminPort {
  readonly portNumber?: { readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly port: number };
  readonly portRange?: { readonly protocol: 'TCP' | 'UDP' | 'SCTP'; readonly start: number; readonly end: number };
  readonly namedPort?: string;
}

/** One of its members. */
export interface StoredClusterProtocol {
  readonly tcp?: StoredDestination;
  readonly udp?: StoredDestination;
  readonly sctp?: StoredDestination;
  readonly destinationNamedPort?: string;
}

interface StoredDestination {
  readonly destinationPort: {
    readonly number?: number;
    readonly range?: { readonly start: number; readonly end: number };
  };
}
