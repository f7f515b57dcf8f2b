import type { Network, NetworkBackend, NetworkCapacity } from './network.js';
import type { ObjectRef } from './object-ref.js';
import type { PolicySemantics } from './policy-semantics.js';

/** Where a value comes from (dataplane 0.1). */
export type Provenance = 'observed' | 'derived' | 'assumed' | 'configured';

/** A value that says where it comes from. */
export interface Sourced<T> {
  readonly value: T;
  readonly provenance: Provenance;
  readonly from?: ObjectRef;
}

/** Whether policies are enforced: `partial` where it differs between nodes or a daemon is not ready. */
export type Enforcement = 'yes' | 'partial' | 'no' | 'unknown';

/** Which network a cluster runs, as far as its objects tell. */
export interface Dataplane {
  /** Provider of pod networking: `flannel`, `calico`, `canal`, `canal-split`, `kube-router`, `cilium`, …, `ambiguous`, `unknown`. */
  readonly primary: Sourced<string>;
  /** Provider of NetworkPolicy: `none`, `calico`, `kube-router`, `kube-network-policies`, `cilium`, …, `unknown`. */
  readonly policyEngine: Sourced<string>;
  /** Every network that left a trace, the strongest first; parts that only enforce policies are among them. */
  readonly candidates: readonly NetworkCandidate[];
  readonly enforcement: Sourced<Enforcement>;
  readonly proxy: Sourced<string>;
  /** How traffic between nodes is carried; null where nobody knows. */
  readonly backend: Sourced<NetworkBackend | null>;
  /** MTU of pod interfaces in bytes; null where nobody knows. */
  readonly podMtu: Sourced<number | null>;
  readonly capacity: Sourced<NetworkCapacity | null>;
  readonly podCidrs: Sourced<readonly string[]>;
  readonly serviceCidrs: Sourced<readonly string[]>;
  /** What the way of a packet is worked out from. */
  readonly network: Network;
  /** By node name; only nodes of the snapshot. */
  readonly perNode: readonly NodeDataplane[];
  /** The knob settings that this network is known to have. */
  readonly semantics: Sourced<PolicySemantics>;
  /** Who serves Ingresses, Routes and Gateways, where a user has said it; else it is looked for in the snapshot. */
  readonly ingressControllers: readonly ConfiguredController[];
  /** Sentences about what was assumed, for `assumptions` of an answer. */
  readonly assumptions: readonly Assumption[];
}

/** A workload or pod of which a user has said that it serves a class of Ingresses or Gateways; all classes for null. */
export interface ConfiguredController {
  readonly className: string | null;
  readonly namespace: string;
  readonly name: string;
}

export interface NodeDataplane {
  readonly node: string;
  readonly primary: string;
  readonly policyEngine: string;
  readonly enforcement: Enforcement;
}

/** One part of a network that objects of the snapshot speak of. */
export interface NetworkCandidate {
  readonly name: string;
  /** Sum of its signals; 3 and more decides, less only corroborates. */
  readonly score: number;
  /** `running`, `policyOnly` (on somebody else's network), `leftover` (nothing of it runs). */
  readonly state: 'running' | 'policyOnly' | 'leftover';
  /** What shows it, strongest first. */
  readonly signals: readonly { readonly signal: string; readonly score: number; readonly from?: ObjectRef }[];
}

/** One thing an answer rests on that the snapshot does not show, or shows only indirectly. */
export interface Assumption {
  readonly name: string;
  readonly value: string;
  readonly provenance: Provenance;
}
