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
import { planSubnets } from '../flannel/subnets.js';
import { versionAtLeast } from '../image-version.js';
import type { CheckId } from './catalogue.js';
import { counted, found, foundFor, nodeRef } from './found.js';
import { minority, segmentCount, segmentsOf } from './segment-keys.js';

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
  const networks = [config?.network, config?.ipv6Network].flatMap((cidr) => cidr ?? []);
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
  const segments = segmentsOf(network, model.nodes);
  const several = segmentCount(segments) > 1;
  const findings: Finding[] = [];
  if (backend.type === 'host-gw' && several) {
    const far = [...minority(segments)].map((name) => nodeRef({ name }));
    const severity = segments.provenance === 'assumed' && network.nodeSubnets.length === 0 ? 'warning' : 'error';
    findings.push(
      found(
        'FLN-006',
        `host-gw needs neighbours, and nodes are on ${segmentCount(segments)} segments: no route leads from one to the other`,
        far,
        { severity, evidence: { provenance: segments.provenance } },
      ),
    );
  }
  if (backend.type === 'vxlan' && model.nodes.length > 1) {
    const isAllApart = segmentCount(segments) === segments.keys.size;
    if (backend.directRouting && isAllApart)
      findings.push(found('FLN-007', 'DirectRouting is on, but no two nodes are on one segment', subjects));
    if (!backend.directRouting && !several)
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
  const plan = planSubnets(config);
  if (mode === 'etcd')
    return plan.kind === 'Invalid' ? [found('FLN-014', `${plan.why}; flanneld exits`, subjects)] : [];
  const isSet = config.subnetLen !== 0 || config.subnetMin !== null || config.subnetMax !== null;
  if (!isSet) return [];
  const crashes = plan.kind === 'Invalid' && version !== null && !versionAtLeast(version, 0, 20);
  const message = 'SubnetLen, SubnetMin and SubnetMax have no effect with --kube-subnet-mgr';
  return [
    found('FLN-013', crashes ? `${message}; but ${plan.why}, and flannel ${version} exits on that` : message, subjects),
  ];
}

function familyFindings({ nodes }: ClusterModel, config: FlannelConfig, subjects: readonly ObjectRef[]): Finding[] {
  const hasIPv6 = nodes.some(({ podCidrs }) => podCidrs.some((cidr) => cidr.includes(':')));
  const carriesBoth = ['vxlan', 'host-gw', 'wireguard'].includes(config.backend.type);
  if (hasIPv6 && !config.enableIPv6)
    return [found('FLN-016', 'nodes have IPv6 pod CIDRs, but EnableIPv6 is off', subjects)];
  if (config.enableIPv6 && !carriesBoth)
    return [found('FLN-016', `EnableIPv6 is on, but the back end ${config.backend.type} carries IPv4 only`, subjects)];
  if (config.enableIPv6 && !hasIPv6 && nodes.length > 0)
    return [found('FLN-016', 'EnableIPv6 is on, but no node has an IPv6 pod CIDR', subjects)];
  return [];
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
  const foreign = annotated.filter((node) => {
    const address = read(node, 'public-ip');
    const isOverwritten = read(node, 'public-ip-overwrite') !== null || read(node, 'node-public-ip') !== null;
    return address !== null && !isOverwritten && node.addresses.length > 0 && !node.addresses.includes(address);
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
    ...staleBackend(flannel, config, annotated, types),
    ...foundFor(
      'FLN-017',
      foreign.map(nodeRef),
      (first, count) => `the public-ip of ${counted(count, 'node')} is none of its addresses: ${first}`,
    ),
  ];
}

function staleBackend(
  flannel: FlannelNetwork,
  config: FlannelConfig | null,
  annotated: readonly Node[],
  types: ReadonlySet<string>,
): Finding[] {
  if (config === null || flannel.embedded) return [];
  // These two write no type.
  const expected = ['udp', 'alloc'].includes(config.backend.type) ? '' : config.backend.type;
  if (types.has(expected) || types.size === 0) return [];
  const running = [...types].map((type) => type || 'udp or alloc').join(', ');
  return [
    found(
      'FLN-012',
      `net-conf.json says ${config.backend.type}, but nodes run ${running}: the change is not active yet`,
      [...annotated.map(nodeRef), ...(flannel.from === null ? [] : [flannel.from])],
    ),
  ];
}

function repeated(nodes: readonly Node[], valueOf: (node: Node) => string | null): Node[] {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const value = valueOf(node);
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return nodes.filter((node) => (counts.get(valueOf(node) ?? '') ?? 0) > 1);
}
