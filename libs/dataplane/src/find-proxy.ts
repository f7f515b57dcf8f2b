import type { ClusterModel, ProxyNetwork, Sourced } from '#model';
import { type Evidence, runs, shownBy } from './evidence.js';
import { booleanFlag, envOf, flagOf } from './flags.js';
import { specOf } from './network-object.js';
import { yamlScalar } from './yaml-scalar.js';

/** Who translates Service addresses (dataplane 0.4). */
export function findProxy(model: ClusterModel, evidence: Evidence): Sourced<string> {
  const felix = specOf(model, 'FelixConfiguration', 'default');
  const installation = specOf(model, 'Installation', 'default');
  const isLinuxBpf =
    (installation?.spec.calicoNetwork as { linuxDataplane?: unknown } | undefined)?.linuxDataplane === 'BPF';
  if (
    runs(evidence, 'calico') &&
    (felix?.spec.bpfEnabled === true || envOf(shownBy(evidence, 'calico'), 'FELIX_BPFENABLED') === 'true' || isLinuxBpf)
  ) {
    return { value: 'ebpf/calico', provenance: 'observed', from: (isLinuxBpf ? installation : felix)?.ref };
  }
  const cilium = evidence.configMaps.find(({ part }) => part === 'cilium')?.by;
  if (
    (runs(evidence, 'cilium') || runs(evidence, 'gke-dpv2')) &&
    ['true', 'strict'].includes(cilium?.data['kube-proxy-replacement'] ?? '')
  ) {
    return { value: 'ebpf/cilium', provenance: 'observed', from: cilium?.ref };
  }
  const router = shownBy(evidence, 'kube-router');
  const isKubeProxy = runs(evidence, 'kube-proxy');
  if (isRouterProxy(evidence) && !isKubeProxy) {
    return { value: 'kube-router/ipvs', provenance: 'observed', from: router?.ref };
  }
  if (isKubeProxy) return kubeProxy(model, evidence);
  const k3sNode = model.nodes.find(({ kubeletVersion }) => kubeletVersion?.includes('+k3s') === true);
  if (k3sNode !== undefined) return k3sProxy(model);
  if (configMapOf(model) !== undefined) return kubeProxy(model, evidence);
  return { value: 'unknown', provenance: 'assumed' };
}

/** Whether kube-router is there to translate Service addresses. */
export function isRouterProxy(evidence: Evidence): boolean {
  return runs(evidence, 'kube-router') && booleanFlag(shownBy(evidence, 'kube-router'), 'run-service-proxy', true);
}

/** What kube-proxy's arguments and configuration say of clients. */
export function readProxySettings(model: ClusterModel, evidence: Evidence): ProxyNetwork {
  const daemon = evidence.daemons.find(({ part }) => part === 'kube-proxy')?.by ?? null;
  const text = configTextOf(model);
  const clusterCidr = flagOf(daemon, 'cluster-cidr') ?? yamlScalar(text, 'clusterCIDR');
  return {
    masqueradeAll: booleanFlag(daemon, 'masquerade-all', yamlScalar(text, 'masqueradeAll') === 'true'),
    detectLocalMode: flagOf(daemon, 'detect-local-mode') ?? (yamlScalar(text, 'detectLocalMode') || 'ClusterCIDR'),
    clusterCidrs: clusterCidr === null || clusterCidr === '' ? null : clusterCidr.split(',').map((cidr) => cidr.trim()),
  };
}

/** The mode is in the arguments, else in the configuration; an empty one means iptables. */
function kubeProxy(model: ClusterModel, evidence: Evidence): Sourced<string> {
  const daemon = evidence.daemons.find(({ part }) => part === 'kube-proxy')?.by ?? null;
  const flag = flagOf(daemon, 'proxy-mode');
  const configMap = configMapOf(model);
  const configured = yamlScalar(configTextOf(model), 'mode');
  const mode = flag ?? configured;
  return {
    value: `kube-proxy/${mode === null || mode === '' ? 'iptables' : mode}`,
    provenance: mode === null ? 'derived' : 'observed',
    from: flag === null && configured !== null ? configMap?.ref : daemon?.ref,
  };
}

function k3sProxy({ nodes }: ClusterModel): Sourced<string> {
  const args = nodes.flatMap(({ annotations }) =>
    Object.hasOwn(annotations, 'k3s.io/node-args') ? [annotations['k3s.io/node-args']] : [],
  );
  if (args.some((text) => text.includes('--disable-kube-proxy'))) return { value: 'unknown', provenance: 'assumed' };
  const mode = args.map((text) => /proxy-mode=(\w+)/.exec(text)?.[1]).find((found) => found !== undefined);
  return { value: `kube-proxy/${mode ?? 'iptables'}`, provenance: mode === undefined ? 'derived' : 'observed' };
}

function configMapOf({ components }: ClusterModel): ClusterModel['components'][number] | undefined {
  return components.find(
    ({ ref }) => ref.kind === 'ConfigMap' && (ref.name === 'kube-proxy' || ref.name === 'kube-proxy-config'),
  );
}

function configTextOf(model: ClusterModel): string {
  const data = configMapOf(model)?.data ?? {};
  return data['config.conf'] ?? data.config ?? '';
}
