import type { Direction, Knob, PolicySemantics } from '#model';
import { knobs, knobWords, peerStatements, rangeContains } from '#model';
import { rangesOfCidrs } from '../compile/node-addresses.js';
import type { Cluster } from './cluster.js';
import { type Asked, type PairJudgement, wordOf } from './judge-pair.js';
import { isSamePod, type Pair } from './pair.js';
import { onSameNode } from './party.js';
import { applicablePolicies } from './replay.js';
import { replayedSides } from './sides.js';

/**
 * The knobs that would change what the policies intend for a pair, if just that knob were set to one of its other
 * words (policy semantics 6.2). Cost: one replay per other word and family of each knob that the pair touches.
 */
export function implementationDefinedBy(
  cluster: Cluster,
  { families }: PairJudgement,
  asked: Asked,
  semantics: PolicySemantics,
): Knob[] {
  return knobs.filter((knob) => {
    const touched = families.filter(({ pair }) => isTouched(cluster, knob, pair, asked));
    if (touched.length === 0) return false;
    return knobWords[knob].some((word) => {
      if (word === semantics[knob]) return false;
      const other = { ...semantics, [knob]: word };
      return touched.some(({ pair, intended }) => {
        const { egress, ingress } = replayedSides(cluster, pair, other);
        const { outcomes } = cluster.index;
        return wordOf(cluster, outcomes.both(egress.outcome, ingress.outcome), pair.family, asked) !== intended.verdict;
      });
    });
  });
}

/** Whether a pair has what a knob is about at all; where it has not, no word of the knob changes anything. */
function isTouched(cluster: Cluster, knob: Knob, pair: Pair, asked: Asked): boolean {
  const { source, destination } = pair;
  switch (knob) {
    case 'podIpInIpBlock':
      return matchesAddresses(cluster, pair, 'Egress') || matchesAddresses(cluster, pair, 'Ingress');
    case 'hostNetworkAs':
      return [source, destination].some(({ pod }) => pod?.hostNetwork === true);
    case 'podToOwnNode':
      return (
        (destination.kind === 'Node' || destination.pod?.hostNetwork === true) &&
        onSameNode(source, destination) !== 'no'
      );
    case 'otherProtocols':
      return asked.protocol === 'ICMP';
    case 'initContainerPorts':
      return destination.pod?.ports.some(({ declaredBy, name }) => declaredBy === 'Init' && name !== null) === true;
    case 'hairpin':
      return isSamePod(pair);
  }
}

/**
 * Whether some policy that selects the subject has an ipBlock that holds the address of its peer, a pod, or may hold it:
 * `except` aside, the knob changes nothing about other blocks.
 */
function matchesAddresses(cluster: Cluster, { source, destination, family }: Pair, direction: Direction): boolean {
  const [subject, peer] = direction === 'Egress' ? [source, destination] : [destination, source];
  if (subject.pod === null || peer.pod === null || peer.pod.hostNetwork) return false;
  const address = peer.addresses.find((candidate) => candidate.family === family)?.address ?? null;
  const holds = (cidrs: readonly string[]): boolean =>
    address === null || rangesOfCidrs(cidrs).some((range) => rangeContains(range, address));
  return applicablePolicies(cluster, subject, direction).some(
    ({ tier, ingress, egress }) =>
      tier.knobs === 'NetworkPolicy' &&
      (direction === 'Egress' ? egress : ingress).some(({ peers }) =>
        peerStatements(peers).some((statement) => statement.kind === 'Addresses' && holds(statement.cidrs)),
      ),
  );
}
