import type { Family, PolicySemantics } from '#model';
import type { NodeEnforcement } from '../compile/enforcement-view.js';
import { type ConnectionSetId, type ConnectionSets, dimensionOf } from '../sets/connection-sets.js';
import { intersectionOfIntervals, type IntervalSet } from '../sets/interval-set.js';
import { dimensions } from '../sets/connection-sets.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { Cluster } from './cluster.js';
import { type FlowWord, type JudgedWord, type Judgement, judgementOfWords, type SideWords } from './judgement.js';
import type { Pair, Side, Sides } from './pair.js';
import { commonFamilies, type Party } from './party.js';
import type { Reason } from './reason.js';
import { replayedSides, sidesOf } from './sides.js';
import type { Mode, Protocol } from './verdict.js';

/** The connections a question is about: one interval of ports; all types of ICMP. */
export interface Asked {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
}

/** The judgement of one pair, with what it was made from in each common family. */
export interface PairJudgement extends Judgement {
  readonly families: readonly FamilyJudgement[];
}

export interface FamilyJudgement extends Judgement {
  readonly pair: Pair;
  readonly sides: Sides;
}

/** How a pair is to be judged. */
export interface Manner {
  readonly asked: Asked;
  /** Null: every common family. */
  readonly family: Family | null;
  readonly viaService: boolean;
  readonly twins: boolean;
  /** Null: the snapshot's own knobs, answered from the index; else by replay under these. */
  readonly semantics: PolicySemantics | null;
  /** With it the answer is always by replay. */
  readonly sourcePort?: number;
}

/** Judges one pair of live ends in each family they share. Cost: that of `sidesOf`, or of a replay, per family. */
export function judgePair(cluster: Cluster, source: Party, destination: Party, manner: Manner): PairJudgement {
  const { asked, viaService, twins, sourcePort } = manner;
  const shared = commonFamilies(source, destination).filter(
    (family) => manner.family === null || family === manner.family,
  );
  const families = shared.map((family): FamilyJudgement => {
    const pair: Pair = { source, destination, family, viaService, twins, sourcePort };
    const sides = manner.semantics === null ? sidesOf(cluster, pair) : replayedSides(cluster, pair, manner.semantics);
    return { pair, sides, ...judgeSides(cluster, pair, sides, asked) };
  });
  return { families, ...joinJudgements(families, 'FAMILIES_DIFFER', 'NO_COMMON_FAMILY') };
}

/** One word for several judgements: theirs where they agree; `notApplicable` members are left out. */
export function joinJudgements(parts: readonly Judgement[], whenDifferent: Reason, whenEmpty: Reason): Judgement {
  const join = (mode: Mode): JudgedWord => {
    const words = parts.map((part) => part[mode]).filter(({ verdict }) => verdict !== 'notApplicable');
    if (words.length === 0) return { verdict: 'notApplicable', reason: parts[0]?.[mode].reason ?? whenEmpty };
    if (words.every(({ verdict }) => verdict === words[0].verdict)) {
      // A reason that speaks of all is better than one that speaks of the member that is the pod itself.
      return words.find(({ reason }) => !exemptions.has(reason)) ?? words[0];
    }
    return { verdict: 'mixed', reason: whenDifferent };
  };
  return { intended: join('intended'), effective: join('effective') };
}

const exemptions: ReadonlySet<Reason> = new Set(['SELF', 'HAIRPIN_EXEMPT', 'OWN_NODE']);

/** What both sides allow together, as the policies intend it and as the nodes enforce it. */
export function combinedOutcome(cluster: Cluster, { source, destination }: Pair, sides: Sides, mode: Mode): OutcomeId {
  const { outcomes } = cluster.index;
  if (mode === 'intended') return outcomes.both(sides.egress.outcome, sides.ingress.outcome);
  return outcomes.both(
    enforced(cluster, sides.egress, source).outcome,
    enforced(cluster, sides.ingress, destination).outcome,
  );
}

function judgeSides(cluster: Cluster, pair: Pair, sides: Sides, asked: Asked): Judgement {
  const inForce: Sides = {
    egress: enforced(cluster, sides.egress, pair.source),
    ingress: enforced(cluster, sides.ingress, pair.destination),
  };
  const word = (outcome: OutcomeId): FlowWord => wordOf(cluster, outcome, pair.family, asked);
  const undecidable = isSeen(pair.source) && isSeen(pair.destination);
  const wordsOf = (direction: 'egress' | 'ingress'): SideWords => {
    const side = sides[direction];
    const ruled = cluster.index.outcomes.ruled(side.outcome);
    return {
      ...side,
      intended: word(side.outcome),
      effective: word(inForce[direction].outcome),
      ruled: coverage(cluster.index.sets, ruled, pair.family, asked) !== 'none',
      undecidable,
    };
  };
  const [egress, ingress] = [wordsOf('egress'), wordsOf('ingress')];
  // Of one connection each side has one word, and the two words say it all; of several both may say "some".
  if (asked.first === asked.last) return judgementOfWords(egress, ingress);
  const { outcomes } = cluster.index;
  return judgementOfWords(egress, ingress, {
    intended: word(outcomes.both(sides.egress.outcome, sides.ingress.outcome)),
    effective: word(outcomes.both(inForce.egress.outcome, inForce.ingress.outcome)),
  });
}

/** Only pods made from a template, and what stands for a controller, have an address or a node that nobody knows. */
function isSeen({ pod, addresses }: Party): boolean {
  return pod === null ? addresses[0]?.address !== null : pod.origin !== 'Template';
}

/** A side as the subject's node enforces it: a denial there may hold, not hold, or be in doubt. */
function enforced(cluster: Cluster, side: Side, subject: Party): Side {
  const { outcomes } = cluster.index;
  switch (enforcementAt(cluster, subject)) {
    case 'enforced':
      return side;
    case 'notEnforced':
      return { ...side, outcome: outcomes.allowAll };
    case 'unknown':
      return { ...side, outcome: outcomes.doubted(side.outcome) };
  }
}

/** Whether the node of a pod does what its policies say. */
export function enforcementAt({ enforcement }: Cluster, { node }: Party): NodeEnforcement {
  return (node === null ? undefined : enforcement.nodes.get(node)) ?? enforcement.cluster;
}

/** What an outcome says about all the connections asked for. */
export function wordOf(cluster: Cluster, outcome: OutcomeId, family: Family, asked: Asked): FlowWord {
  const { sets, outcomes } = cluster.index;
  const allowed = coverage(sets, outcomes.allowed(outcome), family, asked);
  const unknown = coverage(sets, outcomes.unknown(outcome), family, asked);
  if (allowed === 'all') return 'allowed';
  if (unknown === 'all') return 'unknown';
  return allowed === 'none' && unknown === 'none' ? 'denied' : 'mixed';
}

/** How much of what is asked for a connection set holds. */
export function coverage(
  sets: ConnectionSets,
  id: ConnectionSetId,
  family: Family,
  asked: Asked,
): 'all' | 'some' | 'none' {
  if (id === sets.all) return 'all';
  if (id === sets.none) return 'none';
  const held = heldOf(sets, id, family, asked);
  if (held.length === 0) return 'none';
  return held[0] === asked.first && held[1] === asked.last ? 'all' : 'some';
}

/** The part of what is asked for that a connection set holds. */
export function heldOf(
  sets: ConnectionSets,
  id: ConnectionSetId,
  family: Family,
  { protocol, first, last }: Asked,
): IntervalSet {
  return intersectionOfIntervals(sets.get(id)[dimensions.indexOf(dimensionOf(protocol, family))], [first, last]);
}
