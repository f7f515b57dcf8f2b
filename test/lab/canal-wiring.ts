import type { Cluster } from '#engine';
import type { Pod } from '#model';
import { FlannelWiring } from './flannel-wiring.js';
import { podLinks } from './pod-links.js';
import type { NetnsOf, Wiring } from './wiring.js';

/** flanneld between nodes, and Calico's plugin at pods. */
export function canalWiring(cluster: Cluster, netnsOf: NetnsOf): Wiring {
  return new CanalWiring(cluster, netnsOf);
}

class CanalWiring extends FlannelWiring {
  override readonly podPrefix = 32;

  override pod(pod: Pod): void {
    const { network, podMtu } = this.cluster.dataplane;
    podLinks.routed(this.netnsOf(pod.node as string), this.netnsOf(`${pod.namespace}/${pod.name}`), pod, {
      prefix: network.calico?.interfacePrefix ?? 'cali',
      mtu: podMtu.value as number,
    });
  }

  /** There is none: pods are routed to. */
  protected override bridge(): void {
    return;
  }

  protected override pluginMasquerades(): readonly string[] {
    return [];
  }
}
