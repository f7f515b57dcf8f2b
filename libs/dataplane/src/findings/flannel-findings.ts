import {
  type ClusterModel,
  type Dataplane,
  type Finding,
  type FlannelConfig,
  type FlannelNetwork,
  type Node,
  type ObjectRef,
  parseAddress,
} from '#model';
import { cidrHolds } from '../addresses.js';
import { flannelLink } from '../flannel/flannel-link.js';
import { annotationKey } from '../flannel/read-flannel.js';
import { planIPv6Subnets } from '../flannel/plan-ipv6-subnets.js';
import { planSubnets } from '../flannel/subnets.js';
import { versionAtLeast } from '../image-version.js';
import { nodeAddress } from '../same-segment.js';
import type { CheckId } from './catalogue.js';
import { counted, found, foundFor, nodeRef } from './found.js';
import { segmentsOf } from './segments-of.js';

/** flannel's configuration and what its daemons wrote about each other (FLN-001 to FLN-017). */
export function flannelFindings(model: ClusterModel, { network }: Dataplane): Finding[] {
  const { flannel } = network;
  if (flannel === null) return [];
  const subjects = flannel.from === null ? [] : [flannel.from];
  const read = flannel.problems.map(({ id, message }) => found(id as CheckId, message, subjects));
  const { config } = flannel;
  return [
    ...read,
    ...(flannel.mode === 'kube' ? podCidrFindings(model, config) : []),
    ...(flannel.ipMasq.value
      ? []
      : [
          found('FLN-008', 'flanneld runs without --ip-masq: traffic between nodes bears the node’s address', subjects),
        ]),
    ...(config === null ? [] : backendFindings(model, network, flannel, config, subjects)),
    ...peerFindings(model, flannel, config),
  ];
}

function podCidrFindings({ nodes }: ClusterModel, config: FlannelConfig | null): Finding[] {
  const without = nodes.filter(({ podCidrs }) => podCidrs.length === 0);
  const networks = [
    config?.enableIPv4 === true ? config.network : null,
    config?.enableIPv6 === true ? config.ipv6Network : null,
  ].flatMap((cidr) => cidr ?? []);
  const isOutside = (cidr: string): boolean => {
    const sameFamily = networks.filter((one) => one.includes(':') === cidr.includes(':'));
    return sameFamily.length > 0 && !sameFamily.some((one) => cidrHolds(one, cidr));
  };
  const outside = nodes.filter(({ podCidrs }) => podCidrs.some(isOutside));
  return [
    ...foundFor(
      'FLN-005',
      without.map(nodeRef),
      (first, count) => `${counted(count, 'node')} without podCIDR: flanneld does not start on ${first}`,
    ),
    ...foundFor(
      'FLN-004',
      outside.map(nodeRef),
      (first, count) =>
        `the podCIDR of ${counted(count, 'node')} is not inside Network ${networks.join(', ')}: flanneld exits on ${first}`,
    ),
  ];
}

function backendFindings(
  model: ClusterModel,
  network: Dataplane['network'],
  flannel: FlannelNetwork,
  config: FlannelConfig,
  subjects: readonly ObjectRef[],
): Finding[] {
  const { backend } = config;
  const segments = segmentsOf(network, model.nodes, (node) => tunnelAddress(flannel, node));
  const { apart } = segments;
  const findings: Finding[] = [];
  if (backend.type === 'host-gw' && apart !== null) {
    findings.push(
      found(
        'FLN-006',
        'host-gw needs neighbours, and nodes are on different segments: no route leads from one to the other',
        segments.minority.map((name) => nodeRef({ name })),
        { severity: apart === 'assumed' ? 'warning' : 'error', evidence: { provenance: apart } },
      ),
    );
  }
  if (backend.type === 'vxlan' && model.nodes.length > 1 && segments.isWhole) {
    if (backend.directRouting && !segments.hasNeighbours)
      findings.push(found('FLN-007', 'DirectRouting is on, but no two nodes are on one segment', subjects));
    if (!backend.directRouting && apart === null)
      findings.push(
        found('FLN-007', 'all nodes seem to be on one segment: DirectRouting would spare the encapsulation', subjects),
      );
  }
  if (backend.type === 'udp')
    findings.push(
      found('FLN-009', 'the udp back end copies every packet through user space; it is for debugging', subjects),
    );
  if (['ipsec', 'ipip', 'extension', 'alloc', 'tencent-vpc'].includes(backend.type)) {
    findings.push(found('FLN-010', `the back end ${backend.type} is experimental`, subjects));
  }
  const { overheadBytes } = flannelLink(backend);
  if (backend.mtu !== null && overheadBytes > 0 && backend.mtu === network.hostMtu.value - overheadBytes) {
    findings.push(
      found(
        'FLN-015',
        `Backend.MTU is ${backend.mtu}, which is the host's and not the pods': pods get ${backend.mtu - overheadBytes}`,
        subjects,
      ),
    );
  }
  return [...findings, ...subnetFindings(flannel, config, subjects), ...familyFindings(model, config, subjects)];
}

function subnetFindings(
  { mode, version }: FlannelNetwork,
  config: FlannelConfig,
  subjects: readonly ObjectRef[],
): Finding[] {
  const whys = whyInvalid(config);
  if (mode === 'etcd') return whys.map((why) => found('FLN-014', `${why}; flanneld exits`, subjects));
  const isSet =
    [config.subnetLen, config.ipv6SubnetLen].some((length) => length !== 0) ||
    [config.subnetMin, config.subnetMax, config.ipv6SubnetMin, config.ipv6SubnetMax].some((one) => one !== null);
  if (!isSet) return [];
  const crashes = whys.length > 0 && version !== null && !versionAtLeast(version, 0, 20);
  const message = 'SubnetLen, SubnetMin and SubnetMax have no effect with --kube-subnet-mgr';
  return [
    found(
      'FLN-013',
      crashes ? `${message}; but ${whys.join(', ')}, and flannel ${version} exits on that` : message,
      subjects,
    ),
  ];
}

/** Why flanneld cannot cut subnets out of its networks: only families that are on are looked at. */
function whyInvalid(config: FlannelConfig): string[] {
  const plans = [
    ...(config.enableIPv4 ? [planSubnets(config)] : []),
    ...(config.enableIPv6 ? [planIPv6Subnets(config)] : []),
  ];
  return plans.flatMap((plan) => (plan.kind === 'Invalid' ? [plan.why] : []));
}

function familyFindings({ nodes }: ClusterModel, config: FlannelConfig, subjects: readonly ObjectRef[]): Finding[] {
  const carriesBoth = ['vxlan', 'host-gw', 'wireguard'].includes(config.backend.type);
  const [having, lacking] = [true, false].map((isThere) =>
    nodes.filter(({ podCidrs }) => podCidrs.some((cidr) => cidr.includes(':')) === isThere),
  );
  if (!config.enableIPv6)
    return foundFor(
      'FLN-016',
      having.map(nodeRef),
      (first, count) => `EnableIPv6 is off, and ${counted(count, 'node')} has an IPv6 pod CIDR: ${first}`,
    );
  return [
    ...(carriesBoth
      ? []
      : [found('FLN-016', `EnableIPv6 is on, but the back end ${config.backend.type} carries IPv4 only`, subjects)]),
    ...foundFor(
      'FLN-016',
      lacking.map(nodeRef),
      (first, count) => `EnableIPv6 is on, and ${counted(count, 'node')} has no IPv6 pod CIDR: ${first}`,
    ),
  ];
}

/** Where peers of a node send packets for its pods: what it wrote down, else its address. */
function tunnelAddress(flannel: FlannelNetwork, node: Node): string | null {
  const { annotations } = node;
  const written =
    annotations[annotationKey(flannel, 'public-ip-overwrite')] ?? annotations[annotationKey(flannel, 'public-ip')];
  return parseAddress(written ?? '') === null ? nodeAddress(node, 'IPv4') : (written ?? null);
}

/** What nodes say of themselves to their peers (FLN-011, FLN-012, FLN-017). */
function peerFindings({ nodes }: ClusterModel, flannel: FlannelNetwork, config: FlannelConfig | null): Finding[] {
  const read = (node: Node, name: string): string | null => node.annotations[annotationKey(flannel, name)] ?? null;
  const annotated = nodes.filter((node) => read(node, 'kube-subnet-manager') === 'true');
  if (annotated.length === 0) return [];
  const missing = nodes.filter((node) => !annotated.includes(node));
  const types = new Set(annotated.map((node) => read(node, 'backend-type') ?? ''));
  const vnis = new Set(
    annotated.flatMap((node) => /"VNI"\s*:\s*(\d+)/.exec(read(node, 'backend-data') ?? '')?.[1] ?? []),
  );
  const macs = repeated(
    annotated,
    (node) => /"VtepMAC"\s*:\s*"([^"]+)"/.exec(read(node, 'backend-data') ?? '')?.[1]?.toLowerCase() ?? null,
  );
  const addresses = repeated(annotated, (node) => read(node, 'public-ip-overwrite') ?? read(node, 'public-ip'));
  const isHostGw = config?.backend.type === 'host-gw';
  const foreign = annotated.filter((node) => {
    const address = read(node, 'public-ip');
    const isOverwritten = read(node, 'public-ip-overwrite') !== null || read(node, 'node-public-ip') !== null;
    // host-gw does not start with any address but its interface's, whoever wrote it.
    return (
      address !== null && (isHostGw || !isOverwritten) && node.addresses.length > 0 && !node.addresses.includes(address)
    );
  });
  const unreadable = annotated.filter(
    (node) =>
      parseAddress(read(node, 'public-ip') ?? '') === null && parseAddress(read(node, 'public-ipv6') ?? '') === null,
  );
  return [
    ...foundFor(
      'FLN-011',
      missing.map(nodeRef),
      (first, count) => `${counted(count, 'node')} without flannel's annotations, so that no peer knows it: ${first}`,
    ),
    ...foundFor(
      'FLN-011',
      unreadable.map(nodeRef),
      (first, count) => `${counted(count, 'node')} without a public-ip that can be read: ${first}`,
    ),
    ...(types.size > 1
      ? [
          found(
            'FLN-011',
            `nodes run different back ends (${[...types]
              .sort()
              .map((type) => type || 'none')
              .join(', ')}); such peers are skipped`,
            annotated.map(nodeRef),
          ),
        ]
      : []),
    ...(vnis.size > 1
      ? [found('FLN-011', `nodes have different VNIs: ${[...vnis].sort().join(', ')}`, annotated.map(nodeRef))]
      : []),
    ...foundFor(
      'FLN-011',
      macs.map(nodeRef),
      (first, count) => `${counted(count, 'node')} share a VTEP MAC: ${first} and others`,
    ),
    ...foundFor(
      'FLN-011',
      addresses.map(nodeRef),
      (first, count) => `${counted(count, 'node')} share a public-ip: ${first} and others`,
    ),
    ...staleBackend(flannel, config, annotated),
    ...foundFor(
      'FLN-017',
      foreign.map(nodeRef),
      (first, count) => `the public-ip of ${counted(count, 'node')} is none of its addresses: ${first}`,
    ),
  ];
}

function staleBackend(flannel: FlannelNetwork, config: FlannelConfig | null, annotated: readonly Node[]): Finding[] {
  if (config === null || flannel.embedded) return [];
  const typeOf = (node: Node): string => node.annotations[annotationKey(flannel, 'backend-type')] ?? '';
  // These two write no type.
  const expected = ['udp', 'alloc'].includes(config.backend.type) ? '' : config.backend.type;
  const stale = annotated.filter((node) => typeOf(node) !== expected);
  const running = [...new Set(stale.map(typeOf))].sort().map((type) => type || 'udp or alloc');
  return foundFor(
    'FLN-012',
    stale.map(nodeRef),
    (first, count) =>
      `net-conf.json says ${config.backend.type}, but ${counted(count, 'node')} runs ${running.join(', ')}, so that the change is not active there: ${first}`,
    { evidence: { configured: config.backend.type, running } },
  );
}

function repeated(nodes: readonly Node[], valueOf: (node: Node) => string | null): Node[] {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const value = valueOf(node);
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return nodes.filter((node) => (counts.get(valueOf(node) ?? '') ?? 0) > 1);
}
