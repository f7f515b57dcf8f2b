import type { ClusterModel, Dataplane } from '#model';
import { antreaPlugin } from './antrea-plugin.js';
import { awsPlugin } from './aws-plugin.js';
import { calicoPlugin } from './calico-plugin.js';
import { canalPlugin } from './canal-plugin.js';
import { ciliumPlugin } from './cilium-plugin.js';
import { cloudPlugin } from './cloud-plugin.js';
import { flannelPlugin } from './flannel-plugin.js';
import { kindnetPlugin } from './kindnet-plugin.js';
import { kubeRouterPlugin } from './kube-router-plugin.js';
import { otherPlugin } from './other-plugin.js';
import { ovnPlugin } from './ovn-plugin.js';
import type { Plugin } from './plugin.js';
import { weavePlugin } from './weave-plugin.js';

/** What the way of a packet hangs on in this cluster's network. */
export function pluginOf({ nodes }: ClusterModel, { network, podMtu }: Dataplane): Plugin {
  const { kind, flannel, calico, kubeRouter, cilium, antrea, aws, ovn, weave, kindnet } = network;
  if (kind === 'flannel' && flannel !== null) return flannelPlugin(network, nodes, podMtu.value);
  if (kind === 'canal' && flannel !== null) return canalPlugin(network, nodes, podMtu.value);
  if (kind === 'calico' && calico !== null) return calicoPlugin(network, podMtu.value);
  if (kind === 'kube-router' && kubeRouter !== null) return kubeRouterPlugin(network, nodes, podMtu.value);
  if (kind === 'cilium' && cilium !== null) return ciliumPlugin(network, podMtu.value);
  // Dataplane V2 is Cilium; where its configuration is not in sight, GKE's network is all that is known.
  if (kind === 'gke-dpv2' && cilium !== null && cilium.from !== null) return ciliumPlugin(network, podMtu.value);
  if (kind === 'antrea' && antrea !== null) return antreaPlugin(network, podMtu.value);
  if (kind === 'aws-vpc-cni' && aws !== null) return awsPlugin(network, podMtu.value);
  if (kind === 'ovn-kubernetes' && ovn !== null) return ovnPlugin(network, podMtu.value);
  if (kind === 'weave' && weave !== null) return weavePlugin(network, podMtu.value);
  if (kind === 'kindnet' && kindnet !== null) return kindnetPlugin(network, podMtu.value);
  if (['azure-cni', 'gke', 'gke-dpv2'].includes(kind)) return cloudPlugin(network, podMtu.value);
  return otherPlugin(network, podMtu.value);
}
