import type { ConnectivityEnd } from '../connectivity/connectivity.js';
import type { Reason } from '../query/reason.js';
import type { ConnectionsView } from '../query/verdict.js';

/** A way by which the outside comes to pods. */
export type ExposureWay =
  /** At the pods' own addresses, or at those of the nodes whose network they use. */
  | { readonly kind: 'Address' | 'HostNetwork' }
  /** At a port of their nodes that is theirs. */
  | { readonly kind: 'HostPort'; readonly port: number }
  | {
      readonly kind: 'Service';
      readonly namespace: string;
      readonly name: string;
      readonly type: 'LoadBalancer' | 'NodePort' | 'ClusterIP';
      /** External addresses and those of load balancers, sorted. */
      readonly addresses: readonly string[];
    }
  | {
      /** `Ingress`, `Route`, or a kind of route of the Gateway API. */
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
      /** `namespace/name`; absent where the kind has none. */
      readonly gateway?: string;
      /** Sorted; none means every host. */
      readonly hosts: readonly string[];
    };

/** What the outside may open to one workload by one way: ports are those of its pods. */
export interface ExposureItem {
  readonly workload: ConnectivityEnd;
  readonly via: ExposureWay;
  readonly connections: ConnectionsView;
  /** Not from every address outside, not at every port where this way is entered, or not to every pod that it leads to. */
  readonly some?: true;
  /** Connections of which nobody knows. */
  readonly unknown?: ConnectionsView;
  /** What this way leads to and policies keep from everybody outside, with the reason for the first of its ports. */
  readonly blocked?: { readonly connections: ConnectionsView; readonly reason: Reason };
}
