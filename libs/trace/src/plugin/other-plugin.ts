import type { Network, Node, Pod } from '#model';
import { asNodesDo } from './as-nodes-do.js';
import type { ChosenSource, Plugin, PodLink, Target, Way } from './plugin.js';
import { plainWay } from './ways.js';

/** A network that is named and not modelled, or that nobody knows: the hops that every network has, and no promise. */
export function otherPlugin(network: Network, podMtu: number | null): Plugin {
  const what =
    network.kind === 'unknown'
      ? 'NETWORK_UNKNOWN: nothing shows which network carries pods'
      : `NETWORK_NOT_MODELLED: how ${network.kind} carries packets is not modelled`;
  return {
    name: network.kind,
    link: (_pod: Pod): PodLink => ({
      podDevice: 'eth0',
      hostDevice: 'veth…',
      hostDeviceSource: 'random',
      bridge: null,
      mtu: podMtu,
    }),
    ways: (): readonly Way[] => [{ ...plainWay, delivery: 'conditional', reason: what }],
    sourceOfPod: (_node: Node, _source: string | null, { address, way }: Target): ChosenSource | null =>
      way === null && address !== null
        ? { address: null, by: 'most networks translate what leaves the cluster', doubt: what }
        : null,
    ...asNodesDo,
  };
}
