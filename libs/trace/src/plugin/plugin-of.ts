import type { ClusterModel, Dataplane } from '#model';
import { calicoPlugin } from './calico-plugin.js';
import { canalPlugin } from './canal-plugin.js';
import { flannelPlugin } from './flannel-plugin.js';
import { kubeRouterPlugin } from './kube-router-plugin.js';
import { otherPlugin } from './other-plugin.js';
import type { Plugin } from './plugin.js';

/** What the way of a packet hangs on in this cluster's network. */
export function pluginOf({ nodes }: ClusterModel, { network, podMtu }: Dataplane): Plugin {
  const { kind, flannel, calico, kubeRouter } = network;
  if (kind === 'flannel' && flannel !== null) return flannelPlugin(network, nodes, podMtu.value);
  if (kind === 'canal' && flannel !== null) return canalPlugin(network, nodes, podMtu.value);
  if (kind === 'calico' && calico !== null) return calicoPlugin(network, podMtu.value);
  if (kind === 'kube-router' && kubeRouter !== null) return kubeRouterPlugin(network, nodes, podMtu.value);
  return otherPlugin(network, podMtu.value);
}
