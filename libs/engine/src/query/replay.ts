import type { Address, Direction, ObjectRef, Policy, PolicyRule, PolicySemantics, RulePeer, Tier } from '#model';
import { parseCidr, rangeContains, selectorMatches } from '#model';
import { foldTiers, type MatchedTier } from '../compile/fold.js';
import { inEvaluationOrder } from '../compile/lower-policies.js';
import { actsHere } from '../compile/not-understood.js';
import { namedPortsOf, type NamedPorts, noNamedPorts, ruleConnections } from '../compile/rule-connections.js';
import type { ConnectionSetId } from '../sets/connection-sets.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { Cluster } from './cluster.js';
import { isNodeLike, isSamePod, type Pair, type Side } from './pair.js';
import { onSameNode, type Party, roleOf } from './party.js';

/** One rule whose peers match, and the connections it speaks of for this destination. */
export interface ReplayedRule {
  readonly policy: ObjectRef;
  /** Index in the policy's list of rules for the direction. */
  readonly rule: number;
  readonly action: PolicyRule['action'];
  readonly connections: ConnectionSetId;
}

/** One policy that applies to the subject in the direction. */
export interface ReplayedPolicy {
  readonly policy: Policy;
  /** Its rules for the direction. */
  readonly ruleCount: number;
  /** Those whose peers match. */
  readonly matching: readonly ReplayedRule[];
}

/** What one end says, run through the policies themselves. */
export interface Replay extends Side {
  /** In evaluation order. Where an address is unknown: for one address that it may have. */
  readonly policies: readonly ReplayedPolicy[];
}

/**
 * Runs one end of a pair through the policies that apply to it, under any knobs, without the index. An address that
 * nobody knows is tried once in every piece of the address space that these policies tell apart: what all pieces agree
 * on stands, the rest is unknown. Cost: policies that may select the subject × their rules and peers, × pieces.
 */
export function replaySide(cluster: Cluster, direction: Direction, pair: Pair, semantics: PolicySemantics): Replay {
  const { outcomes } = cluster.index;
  const [subject, peer] = direction === 'Egress' ? [pair.source, pair.destination] : [pair.destination, pair.source];
  const policies = applicablePolicies(cluster, subject, direction);
  const isolated = policies.some(({ tier }) => tier.unmatched === 'Isolate');
  const destinationPorts = portsOf(cluster, pair.destination, semantics);
  const replays = candidateAddresses(policies, direction, peer, pair).map((address) => {
    const matcher: PeerMatcher = { cluster, peer, role: roleOf(cluster, peer, semantics), address, semantics };
    const replayed = policies.map((policy) => replayPolicy(policy, direction, matcher, destinationPorts));
    return { replayed, outcome: foldReplayed(cluster, direction, pair, semantics, replayed) };
  });
  const outcome = replays.map((replay) => replay.outcome).reduce((a, b) => outcomes.either(a, b));
  const doubted = cluster.model.notUnderstood.some(
    (object) =>
      object.scope.kind === 'Pods' &&
      (object.scope.namespace === null || object.scope.namespace === subject.pod?.namespace) &&
      actsHere(object, cluster.enforcement),
  );
  const { replayed } = replays[0];
  if (doubted) return { outcome: outcomes.unknownAll, isolated, by: 'NotUnderstood', policies: replayed };
  const exempt = tierExemption(cluster, direction, pair, semantics) === 'yes';
  return { outcome, isolated, by: exempt ? (isSamePod(pair) ? 'Hairpin' : 'OwnNode') : 'Policies', policies: replayed };
}

function foldReplayed(
  cluster: Cluster,
  direction: Direction,
  pair: Pair,
  semantics: PolicySemantics,
  replayed: readonly ReplayedPolicy[],
): OutcomeId {
  const { sets, outcomes } = cluster.index;
  const fold = (exempt: boolean): OutcomeId => {
    const kept = replayed.filter(({ policy }) => !exempt || policy.tier.exemptions === 'None');
    return outcomes.intern(foldTiers(byTier(kept), semantics, sets), sets.none);
  };
  switch (tierExemption(cluster, direction, pair, semantics)) {
    case 'yes':
      return fold(true);
    case 'maybe':
      return outcomes.either(fold(true), fold(false));
    case 'no':
      return fold(false);
  }
}

/** Whether the NetworkPolicy tier leaves this pair alone: hairpin, and a pod's own node (policy semantics 1.2, 5.1). */
function tierExemption(
  cluster: Cluster,
  direction: Direction,
  pair: Pair,
  semantics: PolicySemantics,
): 'yes' | 'no' | 'maybe' {
  if (isSamePod(pair)) return semantics.hairpin === 'exempt' ? 'yes' : 'no';
  const { source, destination } = pair;
  if (direction === 'Ingress' || semantics.podToOwnNode === 'policy') return 'no';
  return isNodeLike(destination, roleOf(cluster, destination, semantics)) ? onSameNode(source, destination) : 'no';
}

function byTier(replayed: readonly ReplayedPolicy[]): MatchedTier[] {
  const tiers: { tier: Tier; rules: ReplayedRule[] }[] = [];
  for (const { policy, matching } of replayed) {
    if (tiers.at(-1)?.tier.name !== policy.tier.name) tiers.push({ tier: policy.tier, rules: [] });
    tiers[tiers.length - 1].rules.push(...matching);
  }
  return tiers;
}

/** Policies that apply to a pod in a direction, in evaluation order. */
export function applicablePolicies({ lookups }: Cluster, subject: Party, direction: Direction): readonly Policy[] {
  const { pod } = subject;
  if (pod === null) return [];
  const labels = lookups.namespaceLabels().get(pod.namespace) ?? {};
  return inEvaluationOrder(
    lookups.policiesFor(pod.namespace).filter(({ directions, subject: { namespaces, pods } }) => {
      if (!directions.includes(direction) || !selectorMatches(pods, pod.labels)) return false;
      return namespaces.kind === 'Named'
        ? namespaces.name === pod.namespace
        : selectorMatches(namespaces.selector, labels);
    }),
  );
}

function portsOf(cluster: Cluster, destination: Party, semantics: PolicySemantics): NamedPorts {
  if (destination.pod === null || roleOf(cluster, destination, semantics) !== 'Ordinary') return noNamedPorts;
  return namedPortsOf(destination.pod.ports, semantics);
}

interface PeerMatcher {
  readonly cluster: Cluster;
  readonly peer: Party;
  readonly role: ReturnType<typeof roleOf>;
  readonly address: Address | null;
  readonly semantics: PolicySemantics;
}

function replayPolicy(policy: Policy, direction: Direction, matcher: PeerMatcher, ports: NamedPorts): ReplayedPolicy {
  const rules = direction === 'Ingress' ? policy.ingress : policy.egress;
  const { sets } = matcher.cluster.index;
  const matching = rules.flatMap((rule, number): ReplayedRule[] => {
    if (rule.peers !== null && !rule.peers.some((peer) => peerMatches(peer, matcher))) return [];
    return [{ policy: policy.ref, rule: number, action: rule.action, connections: ruleConnections(rule, ports, sets) }];
  });
  return { policy, ruleCount: rules.length, matching };
}

function peerMatches(rulePeer: RulePeer, { cluster, peer, role, address, semantics }: PeerMatcher): boolean {
  if (rulePeer.kind === 'Addresses') {
    // Node addresses, which hostNetwork pods have, are always matched; pod addresses only under the knob.
    if (role === 'Ordinary' && peer.pod?.hostNetwork === false && semantics.podIpInIpBlock === 'no') return false;
    return (
      address !== null &&
      cidrContains(rulePeer.cidr, address) &&
      !rulePeer.except.some((cidr) => cidrContains(cidr, address))
    );
  }
  if (role !== 'Ordinary' || peer.pod === null) return false;
  const { namespaces, pods } = rulePeer;
  if (
    namespaces.kind === 'Named'
      ? namespaces.name !== peer.pod.namespace
      : !selectorMatches(namespaces.selector, cluster.lookups.namespaceLabels().get(peer.pod.namespace) ?? {})
  )
    return false;
  return selectorMatches(pods, peer.pod.labels);
}

function cidrContains(cidr: string, address: Address): boolean {
  const range = parseCidr(cidr);
  return range !== null && rangeContains(range, address);
}

/** The peer's address in the pair's family; for an unknown one, one address in each piece the policies tell apart. */
function candidateAddresses(
  policies: readonly Policy[],
  direction: Direction,
  peer: Party,
  { family }: Pair,
): (Address | null)[] {
  const found = peer.addresses.find((candidate) => candidate.family === family);
  if (found === undefined) return [null];
  if (found.address !== null) return [found.address];
  const lowest: Address = family === 'IPv4' ? { family, value: 0 } : { family, value: 0n };
  const borders = policies.flatMap((policy) =>
    (direction === 'Ingress' ? policy.ingress : policy.egress).flatMap((rule) =>
      (rule.peers ?? []).flatMap((rulePeer) =>
        rulePeer.kind === 'Addresses' && rulePeer.family === family
          ? [rulePeer.cidr, ...rulePeer.except].flatMap(cidrBorders)
          : [],
      ),
    ),
  );
  return [lowest, ...borders];
}

/** The first address of a CIDR and the first one after it. */
function cidrBorders(cidr: string): Address[] {
  const range = parseCidr(cidr);
  if (range === null) return [];
  const { first, last } = range;
  const after: Address =
    last.family === 'IPv4' ? { family: 'IPv4', value: last.value + 1 } : { family: 'IPv6', value: last.value + 1n };
  const isInSpace = after.family === 'IPv4' ? after.value < 2 ** 32 : after.value < 1n << 128n;
  return isInSpace ? [first, after] : [first];
}
