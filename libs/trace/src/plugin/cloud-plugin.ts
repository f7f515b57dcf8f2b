import type { Network, Node, Pod } from '#model';
import { asNodesDo } from './as-nodes-do.js';
import type { ChosenSource, Plugin, PodLink, Target, Way } from './plugin.js';
import { overFabric } from './ways.js';

/** Azure CNI and GKE: the cloud carries pod addresses, and what of it is set up how no object shows. */
export function cloudPlugin(network: Network, podMtu: number | null): Plugin {
  const { kind, masqueradeAgent } = network;
  const reason = `CLOUD_ROUTES: the cloud carries pod addresses (${kind}), and no object shows its routes and rules`;
  return {
    name: kind,
    link: (_pod: Pod): PodLink => ({
      podDevice: 'eth0',
      hostDevice: kind === 'azure-cni' ? 'azv…' : 'gke…',
      hostDeviceSource: 'random',
      bridge: null,
      mtu: podMtu,
    }),
    ways: (): readonly Way[] => [overFabric(network, reason)],
    sourceOfPod: (_node: Node, _source: string | null, { address, isNode, way }: Target): ChosenSource | null => {
      // Where the agent runs, translating is its business alone.
      if (masqueradeAgent !== null || way !== null || isNode || address === null) return null;
      const doubt = 'MASQUERADE_UNDECIDED: no ip-masq-agent runs, and no object shows whether the node translates';
      return { address: null, by: 'rules of the node’s image', doubt };
    },
    ...asNodesDo,
  };
}
