import type { Family } from './address.js';
import type { Selector } from './labels.js';
import type { ObjectRef } from './object-ref.js';

/** The side of a connection on which a rule is checked: `Egress` at its source, `Ingress` at its destination. */
export type Direction = 'Ingress' | 'Egress';

/** What a matching rule does. `Pass` leaves the tier; `Log` goes on with the next rule. Upstream's `Accept` is `Allow`. */
export type Action = 'Allow' | 'Deny' | 'Pass' | 'Log';

/** Protocols that have ports. */
export type PortProtocol = 'TCP' | 'UDP' | 'SCTP';

/**
 * A group of policies that is evaluated as one step. Tiers are evaluated by ascending `order`; inside a tier, policies
 * by ascending `order`. What no tier decides is allowed.
 */
export interface Tier {
  readonly name: string;
  readonly order: number;
  /**
   * What happens to a pod that some policy of the tier applies to when no rule matches: `Isolate` denies (the
   * NetworkPolicy tier, and Calico's Deny), `Fallthrough` goes on with the next tier (Admin and Baseline).
   */
  readonly unmatched: 'Isolate' | 'Fallthrough';
  /**
   * `Union`: order means nothing. What some rule denies is denied; else what some rule allows is allowed (NetworkPolicy,
   * which only allows, and Cilium).
   * `FirstMatch`: rules are tried in order and the first that matches decides.
   */
  readonly evaluation: 'Union' | 'FirstMatch';
  /**
   * Policies of equal order under `FirstMatch`: `Ambiguous` where nobody knows which goes first, so that rules which
   * contradict each other leave the connection unknown (policy semantics 2.1); `ByName` where names decide.
   */
  readonly ties: 'Ambiguous' | 'ByName';
  /**
   * Whether the knobs of `PolicySemantics` apply to this tier, with the exemptions behind them (own node, hairpin), only
   * that of the hairpin, or none of them (policy semantics 6.2). `initContainerPorts` applies to every tier.
   */
  readonly knobs: 'NetworkPolicy' | 'Hairpin' | 'None';
}

/** The tier of networking.k8s.io/v1 NetworkPolicy. */
export const networkPolicyTier: Tier = {
  name: 'NetworkPolicy',
  order: 1_000_000,
  unmatched: 'Isolate',
  evaluation: 'Union',
  ties: 'ByName',
  knobs: 'NetworkPolicy',
};

/** The tier of AdminNetworkPolicy and of ClusterNetworkPolicy with tier Admin: before every NetworkPolicy. */
export const adminTier: Tier = {
  name: 'Admin',
  order: 1_000,
  unmatched: 'Fallthrough',
  evaluation: 'FirstMatch',
  ties: 'Ambiguous',
  knobs: 'None',
};

/** The tier of BaselineAdminNetworkPolicy and of ClusterNetworkPolicy with tier Baseline: for pods nobody isolates. */
export const baselineTier: Tier = { ...adminTier, name: 'Baseline', order: 10_000_000 };

/** Which namespaces a selection looks into: one by name, or those whose labels match. */
export type NamespaceScope =
  { readonly kind: 'Named'; readonly name: string } | { readonly kind: 'Selected'; readonly selector: Selector };

/** Pods in the namespaces of a scope whose labels match. */
export interface PodSelection {
  readonly namespaces: NamespaceScope;
  readonly pods: Selector;
}

/**
 * Whom a rule speaks of: one plain statement, or statements joined. A pod is tested by its class, everything by its
 * address, so that any of these comes down to classes and address blocks.
 */
export type RulePeer =
  | PeerStatement
  /** Whoever all of these speak of; never empty. */
  | { readonly kind: 'All'; readonly of: readonly RulePeer[] }
  /** Whoever this does not speak of, addresses and nodes included. */
  | { readonly kind: 'Not'; readonly of: RulePeer };

export type PeerStatement =
  | ({ readonly kind: 'Pods' } & PodSelection)
  | {
      /**
       * Addresses inside some of `cidrs` and in none of `except`: an `ipBlock`, or a list of networks. All canonical,
       * host bits masked. Under the knobs of NetworkPolicy they match pods only if `podIpInIpBlock` says so.
       */
      readonly kind: 'Addresses';
      readonly cidrs: readonly string[];
      readonly except: readonly string[];
    }
  /** The addresses of nodes whose labels match, and so the hostNetwork pods there. */
  | { readonly kind: 'Nodes'; readonly nodes: Selector }
  /** Addresses that no pod and no node of the snapshot has. */
  | { readonly kind: 'External' }
  /**
   * The node that the subject runs on, and the hostNetwork pods there; of rules for egress only, since a pod lets its own
   * node in before any rule.
   */
  | { readonly kind: 'OwnNode' }
  /**
   * A condition that a snapshot does not show, such as what a domain name resolves to: it may hold or not, for each
   * peer, and what depends on it is unknown. `what` says so in words. With `sourcePorts` it is that the connection comes
   * from one of these ports, which a question may state.
   */
  | { readonly kind: 'Undecidable'; readonly what: string; readonly sourcePorts?: readonly PortSpan[] };

/** Ports from the first to the last, both included. */
export interface PortSpan {
  readonly first: number;
  readonly last: number;
}

/** One entry of a rule's port list. */
export type RulePort =
  | { readonly kind: 'Range'; readonly protocol: PortProtocol; readonly first: number; readonly last: number }
  /**
   * Resolved on the destination pod of the connection, in both directions. Without a protocol it stands for every port
   * of that name that the pod declares, under the protocol the pod declares it with.
   */
  | { readonly kind: 'Named'; readonly protocol: PortProtocol | null; readonly name: string }
  /** ICMP of one family; null: every type, every code. A code needs a type. */
  | { readonly kind: 'Icmp'; readonly family: Family; readonly type: number | null; readonly code: number | null }
  /** A protocol without ports, by its IP protocol number; never one that the kinds above stand for. */
  | { readonly kind: 'Protocol'; readonly number: number };

/** One rule: peers AND ports. */
export interface PolicyRule {
  readonly action: Action;
  /**
   * The number of the rule in its object's list; absent: its place in this list. Neighbours of one number are one rule of
   * the object, which says several things.
   */
  readonly number?: number;
  /** Of the policy's subjects it is a rule for those whose labels match; absent: for all. */
  readonly subject?: Selector;
  /** Null: every peer (pods, nodes, addresses). Empty: nobody, for a rule that fails closed (policy semantics 2.4). */
  readonly peers: readonly RulePeer[] | null;
  /** Null: every protocol and port. A list is never empty. */
  readonly ports: readonly RulePort[] | null;
  /** Taken out of `ports`; absent: nothing. */
  readonly exceptPorts?: readonly RulePort[];
  /**
   * Kinds of rules of layer 7 that restrict further what an Allow allows (`http`, `dns`, …), sorted; absent: none. They
   * decide no verdict.
   */
  readonly layer7?: readonly string[];
  /** Where the object has the rule, if it has several lists for one direction; absent: at this index of its only list. */
  readonly at?: RulePlace;
}

/** A place in an object. */
export interface RulePlace {
  /** Path of the list: `spec.ingressDeny`, `specs[1].egress`. */
  readonly list: string;
  /** Index in the list. */
  readonly number: number;
}

/**
 * Any policy kind in one shape, with every default explicit. What kind an object was is only in its `ref`. An object that
 * says different things to different subjects is several policies with one ref.
 */
export interface Policy {
  readonly ref: ObjectRef;
  readonly tier: Tier;
  /** Lower goes first; means nothing where the tier's evaluation is `Union`. */
  readonly order: number;
  readonly subject: PodSelection;
  /** Directions in which the policy applies to its subjects (for NetworkPolicy: its effective `policyTypes`). */
  readonly directions: readonly Direction[];
  /** Those of `directions` in which it isolates its subjects, if its tier does; absent: all. */
  readonly isolates?: readonly Direction[];
  /** Rules in the order of the object, so that an index here is the index in its spec unless a rule says where it is. */
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
}

/** Whether a policy, by applying to a pod in a direction, isolates it. */
export function isIsolating({ tier, directions, isolates = directions }: Policy, direction: Direction): boolean {
  return tier.unmatched === 'Isolate' && isolates.includes(direction);
}

/** A policy for secondary networks, in the shape of all: of the cluster's own network it says nothing (dataplane D.4). */
export interface SecondaryPolicy {
  readonly policy: Policy;
  /** `namespace/name` of the network attachments that it is for, sorted. */
  readonly networks: readonly string[];
}

/** The plain statements of peers, however deep they are joined. */
export function peerStatements(peers: readonly RulePeer[] | null): readonly PeerStatement[] {
  if (peers === null) return [];
  if (peers.every(isStatement)) return peers;
  return peers.flatMap((peer) =>
    peer.kind === 'All' ? peerStatements(peer.of) : peer.kind === 'Not' ? peerStatements([peer.of]) : [peer],
  );
}

function isStatement(peer: RulePeer): peer is PeerStatement {
  return peer.kind !== 'All' && peer.kind !== 'Not';
}

/**
 * An object of a kind that can change a verdict and that this version does not model (or, with `strict=false`, a
 * policy that could not be understood). Verdicts inside its scope are `unknown` and name it.
 */
export interface NotUnderstood {
  readonly ref: ObjectRef;
  /** Whose traffic it may change: pods of one namespace, of all namespaces (null), node traffic, or nobody's. */
  readonly scope:
    | { readonly kind: 'Pods'; readonly namespace: string | null }
    | {
        readonly kind: 'Nodes';
        /** The nodes by name; absent: all. */
        readonly nodes?: readonly string[];
        /** At their side of a connection: `Ingress` of what goes to them; absent: both. */
        readonly directions?: readonly Direction[];
      }
    | { readonly kind: 'Nothing' };
  /** Who acts on the object. An engine that is known to be absent from the cluster cannot change anything. */
  readonly actedOnBy: 'kubernetes' | 'calico' | 'cilium' | 'antrea' | 'multus';
}
