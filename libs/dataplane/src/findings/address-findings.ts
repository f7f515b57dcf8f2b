import {
  type ClusterModel,
  compareAddresses,
  type Dataplane,
  type Finding,
  type Labels,
  parseCidr,
  type Pod,
} from '#model';
import { cidrHolds, cidrsOverlap, prefixLengthOf } from '../addresses.js';
import { podsPerNode } from '../flannel/subnets.js';
import { counted, found, foundFor, nodeRef, podRef } from './found.js';

/** Room for nodes and pods, and addresses that two things claim (CAP-001 to NET-005). */
export function addressFindings(model: ClusterModel, dataplane: Dataplane): Finding[] {
  const live = [...model.pods].filter(
    ({ hostNetwork, phase, origin, addresses }) =>
      !hostNetwork && origin === 'Observed' && phase !== 'Succeeded' && phase !== 'Failed' && addresses.length > 0,
  );
  return [
    ...capacityFindings(model, dataplane, live),
    ...overlapFindings(model, dataplane),
    ...nodeCidrFindings(model),
    ...podAddressFindings(model, dataplane, live),
    ...proxyCidrFinding(dataplane),
  ];
}

function hasNodeCidrs({ network }: Dataplane): boolean {
  return ['flannel', 'canal', 'kube-router'].includes(network.kind);
}

function capacityFindings({ nodes }: ClusterModel, dataplane: Dataplane, live: readonly Pod[]): Finding[] {
  const { capacity, network } = dataplane;
  const findings: Finding[] = [];
  if (capacity.value !== null && capacity.value.mode !== 'blocks' && nodes.length > 0.8 * capacity.value.nodes) {
    findings.push(
      found('CAP-001', `${nodes.length} of ${capacity.value.nodes} node subnets are in use`, nodes.map(nodeRef), {
        evidence: { ...capacity.value },
      }),
    );
  }
  const onNode = new Map<string, number>();
  for (const { node } of live) if (node !== null) onNode.set(node, (onNode.get(node) ?? 0) + 1);
  if (hasNodeCidrs(dataplane)) {
    const roomOf = ({ podCidrs }: ClusterModel['nodes'][number]): number | null => {
      const cidr = podCidrs.find((text) => !text.includes(':') && parseCidr(text) !== null);
      return cidr === undefined ? null : podsPerNode(prefixLengthOf(cidr));
    };
    const tight = nodes.filter((node) => (node.allocatablePods ?? 0) > (roomOf(node) ?? Infinity));
    const full = nodes.filter((node) => (onNode.get(node.name) ?? 0) > 0.9 * (roomOf(node) ?? Infinity));
    findings.push(
      ...foundFor(
        'CAP-002',
        tight.map(nodeRef),
        (first, count) => `${counted(count, 'node')} may run more pods than the podCIDR has addresses: ${first}`,
      ),
      ...foundFor(
        'CAP-003',
        full.map(nodeRef),
        (first, count) => `more than 90 % of the pod addresses are used on ${counted(count, 'node')}: ${first}`,
      ),
    );
  }
  if (
    network.kind === 'calico' &&
    network.calico?.ipam === 'calico-ipam' &&
    network.calico.poolsProvenance !== 'assumed'
  ) {
    for (const pool of network.calico.pools.filter(({ cidr, disabled }) => !disabled && !cidr.includes(':'))) {
      const used = live.filter(({ addresses }) => addresses.some((address) => cidrHolds(pool.cidr, address))).length;
      const size = 2 ** (32 - prefixLengthOf(pool.cidr));
      if (used > 0.9 * size)
        findings.push(found('CAP-003', `${used} of ${size} addresses of pool ${pool.ref.name} are used`, [pool.ref]));
    }
  }
  return findings;
}

function overlapFindings({ nodes }: ClusterModel, { podCidrs, serviceCidrs }: Dataplane): Finding[] {
  const known = (sourced: Dataplane['podCidrs']): readonly string[] =>
    sourced.provenance === 'assumed' ? [] : sourced.value;
  const [pods, services] = [known(podCidrs), known(serviceCidrs)];
  const findings: Finding[] = [];
  for (const pod of pods) {
    for (const service of services) {
      if (cidrsOverlap(pod, service))
        findings.push(
          found('NET-001', `pod CIDR ${pod} and service CIDR ${service} overlap`, [], {
            evidence: { podCidr: pod, serviceCidr: service },
          }),
        );
    }
  }
  for (const list of [pods, services]) {
    list.forEach((cidr, i) => {
      const other = list.slice(0, i).find((one) => cidrsOverlap(one, cidr));
      if (other !== undefined)
        findings.push(found('NET-001', `the CIDRs ${other} and ${cidr} overlap`, [], { evidence: { cidr, other } }));
    });
  }
  for (const [cidr, what] of [
    ...pods.map((one) => [one, 'pod'] as const),
    ...services.map((one) => [one, 'service'] as const),
  ]) {
    const inside = nodes.filter(({ addresses }) => addresses.some((address) => cidrHolds(cidr, address)));
    findings.push(
      ...foundFor(
        'NET-001',
        inside.map(nodeRef),
        (first, count) => `${counted(count, 'node')} has an address inside the ${what} CIDR ${cidr}: ${first}`,
      ),
    );
  }
  return findings;
}

/** Node CIDRs sorted by their base: one that overlaps any earlier one overlaps that which reaches furthest. */
function nodeCidrFindings({ nodes }: ClusterModel): Finding[] {
  const cidrs = nodes
    .flatMap((node) => node.podCidrs.map((cidr) => ({ node, cidr, range: parseCidr(cidr) })))
    .flatMap(({ node, cidr, range }) => (range === null ? [] : [{ node, cidr, range }]))
    .sort((a, b) => compareAddresses(a.range.first, b.range.first));
  const findings: Finding[] = [];
  let [furthest] = cidrs;
  for (const one of cidrs.slice(1)) {
    const { node, cidr } = one;
    if (cidrsOverlap(furthest.cidr, cidr) && furthest.node !== node)
      findings.push(
        found(
          'NET-002',
          `the pod CIDRs of ${furthest.node.name} (${furthest.cidr}) and ${node.name} (${cidr}) overlap`,
          [nodeRef(furthest.node), nodeRef(node)],
        ),
      );
    if (compareAddresses(one.range.last, furthest.range.last) > 0) furthest = one;
  }
  return findings;
}

function podAddressFindings({ nodes }: ClusterModel, dataplane: Dataplane, live: readonly Pod[]): Finding[] {
  const owners = new Map<string, Pod[]>();
  for (const pod of live)
    for (const address of pod.addresses) owners.set(address, [...(owners.get(address) ?? []), pod]);
  const twice = [...owners]
    .filter(([, pods]) => pods.length > 1)
    .map(([address, pods]) => found('NET-003', `${pods.length} pods have the address ${address}`, pods.map(podRef)));
  if (!hasNodeCidrs(dataplane)) return twice;
  const cidrsOf = new Map(
    nodes.map(({ name, podCidrs, annotations }) => [
      name,
      (dataplane.network.kind === 'kube-router' ? kubeRouterCidrs(annotations) : null) ?? podCidrs,
    ]),
  );
  const outside = live.filter(({ node, addresses }) => {
    const cidrs = cidrsOf.get(node ?? '') ?? [];
    return (
      cidrs.length > 0 &&
      addresses.some(
        (address) =>
          cidrs.some((cidr) => cidr.includes(':') === address.includes(':')) &&
          !cidrs.some((cidr) => cidrHolds(cidr, address)),
      )
    );
  });
  return [
    ...twice,
    ...foundFor(
      'NET-004',
      outside.map(podRef),
      (first, count) => `${counted(count, 'pod')} with an address outside the podCIDR of its node: ${first}`,
    ),
  ];
}

/** kube-router takes its own annotation before the node's spec. */
function kubeRouterCidrs(annotations: Labels): string[] | null {
  const text = annotations['kube-router.io/pod-cidrs'] ?? annotations['kube-router.io/pod-cidr'] ?? '';
  const cidrs = text.split(',').map((part) => part.trim());
  return text === '' ? null : cidrs.filter((part) => part !== '');
}

function proxyCidrFinding({ network, podCidrs, proxy }: Dataplane): Finding[] {
  const configured = network.proxy.clusterCidrs;
  if (configured === null || podCidrs.provenance === 'assumed' || !proxy.value.startsWith('kube-proxy/')) return [];
  const isSame = podCidrs.value.every((cidr) => configured.some((one) => cidrHolds(one, cidr)));
  if (isSame) return [];
  return [
    found(
      'NET-005',
      `kube-proxy's clusterCIDR is ${configured.join(',')}, the network's ${podCidrs.value.join(',')}`,
      podCidrs.from === undefined ? [] : [podCidrs.from],
    ),
  ];
}
