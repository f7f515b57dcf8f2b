import { QuestionError, type ObjectEdit } from '#model';
import { ConnectivityWalk } from '../connectivity/connectivity-walk.js';
import { viewOfConnections } from '../query/connections-view.js';
import type { Cluster } from '../query/cluster.js';
import type { ConnectionsView } from '../query/verdict.js';
import type { OutcomeId } from '../sets/outcomes.js';
import { findAffectedEnds } from './affected-ends.js';
import { Candidates } from './candidates.js';
import { CommonOutcomes } from './common-outcomes.js';
import { type ChangeWord, changeWords, type ConnectivityChange, type DiffQuestion, type DiffSummary } from './diff.js';
import { DiffSide } from './diff-side.js';
import { type EndsOfSnapshot, MergedEnds } from './merged-ends.js';

/** A change by numbers: merged ends, and outcomes under common numbers. */
export interface WalkedChange {
  readonly source: number;
  readonly destination: number;
  readonly before: OutcomeId;
  readonly after: OutcomeId;
  readonly some: boolean;
}

/** With more pairs than this to ask about, whole sources are compared instead, which costs less for each pair. */
const pairsMax = 20_000_000;

/**
 * Compares the connectivity of two snapshots. With the edits between them only those pairs are asked about which the
 * edits may concern; without, or where these are many, the rows of each source are laid side by side. Either way the
 * changes come by source, then destination, what every pair may do before what some may.
 *
 * Cost: with edits, the affected ends × all ends in the worst case, and mostly the pairs of which an edited policy says
 * something else; without, the rows of both snapshots.
 */
export class DiffWalk {
  readonly #sources: Uint8Array | null;
  readonly #destinations: Uint8Array | null;

  private constructor(
    readonly question: DiffQuestion,
    private readonly merged: MergedEnds,
    private readonly before: DiffSide,
    private readonly after: DiffSide,
    private readonly common: CommonOutcomes,
    private readonly candidates: Candidates | null,
  ) {
    this.#sources = this.#kept(question.from, 'from');
    this.#destinations = this.#kept(question.to, 'to');
  }

  /** @throws QuestionError where a peer is in neither snapshot */
  static open(before: Cluster, after: Cluster, edits: readonly ObjectEdit[] | null, question: DiffQuestion): DiffWalk {
    const steps = DiffWalk.opening(before, after, edits, question);
    for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
  }

  /** As `open`; yields between steps, so that whoever opens may take a breath. */
  static *opening(
    before: Cluster,
    after: Cluster,
    edits: readonly ObjectEdit[] | null,
    question: DiffQuestion,
  ): Generator<void, DiffWalk> {
    const everything = { ...question, from: null, to: null };
    const walkBefore = new ConnectivityWalk(before, everything);
    yield;
    const walkAfter = new ConnectivityWalk(after, everything);
    yield;
    const merged = new MergedEnds(endsOf(walkBefore), endsOf(walkAfter));
    yield;
    const common = new CommonOutcomes();
    const sides = [
      new DiffSide(walkBefore, merged, 'before', common),
      new DiffSide(walkAfter, merged, 'after', common),
    ] as const;
    yield;
    const affected = yield* findAffectedEnds(before, after, merged, edits, pairsMax);
    yield;
    const candidates = affected && new Candidates(affected, merged, ...sides);
    const targeted = candidates !== null && candidates.pairs <= pairsMax ? candidates : null;
    return new DiffWalk(question, merged, ...sides, common, targeted);
  }

  /** Whether only what edits may concern is asked about. */
  get isTargeted(): boolean {
    return this.candidates !== null;
  }

  /**
   * The changes from a place on, null between them whenever a source has been dealt with, so that whoever walks may
   * take a breath. `after` names the last change that is known already.
   */
  *changes(after: Pick<WalkedChange, 'source' | 'destination' | 'some'> | null = null): Iterable<WalkedChange | null> {
    for (let source = after?.source ?? 0; source < this.merged.count; source++) {
      if (this.#sources !== null && this.#sources[source] === 0) continue;
      for (const change of this.#ofSource(source)) {
        if (after === null || isBehind(change, after)) yield change;
      }
      yield null;
    }
  }

  /** Adds a change to the counts of its kind. */
  count(change: WalkedChange, counts: Record<ChangeWord, number>): void {
    counts[this.#word(change)]++;
  }

  /** A change in the spelling of the contract. */
  view(change: WalkedChange): ConnectivityChange {
    const { family } = this.question;
    const [before, after] = [this.#connections(change.before), this.#connections(change.after)];
    return {
      change: this.#word(change),
      source: this.merged.describe(change.source, family),
      destination: this.merged.describe(change.destination, family),
      before: before.connections,
      after: after.connections,
      ...(before.unknown === null ? {} : { unknownBefore: before.unknown }),
      ...(after.unknown === null ? {} : { unknownAfter: after.unknown }),
      ...(change.some ? { some: true } : {}),
      causes: [],
    };
  }

  *#ofSource(source: number): Iterable<WalkedChange> {
    const { denyAll } = this.common.outcomes;
    const wanted = this.candidates?.destinationsOf(source) ?? 'all';
    const before = this.before.row(source, wanted);
    const after = this.after.row(source, wanted);
    for (let i = 0, k = 0; i < before.count || k < after.count;) {
      const a = i < before.count ? before.destinations[i] : Infinity;
      const b = k < after.count ? after.destinations[k] : Infinity;
      const destination = Math.min(a, b);
      const was =
        a === destination ? { every: before.every[i], some: before.some[i++] } : { every: denyAll, some: denyAll };
      const is =
        b === destination ? { every: after.every[k], some: after.some[k++] } : { every: denyAll, some: denyAll };
      if (this.#destinations !== null && this.#destinations[destination] === 0) continue;
      if (was.every !== is.every) yield { source, destination, before: was.every, after: is.every, some: false };
      const isMirrored = was.some === was.every && is.some === is.every;
      if (was.some !== is.some && !isMirrored) {
        yield { source, destination, before: was.some, after: is.some, some: true };
      }
    }
  }

  #word({ source, destination, before, after }: WalkedChange): ChangeWord {
    const { inBefore, inAfter } = this.merged;
    const { denyAll } = this.common.outcomes;
    if (inBefore[source] < 0) return 'sourceAdded';
    if (inAfter[source] < 0) return 'sourceRemoved';
    if (inBefore[destination] < 0) return 'destinationAdded';
    if (inAfter[destination] < 0) return 'destinationRemoved';
    return before === denyAll ? 'gained' : after === denyAll ? 'lost' : 'changed';
  }

  readonly #views = new Map<OutcomeId, { connections: ConnectionsView; unknown: ConnectionsView | null }>();

  #connections(outcome: OutcomeId): {
    readonly connections: ConnectionsView;
    readonly unknown: ConnectionsView | null;
  } {
    let view = this.#views.get(outcome);
    if (view === undefined) {
      const { outcomes, sets } = this.common;
      const unknown = outcomes.unknown(outcome);
      view = {
        connections: viewOfConnections(sets, outcomes.allowed(outcome)),
        unknown: unknown === sets.none ? null : viewOfConnections(sets, unknown),
      };
      this.#views.set(outcome, view);
    }
    return view;
  }

  /** The merged ends that a peer keeps; it need be in one of the snapshots only. Null: all. */
  #kept(peer: string | null, field: 'from' | 'to'): Uint8Array | null {
    if (peer === null) return null;
    const kept = new Uint8Array(this.merged.count);
    const refusals: QuestionError[] = [];
    for (const side of [this.before, this.after]) {
      try {
        for (const end of side.endsOfPeer(peer, field)) kept[end] = 1;
      } catch (error) {
        if (!(error instanceof QuestionError) || error.code !== 'PEER_NOT_FOUND') throw error;
        refusals.push(error);
      }
    }
    if (refusals.length === 2) throw refusals[1];
    return kept;
  }
}

function endsOf({ ends, input, cluster }: ConnectivityWalk): EndsOfSnapshot {
  return { ends, units: input.units, blocks: cluster.index.blocks };
}

/** No changes of any kind yet. */
export function noChanges(): Record<ChangeWord, number> {
  return Object.fromEntries(changeWords.map((word) => [word, 0])) as Record<ChangeWord, number>;
}

/** All changes counted; for those who need not take a breath. */
export function summaryOf(walk: DiffWalk): DiffSummary {
  const counts = noChanges();
  for (const change of walk.changes()) if (change !== null) walk.count(change, counts);
  return counts;
}

function isBehind(
  { source, destination, some }: WalkedChange,
  known: Pick<WalkedChange, 'source' | 'destination' | 'some'>,
): boolean {
  if (source !== known.source) return source > known.source;
  if (destination !== known.destination) return destination > known.destination;
  return some && !known.some;
}
