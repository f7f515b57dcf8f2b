import type { Node, Pod, Provenance } from '#model';
import type { Delivery, Encapsulation } from '../trace.js';

/** How a pod hangs on its node. */
export interface PodLink {
  readonly podDevice: string;
  readonly hostDevice: string;
  readonly hostDeviceSource: 'derived' | 'random';
  /** Null where the host routes to each pod. */
  readonly bridge: string | null;
  readonly mtu: number | null;
  /** The device through which the node itself speaks to its pods; absent: the bridge, or none. */
  readonly gateway?: string;
  /** Whether packets of pods go through that device as well when they leave without a tunnel. */
  readonly leavesByGateway?: boolean;
}

/** A tunnel between two nodes. */
export interface Tunnel {
  /** Null where the kernel wraps packets without a device (IPsec). */
  readonly device: string | null;
  /** Name of the device at the other end. */
  readonly peerDevice: string | null;
  readonly encap: Encapsulation;
  readonly mtu: number | null;
  /** Handled by a process on each node and not by the kernel. */
  readonly userspace?: string;
}

/** One way from node to node; where nothing decides, there are several. */
export interface Way {
  /** What decides for this way; null where nothing has to. */
  readonly when: string | null;
  readonly delivery: Exclude<Delivery, 'blockedByPolicy'>;
  readonly reason: string | null;
  /** Null: packets leave as they are. */
  readonly tunnel: Tunnel | null;
  /** Whether a router is on the way; null: nobody knows. */
  readonly routed: boolean | null;
  /** Whether pods of both nodes are on one layer 2 network, so that no host forwards the packet. */
  readonly isBridged?: boolean;
  readonly assumptions: readonly { readonly name: string; readonly value: string; readonly provenance: Provenance }[];
}

/** An address that a node gives to packets, with the reason. */
export interface ChosenSource {
  /** Null where nobody knows it. */
  readonly address: string | null;
  readonly by: string;
  /** Why nobody knows whether the node does so at all; absent where it does. */
  readonly doubt?: string;
}

/** Where a packet of a pod goes. */
export interface Target {
  readonly address: string | null;
  readonly isNode: boolean;
  /** How it gets to another node; null where it stays, or leaves the cluster. */
  readonly way: Way | null;
}

/** What is particular to a network: the rest of a trace is the same for all. Every function is pure. */
export interface Plugin {
  readonly name: string;
  link(pod: Pod): PodLink;
  /** Ways of a packet from one node to another, to a pod's address there. Never empty. */
  ways(from: Node, to: Node, destination: string | null): readonly Way[];
  /** The address the kernel of a node gives to what the node itself sends to a pod (null: on the node itself). */
  sourceOfNode(node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource;
  /** What a pod's source becomes when its packet leaves the node; null: it stays. */
  sourceOfPod(node: Node, source: string | null, target: Target): ChosenSource | null;
  /** Whether a pod gets through to its own node's processes; null: yes. */
  refusesOwnNode(): string | null;
  /** Whether a pod gets back to itself through a Service: what it sees as its peer, or why not. */
  hairpin(node: Node, pod: Pod, annotated: boolean, vip: string): ChosenSource | { readonly refused: string };
}
