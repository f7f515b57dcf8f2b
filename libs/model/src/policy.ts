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
 * by ascending `order`.
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
   * `Union`: every policy only allows and the result is their union, so order means nothing (NetworkPolicy).
   * `FirstMatch`: rules are tried in order and the first that matches decides.
   */
  readonly evaluation: 'Union' | 'FirstMatch';
  /** Whether the exemptions of the NetworkPolicy API (own node, hairpin) apply to this tier (policy semantics 1.2, 2). */
  readonly exemptions: 'NetworkPolicy' | 'None';
}

/** The tier of networking.k8s.io/v1 NetworkPolicy. Admin tiers have a lower order, Baseline tiers a higher one. */
export const networkPolicyTier: Tier = {
  name: 'NetworkPolicy',
  order: 1_000_000,
  unmatched: 'Isolate',
  evaluation: 'Union',
  exemptions: 'NetworkPolicy',
};

/** Which namespaces a selection looks into: one by name, or those whose labels match. */
export type NamespaceScope =
  { readonly kind: 'Named'; readonly name: string } | { readonly kind: 'Selected'; readonly selector: Selector };

/** Pods in the namespaces of a scope whose labels match. */
export interface PodSelection {
  readonly namespaces: NamespaceScope;
  readonly pods: Selector;
}

/** One party that a rule speaks of. */
export type RulePeer =
  | ({ readonly kind: 'Pods' } & PodSelection)
  | {
      /** `ipBlock`: addresses inside `cidr` and in none of `except`. All canonical, of one family, host bits masked. */
      readonly kind: 'Addresses';
      readonly family: Family;
      readonly cidr: string;
      readonly except: readonly string[];
    };

/** One entry of a rule's port list. */
export type RulePort =
  | { readonly kind: 'Range'; readonly protocol: PortProtocol; readonly first: number; readonly last: number }
  /** Resolved on the destination pod of the connection, in both directions. */
  | { readonly kind: 'Named'; readonly protocol: PortProtocol; readonly name: string };

/** One rule: peers AND ports. */
export interface PolicyRule {
  readonly action: Action;
  /** Null: every peer (pods, nodes, addresses). A list is never empty. */
  readonly peers: readonly RulePeer[] | null;
  /** Null: every protocol and port. A list is never empty. */
  readonly ports: readonly RulePort[] | null;
}

/** Any policy kind in one shape, with every default explicit. What kind an object was is only in its `ref`. */
export interface Policy {
  readonly ref: ObjectRef;
  readonly tier: Tier;
  readonly order: number;
  readonly subject: PodSelection;
  /** Directions in which the policy applies to its subjects (for NetworkPolicy: its effective `policyTypes`). */
  readonly directions: readonly Direction[];
  /** Rules in the order of the object, so that an index here is the index in its spec. */
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
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
    | { readonly kind: 'Nodes' }
    | { readonly kind: 'Nothing' };
  /** Who acts on the object. An engine that is known to be absent from the cluster cannot change anything. */
  readonly actedOnBy: 'kubernetes' | 'calico' | 'cilium' | 'antrea' | 'multus';
}
