import { booleanFlag, envOf } from './flags.js';
import { settingsIn, settingText } from './settings.js';
import { configMapOf, runs, type ShownParts, shownBy } from './shown.js';
import type { NetworkPart } from './signals.js';

/** Whether a part only enforces policies on top of somebody else's network (dataplane A.3). */
export function isPolicyOnly(evidence: ShownParts, part: NetworkPart): boolean {
  const component = shownBy(evidence, part);
  const onCloud = ['aws-vpc-cni', 'azure-cni', 'gke'].some((cloud) => runs(evidence, cloud as NetworkPart));
  switch (part) {
    case 'calico': {
      const backend = envOf(component, 'CALICO_NETWORKING_BACKEND') ?? component?.data.calico_backend;
      const isNetwork = backend === 'bird' || backend === 'vxlan';
      return backend === 'none' || (!isNetwork && onCloud && !runs(evidence, 'flannel'));
    }
    case 'kube-router':
      return !booleanFlag(component, 'run-router', true);
    case 'cilium': {
      const chaining = configMapOf(evidence, 'cilium')?.data['cni-chaining-mode'];
      // Chained with portmap it is the network itself: that plugin only opens host ports.
      const isChained = !['', 'none', 'portmap'].includes(chaining ?? '');
      return isChained || (onCloud && runs(evidence, 'azure-cni'));
    }
    case 'antrea': {
      const mode = settingText(settingsIn(configMapOf(evidence, 'antrea'), 'antrea-agent.conf'), 'trafficEncapMode');
      return mode?.toLowerCase() === 'networkpolicyonly';
    }
    default:
      return false;
  }
}
