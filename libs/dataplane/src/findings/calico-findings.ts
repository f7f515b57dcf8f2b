import {
  type CalicoNetwork,
  type CalicoPool,
  type ClusterModel,
  type Dataplane,
  type Finding,
  type Node,
  type ObjectRef,
  parseCidr,
} from '#model';
import { cidrHolds, cidrsOverlap, familyOf } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { isNotCollected } from '../is-not-collected.js';
import { specOf } from '../network-object.js';
import { calicoNetworkOf } from '../same-segment.js';
import { counted, found, foundFor, nodeRef, podRef } from './found.js';
import { segmentsOf } from './segments-of.js';

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** Calico's pools, routes and settings (CAL-001 to CAL-011). */
export function calicoFindings(model: ClusterModel, dataplane: Dataplane, evidence: Evidence): Finding[] {
  const { calico, kind } = dataplane.network;
  if (calico === null) return [];
  const isNetwork = kind === 'calico';
  return [
    ...(isNetwork ? poolFindings(model, dataplane, calico) : []),
    ...(isNetwork ? routeFindings(model, dataplane, calico) : []),
    ...settingFindings(model, calico, evidence),
  ];
}

function poolFindings(model: ClusterModel, { serviceCidrs }: Dataplane, calico: CalicoNetwork): Finding[] {
  const { nodes, pods } = model;
  const isAzure = nodes.some(({ providerId }) => providerId?.startsWith('azure://') === true);
  const live = [...pods].filter(
    ({ hostNetwork, origin, phase }) => !hostNetwork && origin === 'Observed' && phase === 'Running',
  );
  const perPool = calico.pools.flatMap((pool): Finding[] => {
    const services =
      serviceCidrs.provenance === 'assumed' ? [] : serviceCidrs.value.filter((cidr) => cidrsOverlap(cidr, pool.cidr));
    const inside = nodes.filter(({ addresses }) => addresses.some((address) => cidrHolds(pool.cidr, address)));
    const near = nodes.filter((node) => !inside.includes(node) && isOnNetworkOf(pool, node));
    const users = live.filter(({ addresses }) => addresses.some((address) => cidrHolds(pool.cidr, address)));
    const isPrivate = privateRanges.some((cidr) => cidrHolds(cidr, pool.cidr));
    return [
      ...(services.length > 0
        ? [
            found('CAL-001', `pool ${pool.ref.name} (${pool.cidr}) overlaps the service CIDR ${services.join(', ')}`, [
              pool.ref,
            ]),
          ]
        : []),
      ...(inside.length > 0
        ? [
            found('CAL-001', `pool ${pool.ref.name} (${pool.cidr}) holds the address of ${inside[0].name}`, [
              pool.ref,
              ...inside.map(nodeRef),
            ]),
          ]
        : []),
      ...(near.length > 0
        ? [
            found('CAL-001', `pool ${pool.ref.name} (${pool.cidr}) overlaps the network of ${near[0].name}`, [
              pool.ref,
              ...near.map(nodeRef),
            ]),
          ]
        : []),
      ...(!pool.natOutgoing && isPrivate
        ? [
            found(
              'CAL-005',
              `pool ${pool.ref.name} is private and natOutgoing is off: its pods do not reach the internet`,
              [pool.ref],
            ),
          ]
        : []),
      ...(isAzure && pool.ipipMode !== 'Never'
        ? [found('CAL-007', `pool ${pool.ref.name} uses IPIP, and Azure drops IP protocol 4`, [pool.ref])]
        : []),
      ...(pool.disabled && users.length > 0
        ? [
            found('CAL-009', `pool ${pool.ref.name} is disabled, yet ${counted(users.length, 'pod')} uses it`, [
              pool.ref,
              ...users.map(podRef),
            ]),
          ]
        : []),
      ...(selectsNobody(pool, nodes)
        ? [found('CAL-009', `the nodeSelector of pool ${pool.ref.name} selects no node`, [pool.ref])]
        : []),
      ...modeFindings(pool, calico),
    ];
  });
  // Pools that nobody listed may be more than those that follow from the daemon's configuration.
  const isKnown =
    calico.poolsProvenance === 'observed' && calico.ipam === 'calico-ipam' && !isNotCollected(model.info, 'IPPool');
  const outside = isKnown
    ? live.filter(({ addresses }) =>
        addresses.some((address) => !calico.pools.some(({ cidr }) => cidrHolds(cidr, address))),
      )
    : [];
  return [
    ...perPool,
    ...foundFor(
      'CAL-002',
      outside.map(podRef),
      (first, count) => `${counted(count, 'pod')} with an address in no IPPool: ${first}`,
    ),
  ];
}

/** Whether a pool shares addresses with the network that Calico found its node on. */
function isOnNetworkOf({ cidr }: CalicoPool, node: Node): boolean {
  const own = calicoNetworkOf(node, familyOf(cidr));
  return own !== null && parseCidr(own) !== null && cidrsOverlap(own, cidr);
}

function modeFindings({ ref, ipipMode, vxlanMode }: CalicoPool, { backend }: CalicoNetwork): Finding[] {
  if (backend.value === 'vxlan' && ipipMode !== 'Never')
    return [found('CAL-008', `pool ${ref.name} uses IPIP, but the backend is vxlan, which does not program it`, [ref])];
  if (backend.value === 'none' && (ipipMode !== 'Never' || vxlanMode !== 'Never'))
    return [found('CAL-008', `pool ${ref.name} wants encapsulation, but Calico's networking is off`, [ref])];
  return [];
}

/** Only the plain forms of Calico's selectors are understood here; any other is passed over. */
function selectsNobody({ nodeSelector }: CalicoPool, nodes: readonly Node[]): boolean {
  const parts = nodeSelector.split('&&').map((part) => part.trim());
  const tests = parts.map((part): ((node: Node) => boolean) | null => {
    if (part === 'all()' || part === '') return () => true;
    const has = /^has\(([\w./-]+)\)$/.exec(part);
    if (has !== null) return ({ labels }) => Object.hasOwn(labels, has[1]);
    const equal = /^([\w./-]+)\s*==\s*(["'])([^"']*)\2$/.exec(part);
    return equal === null ? null : ({ labels }) => labels[equal[1]] === equal[3];
  });
  const known = tests.filter((test) => test !== null);
  return nodes.length > 0 && known.length === tests.length && !nodes.some((node) => known.every((test) => test(node)));
}

function routeFindings({ nodes, info }: ClusterModel, { network }: Dataplane, calico: CalicoNetwork): Finding[] {
  const { pools, nodeToNodeMesh, bgpPeers, backend, from } = calico;
  const at: ObjectRef[] = from === null ? [] : [from];
  const bare = pools.filter(
    ({ ipipMode, vxlanMode, disabled }) => !disabled && ipipMode === 'Never' && vxlanMode === 'Never',
  );
  const hasNoPeers = bgpPeers === 0 && !isNotCollected(info, 'BGPPeer');
  const several = segmentsOf(network, nodes).apart !== null;
  const crosses = pools.some(({ ipipMode, vxlanMode }) => ipipMode === 'CrossSubnet' || vxlanMode === 'CrossSubnet');
  return [
    ...(several && hasNoPeers && network.externalRouting !== true && calico.poolsProvenance !== 'assumed'
      ? foundFor(
          'CAL-003',
          bare.map(({ ref }) => ref),
          (first) => `pool ${first} is not encapsulated, nodes are in different subnets, and there is no BGP peer`,
        )
      : []),
    ...(nodeToNodeMesh === false && hasNoPeers && backend.value === 'bird'
      ? [found('CAL-004', 'the node-to-node mesh is off and there is no BGP peer: nodes learn no routes', at)]
      : []),
    ...(crosses ? maskFindings(nodes) : []),
  ];
}

function maskFindings(nodes: readonly Node[]): Finding[] {
  const written = nodes.flatMap((node) => {
    const text = node.annotations['projectcalico.org/IPv4Address'];
    return text === undefined ? [] : [{ node, mask: text.includes('/') ? text.split('/')[1] : '32' }];
  });
  const bare = written.filter(({ mask }) => mask === '32').map(({ node }) => node);
  const masks = new Set(written.map(({ mask }) => mask));
  return [
    ...foundFor(
      'CAL-006',
      bare.map(nodeRef),
      (first, count) =>
        `the address of ${counted(count, 'node')} has no mask, so that CrossSubnet always encapsulates: ${first}`,
    ),
    ...(masks.size > 1
      ? [
          found(
            'CAL-006',
            `nodes have unequal masks (${[...masks]
              .sort()
              .map((mask) => `/${mask}`)
              .join(', ')}): the way there may differ from the way back`,
            written.map(({ node }) => nodeRef(node)),
          ),
        ]
      : []),
  ];
}

function settingFindings(
  model: ClusterModel,
  { ebpf, endpointToHostAction, from }: CalicoNetwork,
  evidence: Evidence,
): Finding[] {
  const at: ObjectRef[] = from === null ? [] : [from];
  const proxy = evidence.daemons.find(({ part, by }) => part === 'kube-proxy' && by.desired !== 0)?.by;
  return [
    ...(ebpf && proxy !== undefined
      ? [found('CAL-010', 'the eBPF dataplane is on and kube-proxy still runs', [proxy.ref, ...at])]
      : []),
    ...toHostFindings(model, endpointToHostAction, at),
  ];
}

/** Also where the setting is of no effect, since Felix reads its environment first: whoever wrote it meant it. */
function toHostFindings(
  model: ClusterModel,
  { value }: CalicoNetwork['endpointToHostAction'],
  at: readonly ObjectRef[],
): Finding[] {
  if (value === 'Drop')
    return [found('CAL-011', 'pods cannot reach their own node: defaultEndpointToHostAction is Drop', at)];
  const felix = specOf(model, 'FelixConfiguration', 'default');
  if (felix?.spec.defaultEndpointToHostAction !== 'Drop') return [];
  const message = `defaultEndpointToHostAction is Drop, but calico-node's environment says ${value} and goes before it: pods do reach their own node`;
  return [found('CAL-011', message, [felix.ref, ...at])];
}
