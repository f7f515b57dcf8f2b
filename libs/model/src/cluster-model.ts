import type { Family } from './address.js';
import type { Entry } from './entry.js';
import type { Labels, Selector } from './labels.js';
import type { NotUnderstood, Policy, PortProtocol, SecondaryPolicy } from './policy.js';
import type { ObjectRef } from './object-ref.js';
import type { PodSequence } from './pods/pod-sequence.js';
import type { SnapshotInfo } from './snapshot-info.js';

/**
 * One cluster at one time, normalised: every default explicit, every list sorted by its stated key, names resolved,
 * secrets gone. Immutable. Everything that answers questions reads this and nothing else.
 */
export interface ClusterModel {
  /** By name. Namespaces that are used but were not in the input are here too, marked `implicit`. */
  readonly namespaces: readonly Namespace[];
  /** By name. */
  readonly nodes: readonly Node[];
  /** By namespace, then name. Pods made from templates are among them, marked `origin: 'Template'`. */
  readonly pods: PodSequence;
  /** By namespace, kind, name. A pod without an owner is not in the list: it is its own workload of kind `Pod`. */
  readonly workloads: readonly Workload[];
  /** By namespace, then name. */
  readonly services: readonly Service[];
  /** What Ingresses, Routes and Gateways let in; by ref, then Gateway. */
  readonly entries: readonly Entry[];
  /** By namespace (cluster-scoped ones first), then name, then ref. */
  readonly policies: readonly Policy[];
  /** By ref. They are no part of what is compiled. */
  readonly secondaryPolicies: readonly SecondaryPolicy[];
  /** By ref. */
  readonly notUnderstood: readonly NotUnderstood[];
  /** DaemonSets, Deployments and ConfigMaps that tell which network this is; by ref. */
  readonly components: readonly Component[];
  /** Objects that tell how the network is set up (IP pools, network attachments, …); by ref. */
  readonly networkObjects: readonly NetworkObject[];
  readonly info: SnapshotInfo;
}

export interface Namespace {
  readonly name: string;
  /** `kubernetes.io/metadata.name` is always the real name, whatever was stored (policy semantics 0). */
  readonly labels: Labels;
  readonly implicit: boolean;
}

export interface Node {
  readonly name: string;
  readonly labels: Labels;
  /** Those that dataplane detection reads, from one allow-list; redacted. */
  readonly annotations: Labels;
  /** InternalIP and ExternalIP addresses in canonical text, in the order of the object, without repetition. */
  readonly addresses: readonly string[];
  readonly podCidrs: readonly string[];
  readonly kubeletVersion: string | null;
  /** By `status.nodeInfo`, else by its label; Linux where neither says. */
  readonly operatingSystem: 'linux' | 'windows';
  readonly providerId: string | null;
  readonly ready: boolean | null;
  /** `status.allocatable.pods`; null where it is not said. */
  readonly allocatablePods: number | null;
  /** Reasons and network complaints of the Ready and NetworkUnavailable conditions, by type. */
  readonly conditions: readonly NodeCondition[];
}

export interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  /** Only what it says of a missing network; empty otherwise. */
  readonly message: string;
}

/** Which kind of container declares a port: named ports of init containers count only under a knob. */
export type ContainerKind = 'Container' | 'Sidecar' | 'Init';

export interface ContainerPort {
  /** Null where the port has no name. */
  readonly name: string | null;
  readonly protocol: PortProtocol;
  readonly port: number;
  readonly hostPort: number | null;
  /** The node's address at which the host port listens, canonical; null: all of them, or no host port. */
  readonly hostIp: string | null;
  readonly declaredBy: ContainerKind;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  /** Canonical text, at most one per family; empty where none is assigned. For hostNetwork pods the node's are used. */
  readonly addresses: readonly string[];
  readonly node: string | null;
  readonly hostNetwork: boolean;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** The Ready condition; a pod made from a template counts as ready. */
  readonly ready: boolean;
  readonly serviceAccount: string;
  /** In the order of the object: containers, then init containers. Equal lists are one shared list. */
  readonly ports: readonly ContainerPort[];
  /** The workload at the top of its chain of owners; null for a pod that stands for itself. */
  readonly workload: WorkloadRef | null;
  /** Those that tell secondary networks and Calico's address, from one allow-list. */
  readonly annotations: Labels;
  /** `Template`: made from a workload's template because no pod of it is in the input; live, its address unknown. */
  readonly origin: 'Observed' | 'Template';
}

export interface WorkloadRef {
  /** API group: `apps`, `batch`, `""`, or that of a custom controller. */
  readonly group: string;
  /** `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `ReplicationController`, `Job`, `CronJob`, or a custom controller's kind. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Workload extends WorkloadRef {
  /** Desired replicas; null where the kind has none (DaemonSet, CronJob) or the object was not in the input. */
  readonly replicas: number | null;
  /** False where only pods that name it as their owner were in the input. */
  readonly observed: boolean;
}

export interface ServicePort {
  readonly name: string | null;
  readonly protocol: PortProtocol;
  readonly port: number;
  /** A number, a container port's name, or null: the same number as `port`. */
  readonly targetPort: number | string | null;
  readonly nodePort: number | null;
}

export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly headless: boolean;
  /** Canonical text; empty for headless and ExternalName services, and where none is known. */
  readonly clusterIps: readonly string[];
  /** Families in which the Service is reached and has backends; null where the input does not tell. */
  readonly families: readonly Family[] | null;
  readonly externalIps: readonly string[];
  readonly loadBalancerIps: readonly string[];
  /** Those of them at which a load balancer opens connections of its own (`ipMode: Proxy`): no node answers there. */
  readonly proxiedLoadBalancerIps: readonly string[];
  readonly externalName: string | null;
  /** Null where the Service selects nothing and its backends come from slices only. Never empty. */
  readonly selector: Selector | null;
  readonly ports: readonly ServicePort[];
  readonly publishNotReadyAddresses: boolean;
  readonly internalTrafficPolicy: 'Cluster' | 'Local';
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  /** Where a balancer asks a node for backends of its own; null where it cannot. */
  readonly healthCheckNodePort: number | null;
  readonly loadBalancerSourceRanges: readonly string[];
  readonly sessionAffinity: 'None' | 'ClientIP';
  /** Those that change how a proxy treats the Service, from one allow-list. */
  readonly annotations: Labels;
  /** Addresses that a controller wrote for this Service; null where the input has no slice or Endpoints for it. */
  readonly slices: readonly BackendSlice[] | null;
}

/** One EndpointSlice, or one subset of a legacy Endpoints object. */
export interface BackendSlice {
  readonly ports: readonly {
    readonly name: string | null;
    readonly protocol: PortProtocol;
    readonly port: number | null;
  }[];
  readonly backends: readonly {
    readonly address: string;
    readonly ready: boolean;
    /** It is ending and still answers: proxies fall back on it where no other backend is ready. */
    readonly terminating: boolean;
    readonly node: string | null;
    /** Zones whose clients are to be sent to it; empty where the controller gave no hint. */
    readonly zones: readonly string[];
  }[];
}

/** An object that tells how the network is set up, reduced to the members of `spec` that are read. */
export interface NetworkObject {
  readonly ref: ObjectRef;
  readonly annotations: Labels;
  /** As it was written; whoever reads it checks the types. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A controller, static pod or ConfigMap that dataplane detection reads, reduced to what its specification names. */
export interface Component {
  readonly ref: ObjectRef;
  readonly labels: Labels;
  readonly containers: readonly ComponentContainer[];
  /** ConfigMap keys that detection reads, redacted. */
  readonly data: Labels;
  /** For DaemonSets; null where the status is absent. */
  readonly desired: number | null;
  readonly ready: number | null;
}

export interface ComponentContainer {
  readonly name: string;
  /** Repository and tag as written. */
  readonly image: string;
  readonly init: boolean;
  /** Command followed by arguments, `$(NAME)` resolved where the value is kept; only names on the allow-list. */
  readonly args: readonly string[];
  readonly env: Labels;
}
