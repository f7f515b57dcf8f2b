import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from 'ip-num';
import {
  type ClusterModel,
  type Component,
  formatAddress,
  type Network,
  type ObjectRef,
  parseAddress,
  type Sourced,
} from '#model';
import { canonicalCidr, cidrHolds, prefixLengthOf } from './addresses.js';
import type { Evidence } from './evidence.js';
import { booleanFlag, flagOf, flagsOf } from './flags.js';
import { kubeProxyConfig } from './kube-proxy-config.js';
import { objectsOf } from './network-object.js';
import { settingsIn, settingText } from './settings.js';
import { configMapOf } from './shown.js';

/** The addresses of pods: what the network is configured with, else what the control plane is (dataplane 0.3). */
export function findPodCidrs(
  model: ClusterModel,
  evidence: Evidence,
  { kind, flannel, calico }: Pick<Network, 'kind' | 'flannel' | 'calico'>,
): Sourced<readonly string[]> {
  const config = flannel?.config;
  const networks = [
    config?.enableIPv4 === true ? config.network : null,
    config?.enableIPv6 === true ? config.ipv6Network : null,
  ].flatMap((cidr) => cidr ?? []);
  if (networks.length > 0) {
    return { value: networks, provenance: flannel?.embedded === true ? 'derived' : 'observed', ...from(flannel?.from) };
  }
  const pools = (calico?.pools ?? []).filter(({ disabled }) => !disabled).map(({ cidr }) => cidr);
  if (pools.length > 0 && calico?.ipam === 'calico-ipam' && calico.poolsProvenance !== 'assumed') {
    const isObserved = calico.poolsProvenance === 'observed';
    return {
      value: pools,
      provenance: calico.poolsProvenance,
      ...from(isObserved ? calico.pools[0].ref : calico.from),
    };
  }
  const settings: readonly (Written | null)[] = [
    kind === 'cilium' ? clusterPool(evidence) : null,
    writtenByKubeadm(model, 'podSubnet'),
    flagOfStaticPod(model, 'kube-controller-manager', 'cluster-cidr'),
    writtenByKubeProxy(model),
  ];
  const found = settings.find((one) => one !== null);
  if (found !== undefined) return { value: found.cidrs, provenance: 'observed', from: found.from };
  return { value: covering(model.nodes.flatMap(({ podCidrs }) => podCidrs.flatMap(rangeOf))), provenance: 'assumed' };
}

/** The addresses of Services: what is configured, else the smallest CIDR around the cluster IPs. */
export function findServiceCidrs(model: ClusterModel, evidence: Evidence): Sourced<readonly string[]> {
  const objects = objectsOf(model, 'ServiceCIDR');
  const listed = objects
    .flatMap(({ spec }) => (Array.isArray(spec.cidrs) ? spec.cidrs.map(String) : []))
    .flatMap(cidrsIn);
  if (listed.length > 0) return { value: listed, provenance: 'observed', from: objects[0].ref };
  const router = evidence.daemons.find(({ part }) => part === 'kube-router')?.by;
  const settings: readonly (Written | null)[] = [
    flagOfStaticPod(model, 'kube-apiserver', 'service-cluster-ip-range'),
    writtenByKubeadm(model, 'serviceSubnet'),
    router === undefined ? null : written(flagsOf(router, 'service-cluster-ip-range').join(',') || null, router.ref),
  ];
  const found = settings.find((one) => one !== null);
  if (found !== undefined) return { value: found.cidrs, provenance: 'observed', from: found.from };
  const ranges = model.services.flatMap(({ clusterIps }) => clusterIps.flatMap(rangeOf));
  return serviceCidrsOfK3s(model, evidence) ?? { value: covering(ranges), provenance: 'assumed' };
}

/** The prefix length of nodes' pod CIDRs: the controller manager's flag, else what the nodes have, else 24. */
export function findNodeMask(model: ClusterModel): Sourced<number> {
  const manager = staticPod(model, 'kube-controller-manager');
  const flag = flagOf(manager ?? null, 'node-cidr-mask-size-ipv4') ?? flagOf(manager ?? null, 'node-cidr-mask-size');
  const allocates = booleanFlag(manager ?? null, 'allocate-node-cidrs', true);
  if (manager !== undefined && allocates && flag !== null && /^\d{1,2}$/.test(flag) && Number(flag) <= 32) {
    return { value: Number(flag), provenance: 'observed', from: manager.ref };
  }
  const cidrs = model.nodes.flatMap(({ podCidrs }) => podCidrs.flatMap((text) => canonicalCidr(text) ?? []));
  const cidr = cidrs.find((text) => !text.includes(':'));
  if (cidr !== undefined) return { value: prefixLengthOf(cidr), provenance: 'derived' };
  return { value: 24, provenance: 'assumed' };
}

interface Written {
  readonly cidrs: readonly string[];
  readonly from: ObjectRef;
}

function written(text: string | null, from: ObjectRef): Written | null {
  const cidrs = cidrsIn(text ?? '');
  return cidrs.length === 0 ? null : { cidrs, from };
}

function writtenByKubeadm({ components }: ClusterModel, name: 'podSubnet' | 'serviceSubnet'): Written | null {
  const map = components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === 'kubeadm-config');
  if (map === undefined) return null;
  return written(settingText(settingsIn(map, 'ClusterConfiguration'), 'networking', name), map.ref);
}

function writtenByKubeProxy(model: ClusterModel): Written | null {
  const { from, settings } = kubeProxyConfig(model);
  return from === null ? null : written(settingText(settings, 'clusterCIDR'), from);
}

/** Cilium's own pool: kubeadm's pod network is not what its pods get. */
function clusterPool(evidence: Evidence): Written | null {
  const map = configMapOf(evidence, 'cilium');
  if (map === null || (map.data.ipam ?? 'cluster-pool') !== 'cluster-pool') return null;
  const pools = [map.data['cluster-pool-ipv4-cidr'] ?? '', map.data['cluster-pool-ipv6-cidr'] ?? ''];
  return written(pools.join(',').replace(/\s+/g, ','), map.ref);
}

/** What k3s was told, else its default, unless cluster IPs show that it is another. */
function serviceCidrsOfK3s({ nodes, services }: ClusterModel, { k3s }: Evidence): Sourced<readonly string[]> | null {
  const said = k3s.valuesOf('service-cidr').flatMap(cidrsIn);
  if (said.length > 0) return { value: [...new Set(said)], provenance: 'observed' };
  const isK3s = nodes.some(({ kubeletVersion }) => kubeletVersion?.includes('+k3s') === true);
  const fits = services.every(({ clusterIps }) => clusterIps.every((address) => cidrHolds(k3sServiceCidr, address)));
  return isK3s && fits ? { value: [k3sServiceCidr], provenance: k3s.isKnown ? 'derived' : 'assumed' } : null;
}

const k3sServiceCidr = '10.43.0.0/16';

function flagOfStaticPod(model: ClusterModel, name: string, flag: string): Written | null {
  const found = staticPod(model, name);
  return found === undefined ? null : written(flagOf(found, flag), found.ref);
}

function staticPod({ components }: ClusterModel, name: string): Component | undefined {
  return components.find(({ ref }) => ref.kind === 'Pod' && ref.name.startsWith(`${name}-`));
}

function cidrsIn(text: string): string[] {
  return text.split(',').flatMap((part) => canonicalCidr(part.trim()) ?? []);
}

function from(ref: Sourced<unknown>['from'] | null): Pick<Sourced<unknown>, 'from'> {
  return ref === undefined || ref === null ? {} : { from: ref };
}

interface Range {
  readonly family: 'IPv4' | 'IPv6';
  readonly first: bigint;
  readonly last: bigint;
}

function rangeOf(text: string): Range[] {
  const isIPv6 = text.includes(':');
  const cidr = text.includes('/') ? text : `${text}/${isIPv6 ? 128 : 32}`;
  try {
    const range = isIPv6 ? IPv6CidrRange.fromCidr(cidr) : IPv4CidrRange.fromCidr(cidr);
    return [{ family: isIPv6 ? 'IPv6' : 'IPv4', first: range.getFirst().getValue(), last: range.getLast().getValue() }];
  } catch {
    return [];
  }
}

/** The smallest CIDR of each family that holds all its ranges. */
function covering(ranges: readonly Range[]): string[] {
  return (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const own = ranges.filter((range) => range.family === family);
    if (own.length === 0) return [];
    const bits = family === 'IPv4' ? 32 : 128;
    const first = own.map((range) => range.first).reduce((a, b) => (a < b ? a : b));
    const last = own.map((range) => range.last).reduce((a, b) => (a > b ? a : b));
    let hostBits = 0;
    while (first >> BigInt(hostBits) !== last >> BigInt(hostBits)) hostBits++;
    const base = (first >> BigInt(hostBits)) << BigInt(hostBits);
    const address = family === 'IPv4' ? new IPv4(base) : new IPv6(base);
    const parsed = parseAddress(address.toString());
    return parsed === null ? [] : [`${formatAddress(parsed)}/${bits - hostBits}`];
  });
}
