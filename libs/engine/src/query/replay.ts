import type {
  Address,
  AddressRange,
  Direction,
  ObjectRef,
  Policy,
  PolicyRule,
  PolicySemantics,
  RulePlace,
  Tier,
} from '#model';
import { isIsolating, selectorMatches } from '#model';
import { foldPolicies, type MatchedPolicy, type MatchedRule } from '../compile/fold.js';
import { inEvaluationOrder } from '../compile/lower-policies.js';
import { actsHere } from '../compile/not-understood.js';
import { namedPortsOf, type NamedPorts, noNamedPorts, ruleConnections } from '../compile/rule-connections.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { Cluster } from './cluster.js';
import { isNodeLike, isSamePod, type Pair, type Side } from './pair.js';
import { onSameNode, type Party, roleOf } from './party.js';
import { isPodTo, type PeerAtAddress, peersMatch, rangesInRules } from './peer-match.js';

/** One rule whose peers match (or may, where it is not certain), and the connections it speaks of for this destination. */
export interface ReplayedRule extends MatchedRule {
  readonly policy: ObjectRef;
  /** The number of the rule in its object's list for the direction. */
  readonly rule: number;
  /** Where the object has it; null: at that index of its only list. */
  readonly at: RulePlace | null;
  readonly action: PolicyRule['action'];
  readonly peers: PolicyRule['peers'];
  readonly layer7: readonly string[];
}

/** One policy that applies to the subject in the direction. */
export interface ReplayedPolicy {
  readonly policy: Policy;
  /** Whether it isolates the subject in the direction. */
  readonly isolates: boolean;
  /** How many rules for the direction it has that are for the pod. */
  readonly ruleCount: number;
  /** Whether an exemption takes this pair out of the policy's tier. */
  readonly exempt: boolean;
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
  const isolated = policies.some((policy) => isIsolating(policy, direction));
  const destinationPorts = portsOf(cluster, pair.destination, semantics);
  const exemption = tierExemption(cluster, direction, pair, semantics);
  const replays = candidateAddresses(cluster, policies, direction, peer, pair).map((address) => {
    const role = roleOf(cluster, peer, semantics);
    const end: PeerAtAddress = { cluster, subject, peer, role, address, semantics, sourcePort: pair.sourcePort };
    const replayed = policies.map((policy) => ({
      ...replayPolicy(policy, direction, subject, end, destinationPorts),
      exempt: exemption === 'yes' && knowsExemption(policy.tier, pair),
    }));
    return { replayed, outcome: foldReplayed(cluster, exemption, semantics, replayed, pair) };
  });
  const outcome = replays.map((replay) => replay.outcome).reduce((a, b) => outcomes.either(a, b));
  const doubted = cluster.model.notUnderstood.some(
    (object) =>
      object.scope.kind === 'Pods' &&
      (object.scope.namespace === null || object.scope.namespace === subject.pod?.namespace) &&
      actsHere(object, cluster.enforcement),
  );
  const { replayed } = replays[0];
  const found = { isolated, applies: doubted || policies.length > 0, policies: replayed };
  if (doubted) return { ...found, outcome: outcomes.unknownAll, by: 'NotUnderstood' };
  const by = exemption === 'yes' && isolated ? (isSamePod(pair) ? 'Hairpin' : 'OwnNode') : 'Policies';
  return { ...found, outcome, by };
}

/** A tier that leaves the pair alone allows it, and tiers below are not asked where it would have isolated. */
function foldReplayed(
  { index: { outcomes } }: Cluster,
  exemption: Exemption,
  semantics: PolicySemantics,
  replayed: readonly ReplayedPolicy[],
  pair: Pair,
): OutcomeId {
  const everything: MatchedRule = { action: 'Allow', connections: outcomes.sets.all, certain: true };
  const fold = (exempt: boolean): OutcomeId => {
    const matched = replayed.map(({ policy: { tier, order }, isolates, matching }): MatchedPolicy =>
      exempt && knowsExemption(tier, pair)
        ? { tier: { ...tier, knobs: 'None' }, order, isolates, rules: [everything] }
        : { tier, order, isolates, rules: matching },
    );
    return foldPolicies(matched, semantics, outcomes);
  };
  switch (exemption) {
    case 'yes':
      return fold(true);
    case 'maybe':
      return outcomes.either(fold(true), fold(false));
    case 'no':
      return fold(false);
  }
}

type Exemption = 'yes' | 'no' | 'maybe';

/** Whether a tier is one that the exemption of a pair takes out. */
function knowsExemption({ knobs }: Tier, pair: Pair): boolean {
  return knobs === 'NetworkPolicy' || (knobs === 'Hairpin' && isSamePod(pair));
}

/** Whether the NetworkPolicy tier leaves this pair alone: hairpin, and a pod's own node (policy semantics 1.2, 5.1). */
function tierExemption(cluster: Cluster, direction: Direction, pair: Pair, semantics: PolicySemantics): Exemption {
  if (isSamePod(pair)) return semantics.hairpin === 'exempt' ? 'yes' : 'no';
  const { source, destination } = pair;
  if (direction === 'Ingress' || semantics.podToOwnNode === 'policy') return 'no';
  return isNodeLike(destination, roleOf(cluster, destination, semantics)) ? onSameNode(source, destination) : 'no';
}

/**
 * Policies that apply to a pod in a direction, in evaluation order. They are the same for all pods of a namespace with the
 * same labels, and remembered for them. Cost of the first time: the policies that may select pods of the namespace.
 */
export function applicablePolicies({ lookups }: Cluster, subject: Party, direction: Direction): readonly Policy[] {
  const { pod, podNumber } = subject;
  if (pod === null) return [];
  const find = (): readonly Policy[] => {
    const labels = lookups.labelsOfNamespace(pod.namespace);
    return inEvaluationOrder(
      lookups.policiesFor(pod.namespace).filter(({ tier, directions, subject: { namespaces, pods } }) => {
        if (!directions.includes(direction) || !isPodTo(tier, subject) || !selectorMatches(pods, pod.labels))
          return false;
        return namespaces.kind === 'Named'
          ? namespaces.name === pod.namespace
          : selectorMatches(namespaces.selector, labels);
      }),
    );
  };
  return podNumber < 0 ? find() : lookups.rememberedForLikes(podNumber, direction, find);
}

function portsOf(cluster: Cluster, destination: Party, semantics: PolicySemantics): NamedPorts {
  if (destination.pod === null || roleOf(cluster, destination, semantics) !== 'Ordinary') return noNamedPorts;
  return namedPortsOf(destination.pod.ports, semantics);
}

function replayPolicy(
  policy: Policy,
  direction: Direction,
  subject: Party,
  end: PeerAtAddress,
  ports: NamedPorts,
): Omit<ReplayedPolicy, 'exempt'> {
  const rules = direction === 'Ingress' ? policy.ingress : policy.egress;
  const { sets } = end.cluster.index;
  const labels = subject.pod?.labels ?? {};
  const numbers = new Set<number | string>();
  const matching = rules.flatMap((rule, place): ReplayedRule[] => {
    if (rule.subject !== undefined && !selectorMatches(rule.subject, labels)) return [];
    const number = rule.number ?? place;
    numbers.add(rule.at === undefined ? number : `${rule.at.list}[${rule.at.number}]`);
    const match = peersMatch(rule.peers, policy.tier, end);
    if (match === 'no') return [];
    const connections = ruleConnections(rule, ports, sets);
    const { action, at = null, layer7 = [] } = rule;
    const certain = match === 'yes';
    return [{ policy: policy.ref, rule: number, at, action, peers: rule.peers, layer7, connections, certain }];
  });
  return { policy, isolates: isIsolating(policy, direction), ruleCount: numbers.size, matching };
}

/** The peer's address in the pair's family; for an unknown one, one address in each piece the policies tell apart. */
function candidateAddresses(
  cluster: Cluster,
  policies: readonly Policy[],
  direction: Direction,
  peer: Party,
  { family }: Pair,
): (Address | null)[] {
  const found = peer.addresses.find((candidate) => candidate.family === family);
  if (found === undefined) return [null];
  if (found.address !== null) return [found.address];
  const lowest: Address = family === 'IPv4' ? { family, value: 0 } : { family, value: 0n };
  const borders = policies
    .flatMap((policy) => rangesInRules(cluster, direction === 'Ingress' ? policy.ingress : policy.egress))
    .filter(({ first }) => first.family === family)
    .flatMap(bordersOf);
  return [lowest, ...borders];
}

/** The first address of a range and the first one after it. */
function bordersOf({ first, last }: AddressRange): Address[] {
  const after: Address =
    last.family === 'IPv4' ? { family: 'IPv4', value: last.value + 1 } : { family: 'IPv6', value: last.value + 1n };
  const isInSpace = after.family === 'IPv4' ? after.value < 2 ** 32 : after.value < 1n << 128n;
  return isInSpace ? [first, after] : [first];
}
