import type { Family } from '#model';
import type { ConnectionsView, Mode, Protocol } from '../query/verdict.js';

/** What the ends of a row are. At every level address blocks are ends as well, and nodes where they are asked for. */
export type ConnectivityLevel = 'namespace' | 'workload' | 'class' | 'pod';

/** One end of a row. */
export type ConnectivityEnd =
  /** A pod, or a workload; a pod without an owner is its own workload. */
  | {
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
      /** Of workloads: those that are asked for, else those that the snapshot has. */
      readonly replicas?: number;
      /** Where it cannot be told from its node. */
      readonly hostNetwork?: true;
    }
  /** Pods of one namespace that no policy can tell apart, named after the first of them. */
  | {
      readonly kind: 'PodClass';
      readonly namespace: string;
      readonly name: string;
      readonly pods: number;
      readonly hostNetwork?: true;
    }
  | { readonly kind: 'Namespace'; readonly name: string; readonly pods: number }
  | { readonly kind: 'Node'; readonly name: string }
  /** Controllers of Ingresses, Routes and Gateways, all together; a source only. */
  | { readonly kind: 'IngressController'; readonly name: 'ingress-controller' }
  /** Addresses that lie in the same ipBlocks: `first-last` or one address, IPv4 first. */
  | { readonly kind: 'AddressBlock'; readonly ranges: readonly string[] };

/** What one end may open to another. */
export interface ConnectivityRow {
  readonly source: ConnectivityEnd;
  readonly destination: ConnectivityEnd;
  /** What every pair of members may do; with `some`, what at least one pair may do. */
  readonly connections: ConnectionsView;
  /** Connections of which nobody knows whether they belong to `connections`. */
  readonly unknown?: ConnectionsView;
  readonly some?: true;
}

/** A question about all connections of a snapshot, parsed and checked; see `parseConnectivityQuestion`. */
export interface ConnectivityQuestion {
  readonly level: ConnectivityLevel;
  /** Peers whose ends are kept; null: all. */
  readonly from: string | null;
  readonly to: string | null;
  /** Null: all. */
  readonly protocol: Protocol | null;
  readonly port: { readonly first: number; readonly last: number } | null;
  readonly family: Family | null;
  readonly mode: Mode;
  readonly includeNodes: boolean;
  /** Whether rows tell what controllers of Ingresses, Routes and Gateways may open. */
  readonly includeIngress?: true;
}
