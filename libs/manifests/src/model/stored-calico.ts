import type { Direction } from '#model';
import type { StoredMetadata, StoredNetworkPolicy } from './stored-body.js';

/**
 * Bodies of Calico's kinds in the shape that their readers give them: validated, every default written out, selectors as
 * they were written (they parse), networks in canonical form. Lists keep their order. Fields that no reader knows are
 * beside these, as they were; `unknownFields` with `calicoPolicyShape` finds them.
 */
export interface StoredCalicoPolicy {
  readonly kind: 'NetworkPolicy' | 'GlobalNetworkPolicy' | 'StagedNetworkPolicy' | 'StagedGlobalNetworkPolicy';
  readonly metadata: StoredMetadata;
  readonly spec: CalicoPolicySpec;
}

export interface CalicoPolicySpec {
  readonly tier: string;
  /** Absent: after every policy that has one. */
  readonly order?: number;
  readonly selector: string;
  readonly serviceAccountSelector?: string;
  /** Global policies only. Absent: host endpoints are covered too. */
  readonly namespaceSelector?: string;
  readonly types: readonly Direction[];
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
  /** Global policies only: such a policy exists for host endpoints and not for pods. */
  readonly preDNAT?: boolean;
  readonly doNotTrack?: boolean;
  readonly applyOnForward?: boolean;
  /** Staged policies only. */
  readonly stagedAction?: StagedAction;
}

export type StagedAction = 'Set' | 'Delete' | 'Learn' | 'Ignore';

export interface CalicoRule {
  readonly action: 'Allow' | 'Deny' | 'Log' | 'Pass';
  readonly ipVersion?: 4 | 6;
  readonly protocol?: CalicoProtocol;
  readonly notProtocol?: CalicoProtocol;
  readonly icmp?: CalicoIcmp;
  readonly notICMP?: CalicoIcmp;
  readonly source: CalicoEntity;
  readonly destination: CalicoEntity;
  /** Present: what the rule allows is restricted further at layer 7. */
  readonly http?: Readonly<Record<string, unknown>>;
}

/** A name where there is one, else the number. */
export type CalicoProtocol = CalicoProtocolName | number;
export type CalicoProtocolName = 'TCP' | 'UDP' | 'ICMP' | 'ICMPv6' | 'SCTP' | 'UDPLite';

/** An absent member matches every value. */
export interface CalicoIcmp {
  readonly type?: number;
  readonly code?: number;
}

/** One side of a rule; everything that is present must match (policy semantics 3.5). */
export interface CalicoEntity {
  /** Canonical CIDRs of one family; empty: not asked for. */
  readonly nets: readonly string[];
  readonly notNets: readonly string[];
  readonly selector?: string;
  readonly notSelector?: string;
  readonly namespaceSelector?: string;
  readonly serviceAccounts?: { readonly names: readonly string[]; readonly selector?: string };
  /** The namespace is always written out. */
  readonly services?: { readonly name: string; readonly namespace: string };
  /** A number, `first:last`, or a name. */
  readonly ports: readonly (number | string)[];
  readonly notPorts: readonly (number | string)[];
}

export interface StoredTier {
  readonly metadata: StoredMetadata;
  readonly spec: {
    /** Absent: after every tier that has one. */
    readonly order?: number;
    readonly defaultAction: 'Deny' | 'Pass';
  };
}

/** A NetworkSet or GlobalNetworkSet. Its labels are what selectors match. */
export interface StoredNetworkSet {
  readonly metadata: StoredMetadata;
  readonly spec: { readonly nets: readonly string[] };
}

export interface StoredProfile {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly labelsToApply: Readonly<Record<string, string>>;
    readonly ingress: readonly CalicoRule[];
    readonly egress: readonly CalicoRule[];
  };
}

export interface StoredHostEndpoint {
  readonly metadata: StoredMetadata;
  readonly spec: {
    readonly node: string;
    /** `*`: every interface of the node. */
    readonly interfaceName?: string;
    readonly expectedIPs: readonly string[];
    readonly profiles: readonly string[];
    readonly ports: readonly { readonly name: string; readonly protocol: CalicoProtocol; readonly port: number }[];
  };
}

/** What a Kubernetes NetworkPolicy would do if it were there. */
export interface StoredStagedKubernetesPolicy {
  readonly metadata: StoredMetadata;
  readonly spec: StoredNetworkPolicy['spec'] & { readonly stagedAction: StagedAction };
}
