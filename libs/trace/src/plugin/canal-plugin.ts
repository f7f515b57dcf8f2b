import { nodeAddress } from '#dataplane';
import type { FlannelNetwork, Network, Node, Pod } from '#model';
import { caliLink } from './cali-link.js';
import { FlannelPlugin } from './flannel-plugin.js';
import type { ChosenSource, Plugin, PodLink, Way } from './plugin.js';

/** Calico's links and policies, flannel's way between nodes (dataplane C.0, C.2). */
export function canalPlugin(network: Network, nodes: readonly Node[], podMtu: number | null): Plugin {
  return new CanalPlugin(network, network.flannel as FlannelNetwork, nodes, podMtu);
}

class CanalPlugin extends FlannelPlugin {
  override readonly name = 'canal';

  override link(pod: Pod): PodLink {
    return {
      podDevice: 'eth0',
      ...caliLink(this.network.calico?.interfacePrefix ?? 'cali', pod),
      bridge: null,
      mtu: this.podMtu,
    };
  }

  override sourceOfNode(node: Node, way: Way | null, family: 'IPv4' | 'IPv6'): ChosenSource {
    // A cali device has no address: the kernel takes another one of the node's, as a rule its primary address.
    return way === null
      ? { address: nodeAddress(node, family), by: 'the kernel picks the address of the node' }
      : super.sourceOfNode(node, way, family);
  }

  /** There is no bridge plugin that would translate where flanneld does not. */
  protected override masqueradedByPlugin(): null {
    return null;
  }

  override refusesOwnNode(): string | null {
    return this.network.calico?.endpointToHostAction.value === 'Drop'
      ? 'ENDPOINT_TO_HOST_DROP: DefaultEndpointToHostAction is Drop'
      : null;
  }

  override hairpin(node: Node, _pod: Pod, _annotated: boolean, vip: string): ChosenSource {
    return {
      address: nodeAddress(node, vip.includes(':') ? 'IPv6' : 'IPv4'),
      by: 'kube-proxy masquerades a pod that reaches itself',
    };
  }
}
