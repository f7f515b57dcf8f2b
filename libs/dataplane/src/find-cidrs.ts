import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from 'ip-num';
import { type ClusterModel, type Component, formatAddress, type Network, parseAddress, type Sourced } from '#model';
import { canonicalCidr } from './addresses.js';
import { flagOf } from './flags.js';
import { objectsOf } from './network-object.js';
import { yamlScalar } from './yaml-scalar.js';

/** The addresses of pods: what the network is configured with, else what the control plane is (dataplane 0.3). */
export function findPodCidrs(
  model: ClusterModel,
  { flannel, calico }: Pick<Network, 'flannel' | 'calico'>,
): Sourced<readonly string[]> {
  const networks = [flannel?.config?.network, flannel?.config?.ipv6Network].flatMap((cidr) => cidr ?? []);
  if (networks.length > 0) {
    return { value: networks, provenance: flannel?.embedded === true ? 'derived' : 'observed', ...from(flannel?.from) };
  }
  const pools = (calico?.pools ?? []).filter(({ disabled }) => !disabled).map(({ cidr }) => cidr);
  if (pools.length > 0 && calico?.ipam === 'calico-ipam' && calico.poolsProvenance !== 'assumed') {
    return { value: pools, provenance: 'observed', from: calico.pools[0].ref };
  }
  const settings: readonly (Written | null)[] = [
    writtenIn(model, 'kubeadm-config', 'ClusterConfiguration', 'podSubnet'),
    flagOfStaticPod(model, 'kube-controller-manager', 'cluster-cidr'),
    writtenIn(model, 'kube-proxy', 'config.conf', 'clusterCIDR'),
  ];
  const found = settings.find((one) => one !== null);
  if (found !== undefined) return { value: found.cidrs, provenance: 'observed', from: found.from.ref };
  return { value: covering(model.nodes.flatMap(({ podCidrs }) => podCidrs.flatMap(rangeOf))), provenance: 'assumed' };
}

/** The addresses of Services: what is configured, else the smallest CIDR around the cluster IPs. */
export function findServiceCidrs(model: ClusterModel): Sourced<readonly string[]> {
  const objects = objectsOf(model, 'ServiceCIDR');
  const listed = objects
    .flatMap(({ spec }) => (Array.isArray(spec.cidrs) ? spec.cidrs.map(String) : []))
    .flatMap(cidrsIn);
  if (listed.length > 0) return { value: listed, provenance: 'observed', from: objects[0].ref };
  const router = model.components.find(
    ({ ref, containers }) =>
      ref.kind === 'DaemonSet' && containers.some(({ image }) => /kube-router(:|@|$)/.test(image)),
  );
  const settings: readonly (Written | null)[] = [
    flagOfStaticPod(model, 'kube-apiserver', 'service-cluster-ip-range'),
    writtenIn(model, 'kubeadm-config', 'ClusterConfiguration', 'serviceSubnet'),
    router === undefined ? null : written(flagOf(router, 'service-cluster-ip-range'), router),
  ];
  const found = settings.find((one) => one !== null);
  if (found !== undefined) return { value: found.cidrs, provenance: 'observed', from: found.from.ref };
  const ranges = model.services.flatMap(({ clusterIps }) => clusterIps.flatMap(rangeOf));
  return { value: covering(ranges), provenance: 'assumed' };
}

/** The prefix length of nodes' pod CIDRs: the controller manager's flag, else what the nodes have, else 24. */
export function findNodeMask(model: ClusterModel): Sourced<number> {
  const manager = staticPod(model, 'kube-controller-manager');
  const flag = flagOf(manager ?? null, 'node-cidr-mask-size') ?? flagOf(manager ?? null, 'node-cidr-mask-size-ipv4');
  if (manager !== undefined && flag !== null && /^\d{1,2}$/.test(flag)) {
    return { value: Number(flag), provenance: 'observed', from: manager.ref };
  }
  const cidr = model.nodes.flatMap(({ podCidrs }) => podCidrs).find((text) => !text.includes(':'));
  if (cidr !== undefined) return { value: Number(cidr.split('/')[1]), provenance: 'derived' };
  return { value: 24, provenance: 'assumed' };
}

interface Written {
  readonly cidrs: readonly string[];
  readonly from: Component;
}

function written(text: string | null, from: Component): Written | null {
  const cidrs = cidrsIn(text ?? '');
  return cidrs.length === 0 ? null : { cidrs, from };
}

function writtenIn({ components }: ClusterModel, configMap: string, key: string, name: string): Written | null {
  const found = components.find(
    ({ ref, data }) => ref.kind === 'ConfigMap' && ref.name === configMap && Object.hasOwn(data, key),
  );
  return found === undefined ? null : written(yamlScalar(found.data[key], name), found);
}

function flagOfStaticPod(model: ClusterModel, name: string, flag: string): Written | null {
  const found = staticPod(model, name);
  return found === undefined ? null : written(flagOf(found, flag), found);
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
