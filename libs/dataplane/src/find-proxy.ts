import type { ClusterModel, Component, ObjectRef, ProxyNetwork, Sourced } from '#model';
import { calicoBpf } from './calico/calico-bpf.js';
import type { Evidence } from './evidence.js';
import { booleanFlag, flagOf } from './flags.js';
import { kubeProxyConfig } from './kube-proxy-config.js';
import { settingsIn, settingText, settingTexts } from './settings.js';
import { configMapOf, runs, shownBy } from './shown.js';
import type { NetworkPart } from './signals.js';

const modes = ['iptables', 'ipvs', 'nftables'] as const;

/** Who translates Service addresses (dataplane 0.4). */
export function findProxy(model: ClusterModel, evidence: Evidence): Sourced<string> {
  return replacement(model, evidence) ?? kubeProxy(model, evidence) ?? ownOfNetwork(evidence);
}

/** What takes the place of kube-proxy, whether or not that still runs. */
function replacement(model: ClusterModel, evidence: Evidence): Sourced<string> | null {
  // Where DaemonSets could not be listed, the configuration of one is all there is.
  const mayRun = (part: NetworkPart): boolean => runs(evidence, part) || !evidence.daemonSetsCollected;
  const bpf = calicoBpf(model, shownBy(evidence, 'calico'));
  if (bpf !== null && mayRun('calico')) return { value: 'ebpf/calico', provenance: 'observed', from: bpf };
  const cilium = configMapOf(evidence, 'cilium');
  const isReplaced = ['true', 'strict'].includes(cilium?.data['kube-proxy-replacement'] ?? '');
  if (isReplaced && (mayRun('cilium') || runs(evidence, 'gke-dpv2')))
    return { value: 'ebpf/cilium', provenance: 'observed', from: cilium?.ref };
  if (isRouterProxy(evidence) && !runs(evidence, 'kube-proxy'))
    return { value: 'kube-router/ipvs', provenance: 'observed', from: shownBy(evidence, 'kube-router')?.ref };
  const antrea = configMapOf(evidence, 'antrea');
  const proxyAll = settingText(settingsIn(antrea, 'antrea-agent.conf'), 'antreaProxy', 'proxyAll');
  return runs(evidence, 'antrea') && proxyAll === 'true'
    ? { value: 'antrea-proxy', provenance: 'observed', from: antrea?.ref }
    : null;
}

/** kube-proxy as a DaemonSet, as static pods, inside of k3s, or known from its configuration alone. */
function kubeProxy(model: ClusterModel, evidence: Evidence): Sourced<string> | null {
  if (runs(evidence, 'kube-proxy')) return kubeProxyMode(model, evidence);
  if (model.nodes.some(({ kubeletVersion }) => kubeletVersion?.includes('+k3s') === true)) return k3sProxy(evidence);
  // Where DaemonSets were listed and it is not among them, its ConfigMap is a leftover.
  const isListed = evidence.hasDaemonSets && evidence.daemonSetsCollected;
  return isListed || kubeProxyConfig(model).from === null ? null : kubeProxyMode(model, evidence);
}

/** Networks that translate for their pods even where nothing says so. */
function ownOfNetwork(evidence: Evidence): Sourced<string> {
  for (const [part, value] of [
    ['ovn-kubernetes', 'ovn-k'],
    ['antrea', 'antrea-proxy'],
  ] as const) {
    if (runs(evidence, part)) return { value, provenance: 'derived', from: shownBy(evidence, part)?.ref };
  }
  return { value: 'unknown', provenance: 'assumed' };
}

/** Whether kube-router is there to translate Service addresses. */
export function isRouterProxy(evidence: Evidence): boolean {
  return runs(evidence, 'kube-router') && booleanFlag(shownBy(evidence, 'kube-router'), 'run-service-proxy', true);
}

/** What kube-proxy's arguments and configuration say of clients. */
export function readProxySettings(model: ClusterModel, evidence: Evidence): ProxyNetwork {
  const daemon = daemonOf(evidence);
  const { settings } = kubeProxyConfig(model);
  const section = modeOf(daemon, model).word === 'nftables' ? 'nftables' : 'iptables';
  const clusterCidr = flagOf(daemon, 'cluster-cidr') ?? settingText(settings, 'clusterCIDR');
  const masquerades = settingText(settings, section, 'masqueradeAll') === 'true';
  const mode = flagOf(daemon, 'detect-local-mode') ?? (settingText(settings, 'detectLocalMode') || 'ClusterCIDR');
  const addresses = flagOf(daemon, 'nodeport-addresses')?.split(',') ?? settingTexts(settings, 'nodePortAddresses');
  const isOnLoopback = settingText(settings, 'iptables', 'localhostNodePorts') !== 'false';
  return {
    masqueradeAll: booleanFlag(daemon, 'masquerade-all', masquerades),
    detectLocalMode: mode,
    clusterCidrs: clusterCidr === null || clusterCidr === '' ? null : clusterCidr.split(',').map((cidr) => cidr.trim()),
    detectLocalInterface:
      mode === 'BridgeInterface'
        ? (flagOf(daemon, 'pod-bridge-interface') ?? (settingText(settings, 'detectLocal', 'bridgeInterface') || null))
        : mode === 'InterfaceNamePrefix'
          ? (flagOf(daemon, 'pod-interface-name-prefix') ??
            (settingText(settings, 'detectLocal', 'interfaceNamePrefix') || null))
          : null,
    localhostNodePorts: booleanFlag(daemon, 'iptables-localhost-nodeports', isOnLoopback),
    nodePortAddresses: addresses.map((text) => text.trim()).filter((text) => text !== ''),
  };
}

/**
 * The mode is in the arguments, else in the configuration; an empty one means iptables. Where a configuration is meant
 * to be read and is not in the snapshot, that is assumed; where nobody can read it, the mode is unknown.
 */
function kubeProxyMode(model: ClusterModel, evidence: Evidence): Sourced<string> {
  const daemon = daemonOf(evidence);
  const { word, from, provenance } = modeOf(daemon, model);
  if (word === null) return { value: 'unknown', provenance: 'assumed', ...(from === null ? {} : { from }) };
  const known = modes.find((mode) => mode === (word === '' ? 'iptables' : word));
  const source = from ?? daemon?.ref;
  return {
    value: known === undefined ? 'unknown' : `kube-proxy/${known}`,
    provenance: known === undefined ? 'derived' : provenance,
    ...(source === undefined ? {} : { from: source }),
  };
}

interface Mode {
  /** Null where the configuration cannot be read. */
  readonly word: string | null;
  readonly provenance: 'observed' | 'derived' | 'assumed';
  readonly from: ObjectRef | null;
}

function modeOf(daemon: Component | null, model: ClusterModel): Mode {
  const flag = flagOf(daemon, 'proxy-mode');
  if (flag !== null) return { word: flag, provenance: 'observed', from: daemon?.ref ?? null };
  const { from, settings } = kubeProxyConfig(model);
  if (settings.kind === 'Unreadable') return { word: null, provenance: 'assumed', from };
  const written = settingText(settings, 'mode');
  if (written !== null) return { word: written, provenance: 'observed', from };
  const isElsewhere = settings.kind === 'Absent' && flagOf(daemon, 'config') !== null;
  return { word: '', provenance: isElsewhere ? 'assumed' : 'derived', from };
}

function k3sProxy({ k3s }: Evidence): Sourced<string> {
  if (k3s.isSet('disable-kube-proxy')) return { value: 'unknown', provenance: 'assumed' };
  const written = k3s
    .valuesOf('kube-proxy-arg')
    .flatMap((value) => /^(?:--)?proxy-mode=(\w+)$/.exec(value)?.[1] ?? [])
    .at(-1);
  const known = modes.find((mode) => mode === (written ?? 'iptables'));
  if (known === undefined) return { value: 'unknown', provenance: 'derived' };
  return { value: `kube-proxy/${known}`, provenance: written === undefined ? 'derived' : 'observed' };
}

function daemonOf({ daemons }: Evidence): Component | null {
  return daemons.find(({ part }) => part === 'kube-proxy')?.by ?? null;
}
