import type { StoredMetadata, StoredSelector } from './stored-body.js';

/**
 * Bodies of Cilium's policies in the shape that their reader gives them: validated, defaults written out, networks in
 * canonical form. A list that is absent and one that is empty mean different things in a rule, so absent lists stay
 * absent. What lies outside the modelled subset is beside these members as it was written (`ciliumFeaturesOutside`).
 */
export interface StoredCiliumPolicy {
  readonly kind: 'CiliumNetworkPolicy' | 'CiliumClusterwideNetworkPolicy';
  readonly metadata: StoredMetadata;
  /** At least one of the two is there. The elements of `specs` are independent of each other. */
  readonly spec?: CiliumSpec;
  readonly specs?: readonly CiliumSpec[];
}

export interface CiliumSpec {
  /** Exactly one of the two selectors; `nodeSelector` in clusterwide policies only. */
  readonly endpointSelector?: StoredSelector;
  readonly nodeSelector?: StoredSelector;
  readonly ingress: readonly CiliumRule[];
  readonly ingressDeny: readonly CiliumRule[];
  readonly egress: readonly CiliumRule[];
  readonly egressDeny: readonly CiliumRule[];
  readonly enableDefaultDeny: { readonly ingress: boolean; readonly egress: boolean };
}

/** One rule; `from…` in ingress, `to…` in egress. At most one kind of peers, `Requires` aside, has elements. */
export interface CiliumRule {
  readonly fromEndpoints?: readonly StoredSelector[];
  readonly toEndpoints?: readonly StoredSelector[];
  readonly fromEntities?: readonly CiliumEntity[];
  readonly toEntities?: readonly CiliumEntity[];
  readonly fromCIDR?: readonly string[];
  readonly toCIDR?: readonly string[];
  readonly fromCIDRSet?: readonly CiliumCidr[];
  readonly toCIDRSet?: readonly CiliumCidr[];
  readonly fromNodes?: readonly StoredSelector[];
  readonly toNodes?: readonly StoredSelector[];
  readonly toServices?: readonly CiliumService[];
  /** What endpoints must fulfil besides. */
  readonly fromRequires?: readonly StoredSelector[];
  readonly toRequires?: readonly StoredSelector[];
  /** As they were written: what these mean no snapshot shows. */
  readonly toFQDNs?: readonly unknown[];
  readonly fromGroups?: readonly unknown[];
  readonly toGroups?: readonly unknown[];
  readonly authentication?: unknown;
  readonly toPorts?: readonly CiliumPorts[];
  readonly icmps?: readonly { readonly fields: readonly CiliumIcmp[] }[];
}

export type CiliumEntity = (typeof ciliumEntities)[number];

export const ciliumEntities = [
  'all',
  'world',
  'world-ipv4',
  'world-ipv6',
  'cluster',
  'host',
  'remote-node',
  'kube-apiserver',
  'ingress',
  'unmanaged',
  'init',
  'health',
  'none',
] as const;

/** Services by name or by labels, in one namespace or in all. */
export interface CiliumService {
  readonly k8sService?: { readonly serviceName: string; readonly namespace?: string };
  readonly k8sServiceSelector?: { readonly selector: StoredSelector; readonly namespace?: string };
}

export interface CiliumCidr {
  /** Absent where a group is named instead, which no snapshot shows. */
  readonly cidr?: string;
  readonly except: readonly string[];
}

export interface CiliumPorts {
  readonly ports: readonly CiliumPort[];
  /** Present: what is allowed is restricted further at layer 7, by rules of these kinds. */
  readonly rules?: Readonly<Record<string, unknown>>;
  readonly serverNames?: unknown;
  readonly listener?: unknown;
}

export interface CiliumPort {
  /** A number, `0` for every port, or a name. */
  readonly port: string;
  readonly endPort?: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ANY' | 'ICMP' | 'ICMPV6' | 'VRRP' | 'IGMP';
}

export interface CiliumIcmp {
  readonly family: 'IPv4' | 'IPv6';
  /** A number, or one of Cilium's names such as `EchoRequest`. */
  readonly type: number | string;
}
