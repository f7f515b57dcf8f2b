import type { Direction, ObjectRef, PolicySemantics } from '#model';
import { compareObjectRefs } from '#model';
import { doubtsNode } from '../compile/node-doubts.js';
import { actsHere } from '../compile/not-understood.js';
import { outsideClass } from '../compile/pod-classes.js';
import { isolatedFlag, notUnderstoodFlag } from '../compile/reachability-index.js';
import type { Cluster } from './cluster.js';
import { isNodeLike, isSamePod, type Pair, type Side, type Sides } from './pair.js';
import { blockOf, onSameNode, roleOf } from './party.js';
import { replaySide } from './replay.js';

/**
 * What both ends say, from the index; pairs that an exemption concerns are tested first (policy semantics 0). Cost: a
 * few binary searches; a replay where a pod reaches itself through a Service.
 */
export function sidesOf(cluster: Cluster, pair: Pair): Sides {
  return exempted(cluster, pair, cluster.semantics, (direction) => indexedSide(cluster, direction, pair));
}

/** What both ends say under other knobs, from the policies themselves. Cost: the policies of the two namespaces. */
export function replayedSides(cluster: Cluster, pair: Pair, semantics: PolicySemantics): Sides {
  return exempted(cluster, pair, semantics, (direction) => replaySide(cluster, direction, pair, semantics));
}

/** Objects that may change what this pair's ends say and are not understood; sorted by ref. */
export function doubtsAbout(cluster: Cluster, { source, destination }: Pair, semantics: PolicySemantics): ObjectRef[] {
  const ends = [source, destination].map((party) => ({ party, role: roleOf(cluster, party, semantics) }));
  return cluster.model.notUnderstood
    .filter((object) => actsHere(object, cluster.enforcement))
    .filter((object) =>
      ends.some(({ party, role }) => {
        const { scope } = object;
        if (scope.kind === 'Nodes') {
          const direction = party === source ? 'Egress' : 'Ingress';
          return isNodeLike(party, role) && doubtsNode(object, party.node, direction);
        }
        return scope.kind === 'Pods' && role === 'Ordinary' && [null, party.pod?.namespace].includes(scope.namespace);
      }),
    )
    .map(({ ref }) => ref)
    .sort(compareObjectRefs);
}

type AskPolicies = (direction: Direction) => Side;

function exempted(cluster: Cluster, pair: Pair, semantics: PolicySemantics, ask: AskPolicies): Sides {
  const { outcomes } = cluster.index;
  const { source, destination } = pair;
  if (isSamePod(pair) && !pair.viaService) {
    const self: Side = { outcome: outcomes.allowAll, isolated: false, applies: false, by: 'Self' };
    return { egress: self, ingress: self };
  }
  const roles = { source: roleOf(cluster, source, semantics), destination: roleOf(cluster, destination, semantics) };
  const notSubject: Side = { outcome: outcomes.allowAll, isolated: false, applies: false, by: 'NotSubject' };
  const egress = roles.source === 'Ordinary' ? ask('Egress') : notSubject;
  const ingress =
    roles.destination !== 'Ordinary'
      ? notSubject
      : isNodeLike(source, roles.source)
        ? fromOwnNode(cluster, pair, ask('Ingress'))
        : ask('Ingress');
  const doubts = cluster.lookups.nodeDoubts(cluster.enforcement);
  if (doubts.areNone) return { egress, ingress };
  return nodeTrafficDoubted(cluster, { egress, ingress }, [
    isNodeLike(source, roles.source) && doubts.concern(source.node, 'Egress'),
    isNodeLike(destination, roles.destination) && doubts.concern(destination.node, 'Ingress'),
  ]);
}

/** A pod is always reachable from its own node, whatever policies say (policy semantics 0). */
function fromOwnNode({ index: { outcomes } }: Cluster, { source, destination }: Pair, side: Side): Side {
  switch (onSameNode(source, destination)) {
    case 'yes':
      return { ...side, outcome: outcomes.allowAll, by: 'OwnNode' };
    case 'maybe':
      return { ...side, outcome: outcomes.either(outcomes.allowAll, side.outcome) };
    case 'no':
      return side;
  }
}

function indexedSide(cluster: Cluster, direction: Direction, pair: Pair): Side {
  const { index, semantics } = cluster;
  const subject = direction === 'Egress' ? pair.source : pair.destination;
  const peer = direction === 'Egress' ? pair.destination : pair.source;
  const profile = index.profileOf(direction, index.arrays.podClass[subject.podNumber]);
  const flags = index.arrays.profileFlags[profile];
  const found = { isolated: (flags & isolatedFlag) !== 0, applies: profile !== 0 };
  if ((flags & notUnderstoodFlag) !== 0) return { ...found, outcome: index.outcomes.unknownAll, by: 'NotUnderstood' };
  if (pair.sourcePort !== undefined || concernsTierExemption(cluster, direction, pair, semantics))
    return replaySide(cluster, direction, pair, semantics);
  const peerClass = peer.pod === null ? outsideClass : index.arrays.podClass[peer.podNumber];
  const outcome = index.outcome(profile, peerClass, blockOf(cluster, peer, pair.family));
  return { ...found, outcome, by: 'Policies' };
}

/**
 * Whether an exemption of the NetworkPolicy API takes this pair out of its tier, but not out of others, or rules may speak
 * of the pod's own node, which the index does not tell from others.
 */
function concernsTierExemption(
  cluster: Cluster,
  direction: Direction,
  pair: Pair,
  semantics: PolicySemantics,
): boolean {
  if (isSamePod(pair)) return true;
  if (direction === 'Ingress') return false;
  if (semantics.podToOwnNode === 'policy' && !cluster.lookups.speaksOfOwnNode()) return false;
  const { source, destination } = pair;
  return isNodeLike(destination, roleOf(cluster, destination, semantics)) && onSameNode(source, destination) !== 'no';
}

/** Host endpoints that are not understood may also deny what goes to and from nodes. */
function nodeTrafficDoubted(
  { index: { outcomes } }: Cluster,
  sides: Sides,
  doubted: readonly [source: boolean, destination: boolean],
): Sides {
  const doubt = (side: Side): Side =>
    side.by === 'OwnNode'
      ? side
      : { ...side, outcome: outcomes.both(side.outcome, outcomes.unknownAll), by: 'NotUnderstood' };
  return {
    egress: doubted[0] ? doubt(sides.egress) : sides.egress,
    ingress: doubted[1] ? doubt(sides.ingress) : sides.ingress,
  };
}
