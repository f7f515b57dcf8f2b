import type { Cluster } from '#engine';
import type { Node, Pod } from '#model';
import { calicoWiring } from './calico-wiring.js';
import { canalWiring } from './canal-wiring.js';
import { flannelWiring } from './flannel-wiring.js';
import { kubeRouterWiring } from './kube-router-wiring.js';
import type { Netns } from './netns.js';

/** Finds the network namespace of a node (`name`) or pod (`namespace/name`). */
export type NetnsOf = (key: string) => Netns;

/** Rules of iptables, `CHAIN …` each. */
export interface Rules {
  readonly nat: readonly string[];
  readonly filter: readonly string[];
}

/** What the daemons and the CNI plugin of a network program, written from what they do and not from what a trace says. */
export interface Wiring {
  /** Bridges and tunnel devices of a node, and its routes to the others. */
  node(node: Node): void | Promise<void>;
  /** A pod's link to its node; `number` is its own. */
  pod(pod: Pod, number: number): void;
  /** Rules of the nat table, behind those of the service proxy. */
  masquerades(node: Node): readonly string[];
  /** What the service proxy of this network programs. */
  services(node: Node): Rules;
  /** Length of the prefix of pods' addresses on their links. */
  readonly podPrefix: number;
}

export function wiringOf(cluster: Cluster, netnsOf: NetnsOf): Wiring {
  const { kind } = cluster.dataplane.network;
  const make = { calico: calicoWiring, canal: canalWiring, flannel: flannelWiring, 'kube-router': kubeRouterWiring }[
    kind
  ];
  if (make === undefined) throw new Error(`the lab does not know how to wire ${kind}`);
  return make(cluster, netnsOf);
}
