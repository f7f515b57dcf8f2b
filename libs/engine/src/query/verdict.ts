import type { Assumption, Direction, Family, Knob, ObjectRef, PolicySemantics, Provenance } from '#model';
import type { ConsideredCode } from './considered-code.js';
import type { Reason } from './reason.js';

/** The final answer for a flow (design 4.2). */
export type FlowVerdict = 'allowed' | 'denied' | 'unknown' | 'notApplicable';

/** The answer for a set of flows: `mixed` where its members differ. */
export type VerdictWord = FlowVerdict | 'mixed';

/** `intended` is what the policies say, `effective` what this cluster does. */
export type Mode = 'intended' | 'effective';

/** A place where policy is checked, replayed for one flow. */
export interface Gate {
  readonly direction: Direction;
  readonly verdict: FlowVerdict;
  /** Whether some NetworkPolicy isolates the pod in this direction. */
  readonly isolated: boolean;
  /** The tier that decided, be it by isolating the pod; null where no tier did. */
  readonly tier: string | null;
  /**
   * Sorted by policy ref, then list and rule. Under `Union` every rule that matched, less those that allow what others
   * deny; under `FirstMatch` the one that decided, or several where policies of equal priority both do, or where
   * different ports are decided by different rules.
   */
  readonly decidedBy: readonly GateRule[];
  /** Policies that apply to the pod in this direction and did not decide, with the reason; sorted by ref. */
  readonly considered: readonly ConsideredPolicy[];
  /** Objects that could change this gate and are not understood. */
  readonly notUnderstood: readonly ObjectRef[];
  /** Kinds of rules of layer 7 (`http`, `dns`, …) that restrict what is allowed further, sorted; absent: none. */
  readonly restrictedAtL7?: readonly string[];
}

export interface ConsideredPolicy {
  readonly policy: ObjectRef;
  /** The tier in which the policy stands. */
  readonly tier: string;
  readonly code: ConsideredCode;
  /** The same in words, with the numbers of the rules concerned. */
  readonly why: string;
  /** Present where its tier isolates and the policy does not. */
  readonly isolates?: boolean;
}

export interface GateRule {
  readonly policy: ObjectRef;
  /** The list that holds the rule, where the object has several for a direction: `spec.ingressDeny`, `specs[1].egress`. */
  readonly list?: string;
  /** Index in that list, else in the policy's list of rules for this direction. */
  readonly rule: number;
  readonly action: string;
}

/** What a peer of the question turned out to be. */
export interface ResolvedPeer {
  /** `Pod`, a workload kind, `Service`, `Ingress`, `Route`, `Gateway`, a route's kind, `Node`, `Address`, `Cidr`, `Namespace`, `Internet`, `Pods`. */
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** Where the peer is something else than what was asked for: `the node of hostNetwork pod shop/agent`. */
  readonly note?: string;
}

/** Connections in the spelling of the contract (design 7). */
export interface ConnectionsView {
  readonly all: boolean;
  readonly protocols?: Readonly<Record<string, readonly string[]>>;
}

/** One flow that shows a verdict. */
export interface FlowExample {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number | null;
  readonly family: Family | null;
}

/** The verdict of one member of an answer: a Service port, a backend, a family. */
export interface VerdictPart {
  readonly verdict: VerdictWord;
  readonly reason: Reason;
}

/** The short answer: what batch questions get. */
export interface CompactVerdict {
  readonly verdict: VerdictWord;
  readonly reason: Reason;
}

/** The full answer to "may A reach B?". */
export interface Verdict extends CompactVerdict {
  readonly intended: VerdictWord;
  readonly effective: VerdictWord;
  readonly message: string;
  readonly resolved: { readonly from: ResolvedPeer; readonly to: ResolvedPeer };
  readonly protocol: string;
  /** As asked: a number, a range, a name; null for all ports and for ICMP. */
  readonly port: string | null;
  /** As asked; absent where any is meant. */
  readonly sourcePort?: number;
  /** Knobs that would flip the verdict if set to another of their words (policy semantics 6.2). */
  readonly implementationDefined: readonly Knob[];
  readonly assumptions: readonly Assumption[];
  /** Egress first: those of the flow, or of `example` where several flows agree. Empty where they differ. */
  readonly gates: readonly Gate[];
  /** Objects that could change the verdict and are not understood. */
  readonly notUnderstood: readonly ObjectRef[];
  /**
   * Kinds of rules of layer 7 that restrict further what is allowed, or some of it; sorted, absent where there are none.
   * Of a set or a Service: those of the flow whose gates are shown.
   */
  readonly restrictedAtL7?: readonly string[];
  /** For all ports or a range: what is allowed, denied, unknown; only words that occur. */
  readonly connections?: Readonly<Partial<Record<FlowVerdict, ConnectionsView>>>;
  /** Where families differ or both apply and nothing else differs. */
  readonly families?: Readonly<Partial<Record<Family, VerdictPart>>>;
  /** For sets: how many pairs have each word; pairs that are `notApplicable` are left out. */
  readonly counts?: Readonly<Partial<Record<VerdictWord, number>>>;
  /** For sets: one flow of each word that occurs. */
  readonly examples?: Readonly<Partial<Record<VerdictWord, FlowExample>>>;
  /** For a Service: one entry per Service port asked for, by protocol and port. */
  readonly ports?: readonly ServicePortVerdict[];
  /** For an Ingress, Route, Gateway or route: one for each of its entries, by ref, then Gateway. */
  readonly entries?: readonly EntryVerdict[];
  /** For a Service with one port asked for, and for a single entry. */
  readonly backends?: readonly BackendVerdict[];
  /** For a set or a Service that has exactly one word: the flow that shows it, whose gates these are. */
  readonly example?: FlowExample;
}

export interface ServicePortVerdict extends VerdictPart {
  readonly protocol: string;
  readonly port: number;
  readonly backends: readonly BackendVerdict[];
}

export interface BackendVerdict extends VerdictPart {
  /** Peer text: `pod:ns/name`, `node:name`, `ip:address`. */
  readonly backend: string;
  readonly port: number | null;
}

/** What becomes of clients of one Ingress, Route, or route at one Gateway. */
export interface EntryVerdict extends VerdictPart {
  readonly entry: ObjectRef;
  /** Null where it names none, or is of a kind that has none. */
  readonly gateway: ObjectRef | null;
  /** Sorted; none means every host. */
  readonly hosts: readonly string[];
  /** The pods that backends see as the source. */
  readonly controller: { readonly className: string | null; readonly pods: number; readonly provenance: Provenance };
  /** The way from the client to the controller; null where nothing is served. */
  readonly client: VerdictPart | null;
  readonly backends: readonly EntryBackendVerdict[];
}

/** What becomes of what a controller sends to one port of a Service. */
export interface EntryBackendVerdict extends VerdictPart {
  readonly target: ObjectRef;
  /** A number or name of the Service's; `target N` where its backends number it; null for all ports. */
  readonly port: string | null;
  /** Paths that lead there, sorted. */
  readonly paths: readonly string[];
  readonly backends: readonly BackendVerdict[];
}

/** A question, parsed and checked; see `parseVerdictQuestion`. */
export interface VerdictQuestion {
  readonly from: string;
  readonly to: string;
  readonly protocol: Protocol;
  /** False where the protocol is TCP because nothing was said; a Service without a port is then asked for all its ports. */
  readonly protocolGiven: boolean;
  /** Null: all ports. */
  readonly port: PortQuestion | null;
  /** The port the connection is opened from; null: any, which a rule that asks for one leaves undecided. */
  readonly sourcePort: number | null;
  readonly family: Family | null;
  readonly mode: Mode;
  /** Knobs that differ from those of the snapshot. */
  readonly semantics: Partial<PolicySemantics>;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP' | 'ICMP';

export type PortQuestion =
  | { readonly kind: 'Range'; readonly first: number; readonly last: number }
  | { readonly kind: 'Name'; readonly name: string };
