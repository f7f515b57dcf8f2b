import type { Assumption } from '#model';
import { judgeEntry, type JudgedMember } from '../entries/judge-entry.js';
import type { Cluster } from '../query/cluster.js';
import type { Mode } from '../query/verdict.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { ConnectivityQuestion } from './connectivity.js';
import type { Ends } from './ends.js';

/** What controllers of Ingresses, Routes and Gateways may open to one end. */
export interface IngressRow {
  readonly destination: number;
  /** To every pod of the end, and to at least one; as rows of ends say it. */
  readonly every: OutcomeId;
  readonly some: OutcomeId;
}

export interface IngressReach {
  /** By destination; only where there is something to say. */
  readonly rows: readonly IngressRow[];
  /** Who the controllers were taken to be. */
  readonly assumptions: readonly Assumption[];
}

interface PodOutcome {
  every: OutcomeId;
  some: OutcomeId;
}

/**
 * Where entries lead and policies let their controllers through, as connections to ends made of pods (policy semantics 5.2).
 * Several entries may open an end together. Cost: that of judging every entry, plus the ends' pods.
 */
export function ingressReach(
  cluster: Cluster,
  ends: Ends,
  { mode, family }: Pick<ConnectivityQuestion, 'mode' | 'family'>,
): IngressReach {
  const { outcomes } = cluster.index;
  const pods = new Map<number, PodOutcome>();
  const assumptions = new Map<string, Assumption>();
  for (const entry of cluster.model.entries) {
    if (entry.refusal !== null) continue;
    const { backends, controller } = judgeEntry(cluster, entry, null, { family, semantics: null });
    assumptions.set(controller.assumption.value, controller.assumption);
    for (const member of backends.flatMap(({ members }) => members)) {
      const { podNumber } = member.backend.party;
      if (podNumber < 0) continue;
      const { every, some } = outcomeOf(cluster, member, mode);
      const known = pods.get(podNumber) ?? { every: outcomes.denyAll, some: outcomes.denyAll };
      pods.set(podNumber, { every: outcomes.any(known.every, every), some: outcomes.any(known.some, some) });
    }
  }
  return { rows: rowsOf(cluster, ends, pods), assumptions: [...assumptions.values()] };
}

/** What every pod of the controller may open to a backend, in every family, and what at least one may. */
function outcomeOf({ index: { sets, outcomes } }: Cluster, member: JudgedMember, mode: Mode): PodOutcome {
  const { protocol, backend, pairs } = member;
  const port = sets.ofDimension(protocol, [backend.port, backend.port]);
  const said = pairs.flatMap(({ families }) =>
    families.map((judged): OutcomeId => {
      const { verdict } = judged[mode];
      if (verdict === 'allowed') return outcomes.intern(port, sets.none);
      return verdict === 'unknown' ? outcomes.intern(sets.none, port) : outcomes.denyAll;
    }),
  );
  if (said.length === 0) return { every: outcomes.denyAll, some: outcomes.denyAll };
  return { every: said.reduce((a, b) => outcomes.both(a, b)), some: said.reduce((a, b) => outcomes.any(a, b)) };
}

function rowsOf({ index: { outcomes } }: Cluster, ends: Ends, pods: ReadonlyMap<number, PodOutcome>): IngressRow[] {
  const byEnd = new Map<number, PodOutcome & { count: number }>();
  for (const [pod, { every, some }] of pods) {
    const end = ends.ofPod[pod];
    if (end < 0) continue;
    const known = byEnd.get(end);
    if (known === undefined) byEnd.set(end, { every, some, count: 1 });
    else {
      known.every = outcomes.both(known.every, every);
      known.some = outcomes.any(known.some, some);
      known.count++;
    }
  }
  return [...byEnd]
    .map(([destination, { every, some, count }]): IngressRow => {
      const isWhole = count === membersOf(ends, destination);
      return { destination, every: isWhole ? every : outcomes.denyAll, some };
    })
    .filter(({ some }) => some !== outcomes.denyAll)
    .sort((a, b) => a.destination - b.destination);
}

function membersOf({ unitOffsets, members }: Ends, end: number): number {
  let count = 0;
  for (let at = unitOffsets[end]; at < unitOffsets[end + 1]; at++) count += members[at];
  return count;
}
