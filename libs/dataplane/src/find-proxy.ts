import type { ClusterModel, Sourced } from '#model';
import { booleanFlag, type Evidence, flagOf, runs, shownBy } from './evidence.js';

/** Who translates Service addresses (dataplane 0.4). */
export function findProxy({ nodes }: ClusterModel, evidence: Evidence): Sourced<string> {
  const cilium = evidence.configMaps.find(({ part }) => part === 'cilium')?.by;
  if (runs(evidence, 'cilium') && ['true', 'strict'].includes(cilium?.data['kube-proxy-replacement'] ?? '')) {
    return { value: 'ebpf/cilium', provenance: 'observed', from: cilium?.ref };
  }
  const router = shownBy(evidence, 'kube-router');
  const isKubeProxy = runs(evidence, 'kube-proxy');
  if (runs(evidence, 'kube-router') && booleanFlag(router, 'run-service-proxy', true) && !isKubeProxy) {
    return { value: 'kube-router/ipvs', provenance: 'observed', from: router?.ref };
  }
  if (isKubeProxy) return kubeProxy(evidence);
  if (nodes.some(({ kubeletVersion }) => kubeletVersion?.includes('+k3s') === true)) {
    return { value: 'kube-proxy/iptables', provenance: 'derived' };
  }
  return { value: 'unknown', provenance: 'assumed' };
}

/** The mode is in the arguments, else in the configuration; an empty one means iptables. */
function kubeProxy(evidence: Evidence): Sourced<string> {
  const daemon = evidence.daemons.find(({ part }) => part === 'kube-proxy')?.by ?? null;
  const mode = flagOf(daemon, 'proxy-mode');
  return {
    value: `kube-proxy/${mode === null || mode === '' ? 'iptables' : mode}`,
    provenance: mode === null ? 'derived' : 'observed',
    from: daemon?.ref,
  };
}
