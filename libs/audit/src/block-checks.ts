import { type Family, type Finding, formatAddress, type PeerStatement, peerStatements, podFlags } from '#model';
import { cidrHolds, familyOf } from '#dataplane';
import type { Audited } from './audited.js';
import { piecesOf, rangeHolds, rangesOf } from './block-ranges.js';
import { lint } from './lint.js';
import { portsHold } from './contains.js';
import { addressText, PodAddresses } from './pod-addresses.js';
import { nameOf, peerPath, type WrittenRule, writtenRules } from './written.js';

type Block = PeerStatement & { kind: 'Addresses' };

/** Other peers that one except is compared with, at most. */
const reopenersMax = 1000;

/** What NetworkPolicies say of addresses. */
export function* blockChecks(audited: Audited): Iterable<Finding> {
  const pods = new PodAddresses(audited.cluster);
  const families = familiesOf(audited, pods);
  const known = knownServiceAddresses(audited);
  for (const policy of audited.cluster.model.policies) {
    if (policy.ref.group !== 'networking.k8s.io') continue;
    for (const written of writtenRules(policy)) {
      for (const [j, peer] of (written.rule.peers ?? []).entries()) {
        if (peer.kind !== 'Addresses') continue;
        const path = peerPath(written, peer, j);
        yield* blockFindings(policy, written, peer, path, { pods, families, known });
        if (peer.except.length > 0) yield* reopenedFindings(audited, written, peer, path);
      }
    }
    yield* gapFindings(audited, policy);
  }
}

interface Surroundings {
  readonly pods: PodAddresses;
  readonly families: ReadonlySet<Family>;
  readonly known: ServiceAddresses;
}

function* blockFindings(
  policy: WrittenRule['policy'],
  { direction }: WrittenRule,
  block: Block,
  path: string,
  { pods, families, known }: Surroundings,
): Iterable<Finding> {
  const name = nameOf(policy);
  const [cidr] = block.cidrs;
  const family = familyOf(cidr);
  if (!families.has(family)) {
    const message = `${path} of ${name} is ${cidr}, and nothing in the cluster has an ${family} address`;
    yield lint('IPBLOCK_FAMILY_UNUSED', message, [policy.ref], { path, witness: `ip:${cidr}`, cidr });
  }
  const pieces = piecesOf(block);
  if (pieces.length === 0) {
    const message = `${path} of ${name} excepts everything that ${cidr} holds`;
    yield lint('EXCEPT_COVERS_CIDR', message, [policy.ref], { path: `${path}.except`, witness: `ip:${cidr}`, cidr });
    return;
  }
  const service = direction === 'Egress' ? known.holding(cidr) : null;
  if (service !== null) {
    const message = `${path} of ${name} is ${cidr}, in which there are only cluster IPs: policy sees the pods behind them instead`;
    yield lint('IPBLOCK_IS_SERVICE_CIDR', message, [policy.ref], { path, witness: service, cidr });
  }
  let count = 0;
  for (const piece of pieces) count += pods.count(piece);
  if (count === 0) return;
  for (const piece of pieces) {
    for (const { address } of pods.within(piece)) {
      const message = `${path} of ${name} is ${cidr}, which holds the addresses of ${count} ${count === 1 ? 'pod' : 'pods'}; whether a block matches pods is up to the engine`;
      yield lint('IPBLOCK_MATCHES_PODS', message, [policy.ref], {
        path,
        witness: addressText(address),
        cidr,
        pods: count,
      });
      return;
    }
  }
}

/** An except that another peer of the same subjects allows again, at the same ports or more. */
function* reopenedFindings(audited: Audited, written: WrittenRule, block: Block, path: string): Iterable<Finding> {
  const { policy, direction, rule } = written;
  const { lookups } = audited.cluster;
  const subject = audited.subject(policy);
  const others = lookups.policiesOfNamespace().get(policy.ref.namespace ?? '') ?? [];
  const candidates: { readonly written: WrittenRule; readonly peer: Block | null; readonly at: string }[] = [];
  for (const other of others) {
    if (other.ref.group !== 'networking.k8s.io' || !other.directions.includes(direction)) continue;
    for (const one of writtenRules(other)) {
      if (one.direction !== direction || !portsHold(one.rule, rule)) continue;
      if (one.rule.peers === null) candidates.push({ written: one, peer: null, at: one.path });
      for (const [j, peer] of (one.rule.peers ?? []).entries())
        if (peer.kind === 'Addresses' && peer !== block)
          candidates.push({ written: one, peer, at: peerPath(one, peer, j) });
    }
    if (candidates.length > reopenersMax) break;
  }
  for (const [k, except] of block.except.entries()) {
    const [hole] = rangesOf([except]);
    const opener = candidates.find(({ written: one, peer }) => {
      if (peer !== null && !piecesOf(peer).some((piece) => rangeHolds(piece, hole))) return false;
      return one.policy === policy || audited.sharedGroup(subject.groups, audited.subject(one.policy).groups) >= 0;
    });
    if (opener === undefined) continue;
    const by = opener.written.policy === policy ? opener.at : `${opener.at} of ${nameOf(opener.written.policy)}`;
    const message = `${except}, which ${path} of ${nameOf(policy)} excepts, is allowed by ${by}`;
    const subjects = opener.written.policy === policy ? [policy.ref] : [policy.ref, opener.written.policy.ref];
    yield lint('EXCEPT_REOPENED', message, subjects, {
      path: `${path}.except[${k}]`,
      witness: `ip:${formatAddress(hole.first)}`,
      by,
    });
  }
}

/** Blocks of one family for pods that have both. */
function* gapFindings(audited: Audited, policy: WrittenRule['policy']): Iterable<Finding> {
  for (const direction of policy.directions) {
    const rules = writtenRules(policy).filter((written) => written.direction === direction);
    if (rules.some(({ rule }) => rule.peers === null)) continue;
    const blocks = rules.flatMap(({ rule }) => peerStatements(rule.peers).filter((peer) => peer.kind === 'Addresses'));
    const [family, ...more] = new Set(blocks.flatMap(({ cidrs }) => cidrs.map(familyOf)));
    if (family === undefined || more.length > 0) continue;
    const pod = dualStackPod(audited, policy);
    if (pod === null) continue;
    const path = `spec.${direction.toLowerCase()}`;
    const message = `${path} of ${nameOf(policy)} has ${family} blocks only, and pods that it selects have addresses of both families`;
    yield lint('DUALSTACK_GAP', message, [policy.ref], { path, witness: pod, family });
  }
}

function dualStackPod(audited: Audited, policy: WrittenRule['policy']): string | null {
  const { flags } = audited.cluster.lookups.columns();
  const both = podFlags.hasIPv4 | podFlags.hasIPv6;
  const { groups } = audited.subject(policy);
  for (let i = 0; i < groups.length; i += 2) {
    for (let g = groups[i]; g < groups[i + 1]; g++) {
      const pod = audited.groups.podOf[g];
      if (audited.groups.isOrdinary(g) && (flags[pod] & both) === both) return audited.podText(pod);
    }
  }
  return null;
}

/** Families of which some pod, node or Service of the cluster has an address. */
function familiesOf({ cluster }: Audited, pods: PodAddresses): ReadonlySet<Family> {
  const families = new Set<Family>(cluster.lookups.families());
  for (const family of ['IPv4', 'IPv6'] as const) if (pods.has(family)) families.add(family);
  for (const { addresses } of cluster.model.nodes) for (const address of addresses) families.add(familyOf(address));
  return families;
}

interface ServiceAddresses {
  /** What shows that a block holds cluster IPs only; null where it may hold something else. */
  holding(cidr: string): string | null;
}

function knownServiceAddresses({ cluster: { dataplane, lookups } }: Audited): ServiceAddresses {
  const { value, provenance } = dataplane.serviceCidrs;
  const ranges = provenance === 'assumed' ? [] : value;
  return {
    holding(cidr) {
      const whole = ranges.find((range) => cidrHolds(range, cidr));
      if (whole !== undefined) return `ip:${whole}`;
      const single = /\/(32|128)$/.test(cidr) ? cidr.slice(0, cidr.indexOf('/')) : null;
      const service = single === null ? undefined : lookups.servicesByAddress().get(single)?.[0];
      const isClusterIp = single !== null && service?.clusterIps.includes(single) === true;
      return isClusterIp ? `service:${service.namespace}/${service.name}` : null;
    },
  };
}
