import type { Cluster } from './cluster.js';
import { joinJudgements, judgePair, type Manner, type PairJudgement } from './judge-pair.js';
import type { Judgement } from './judgement.js';
import { type Party, roleOf } from './party.js';
import type { Mode, VerdictWord } from './verdict.js';
import { QuestionError } from '#model';

/** How many pairs of groups one question may compare. */
export const groupPairsMax = 4_000_000;

/** The judgement of all pairs of two sets. */
export interface SetJudgement extends Judgement {
  /** How many pairs have each word; pairs that are `notApplicable` are left out. */
  readonly counts: Readonly<Record<Mode, ReadonlyMap<VerdictWord, number>>>;
  /** One pair of each word. */
  readonly examples: Readonly<Record<Mode, ReadonlyMap<VerdictWord, PairJudgement>>>;
}

/**
 * Judges every pair of two sets, a pod with itself left out. Pods that no policy can tell apart are judged once, so
 * the cost is groups × groups, where a group is a pod class and its address blocks.
 * @throws QuestionError SET_TOO_LARGE above `groupPairsMax` pairs of groups
 */
export function judgeSets(
  cluster: Cluster,
  sources: readonly Party[],
  destinations: readonly Party[],
  manner: Manner,
): SetJudgement {
  const someNodes = [sources, destinations].map((parties) => parties.some((party) => isOnNodeLevel(cluster, party)));
  const from = groupsOf(cluster, sources, someNodes[1] || manner.semantics !== null, manner);
  const to = groupsOf(cluster, destinations, someNodes[0] || manner.semantics !== null, manner);
  if (from.length * to.length > groupPairsMax) throw tooLarge(from.length, to.length);
  const tally = new Tally();
  for (const source of from) {
    for (const destination of to) {
      const pairs = source.parties.length * destination.parties.length - overlap(source, destination);
      if (pairs === 0) continue;
      const [one, other] = distinct(source, destination);
      tally.add(judgePair(cluster, one, other, manner), pairs);
    }
  }
  return tally.result();
}

class Tally {
  readonly #counts = { intended: new Map<VerdictWord, number>(), effective: new Map<VerdictWord, number>() };
  readonly #examples = {
    intended: new Map<VerdictWord, PairJudgement>(),
    effective: new Map<VerdictWord, PairJudgement>(),
  };

  add(judgement: PairJudgement, pairs: number): void {
    for (const mode of ['intended', 'effective'] as const) {
      const { verdict } = judgement[mode];
      if (verdict === 'notApplicable') continue;
      this.#counts[mode].set(verdict, (this.#counts[mode].get(verdict) ?? 0) + pairs);
      if (!this.#examples[mode].has(verdict)) this.#examples[mode].set(verdict, judgement);
    }
  }

  result(): SetJudgement {
    const words = (mode: Mode): Judgement[] => [...this.#examples[mode].values()];
    return {
      intended: joinJudgements(words('intended'), 'MEMBERS_DIFFER', 'EMPTY_SET').intended,
      effective: joinJudgements(words('effective'), 'MEMBERS_DIFFER', 'EMPTY_SET').effective,
      counts: this.#counts,
      examples: this.#examples,
    };
  }
}

interface Group {
  readonly key: string;
  readonly parties: Party[];
}

/** Parties that every question about this manner answers alike. */
function groupsOf(cluster: Cluster, parties: readonly Party[], apart: boolean, manner: Manner): Group[] {
  const groups = new Map<string, Group>();
  for (const party of parties) {
    const key = groupKey(cluster, party, apart || manner.viaService);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, parties: [party] });
    else group.parties.push(party);
  }
  return [...groups.values()];
}

function groupKey(cluster: Cluster, party: Party, apart: boolean): string {
  if (party.pod === null || apart || isOnNodeLevel(cluster, party)) return party.text;
  const { podClass, podBlock4, podBlock6 } = cluster.index.arrays;
  const number = party.podNumber;
  return `${podClass[number]} ${podBlock4[number]} ${podBlock6[number]}`;
}

/** Ends for which it matters on which node the other end runs. */
function isOnNodeLevel(cluster: Cluster, party: Party): boolean {
  return party.kind === 'Node' || roleOf(cluster, party, cluster.semantics) === 'HostNetwork';
}

function overlap(a: Group, b: Group): number {
  if (a.key !== b.key || a.parties[0].pod === null) return 0;
  const pods = new Set(a.parties.map(({ podNumber }) => podNumber));
  return b.parties.filter(({ podNumber }) => pods.has(podNumber)).length;
}

function distinct(a: Group, b: Group): [Party, Party] {
  const [one] = a.parties;
  const other = b.parties.find((party) => party.podNumber < 0 || party.podNumber !== one.podNumber);
  if (other !== undefined) return [one, other];
  // The only member of the other group is the first of this one: some later member is not.
  return [a.parties.find((party) => party.podNumber !== b.parties[0].podNumber) ?? one, b.parties[0]];
}

function tooLarge(from: number, to: number): QuestionError {
  return new QuestionError(
    'SET_TOO_LARGE',
    `from and to are ${from} and ${to} distinguishable groups, which makes ${from * to} pairs; at most ${groupPairsMax} are compared in one question. Ask for one namespace or workload at a time`,
    'from',
  );
}
