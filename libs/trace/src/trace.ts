import type { Gate, Verdict } from '#engine';
import type { Provenance } from '#model';

/** What becomes of packets: `conditional` hangs on something that no object shows, and `when` or `reasons` say on what. */
export type Delivery = 'delivered' | 'blockedByPolicy' | 'unreachable' | 'conditional' | 'unknown';

/** The way of a flow, with the verdict it belongs to (design 7, dataplane C). */
export interface Trace extends Verdict {
  /** That of all routes together: theirs where they agree, else `conditional`; of several connections the worst. */
  readonly delivery: Delivery;
  /** One per backend, per network that both ends share, and per branch that nothing decides. */
  readonly routes: readonly Route[];
  /** How many routes there are; more than are shown where a Service has very many backends. */
  readonly routesTotal: number;
  /** What to do where packets do not arrive; null where they do. */
  readonly suggestion: string | null;
}

export interface Route {
  /** `always`, `backend 10.244.2.7:5432`, or what decides this branch. */
  readonly when: string;
  /** `default`, or `namespace/name` of a network attachment. */
  readonly network: string;
  /**
   * 1; 2 for what the controller of an Ingress, Route or Gateway opens to a backend on behalf of the client; 0 for the look-up
   * of the name that was asked for, which comes before.
   */
  readonly connection: 0 | 1 | 2;
  readonly delivery: Delivery;
  /** Stable codes with what they speak of: `HOST_GW_NOT_ADJACENT: node-1 and node-2 …`. */
  readonly reasons: readonly string[];
  /** Source address where ingress policy is checked; null where nobody knows or nothing arrives. */
  readonly sourceSeenByPolicy: string | null;
  /** Source address that the receiving socket sees. */
  readonly sourceSeenByPod: string | null;
  /** Largest packet, in bytes, that crosses the route in one piece; null where nobody knows. */
  readonly pathMtu: number | null;
  /** Times a host of the cluster forwards the packet at layer 3: by so much its TTL shrinks, routers of the fabric aside. */
  readonly forwards: number;
  readonly hops: readonly Hop[];
}

export type HopKind =
  | 'socket'
  | 'loopback'
  | 'podInterface'
  | 'hostVeth'
  | 'bridge'
  | 'routing'
  | 'policy'
  | 'nat'
  | 'tunnelDevice'
  | 'nic'
  | 'fabric'
  | 'vf'
  | 'embeddedSwitch'
  | 'lb'
  | 'proxy';

/** One device or step. Addresses are those of the (inner) packet as it leaves the hop. */
export interface Hop {
  /** From 1. */
  readonly n: number;
  /** Null where the hop is on no node, or on one that nobody knows. */
  readonly node: string | null;
  readonly netns: 'pod' | 'host' | 'none';
  /** Null for steps that are no device. */
  readonly device: string | null;
  readonly deviceNameSource: 'observed' | 'derived' | 'assumed' | 'random' | null;
  readonly kind: HopKind;
  readonly action: string;
  readonly encap: Encapsulation | null;
  readonly mtu: number | null;
  readonly source: string | null;
  readonly destination: string | null;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly nat?: Translation;
  readonly gate?: TracedGate;
}

export interface Encapsulation {
  readonly type: 'VXLAN' | 'IPIP' | 'WireGuard' | 'UDP' | 'FOU' | 'ESP' | 'Geneve' | 'GRE';
  readonly outerSource: string | null;
  readonly outerDestination: string | null;
  /** Null where the protocol has no ports. */
  readonly port: number | null;
  readonly overheadBytes: number;
}

export interface Translation {
  readonly type: 'DNAT' | 'SNAT';
  readonly before: Tuple;
  readonly after: Tuple;
  /** Who does it and why. */
  readonly by: string;
}

export interface Tuple {
  readonly source: string | null;
  readonly destination: string | null;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** A gate where the cluster's policy engine has it (dataplane C.9). */
export interface TracedGate extends Gate {
  readonly engine: string;
  /** Chain or hook. */
  readonly hook: string;
  readonly enforcement: 'enforced' | 'notEnforced' | 'unknown';
  /** What a denied client notices. */
  readonly denyAction: 'DROP' | 'REJECT';
  readonly seen: Tuple;
}

/** Where a value of a trace comes from, for `assumptions`. */
export interface TraceAssumption {
  readonly name: string;
  readonly value: string;
  readonly provenance: Provenance;
}
