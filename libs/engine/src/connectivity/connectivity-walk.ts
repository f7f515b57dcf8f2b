import type { Assumption } from '#model';
import type { Cluster } from '../query/cluster.js';
import { viewOfConnections } from '../query/connections-view.js';
import type { ConnectionsView } from '../query/verdict.js';
import type { ConnectionSetId } from '../sets/connection-sets.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { ConnectivityEnd, ConnectivityQuestion, ConnectivityRow } from './connectivity.js';
import { Destinations } from './destinations.js';
import type { Ends } from './ends.js';
import { type IngressReach, ingressReach } from './ingress-rows.js';
import { Reach, type Reached, type ReachInput } from './reach.js';
import { type Counted, RowCount } from './row-count.js';
import { selectEnds } from './select-ends.js';
import { SnapshotParts } from './snapshot-parts.js';

/** A row by numbers: ends of `ConnectivityWalk.ends`, an outcome of the index, and whether it speaks of some pairs only. */
export interface WalkedRow {
  readonly source: number;
  readonly destination: number;
  readonly outcome: OutcomeId;
  readonly some: boolean;
}

/**
 * All rows of one question about one snapshot, in their order: by source, then by destination, what every pair may do
 * before what some may. Each walk has its own scratch memory, linear in the ends; nothing else grows with the answer.
 */
export class ConnectivityWalk {
  readonly ends: Ends;
  /** The sources asked about, ascending. */
  readonly sources: Uint32Array;
  /** What rows are found from. */
  readonly input: ReachInput;
  readonly #reach: Reach;
  /** What controllers may open; they come behind all other sources, with the number `ends.count`. */
  readonly #ingress: IngressReach;

  /** @throws QuestionError where a peer cannot be found */
  constructor(
    readonly cluster: Cluster,
    readonly question: ConnectivityQuestion,
  ) {
    const parts = SnapshotParts.of(cluster);
    const { level, family, includeNodes } = question;
    this.ends = parts.ends(level, includeNodes);
    const mode = parts.mode(question.mode);
    const from = selectEnds(cluster, parts.units, this.ends, question.from, 'from');
    const to = selectEnds(cluster, parts.units, this.ends, question.to, 'to');
    this.sources = from ?? Uint32Array.from({ length: this.ends.count }, (_, end) => end);
    this.input = {
      units: parts.units,
      mode,
      ends: this.ends,
      level,
      destinations: new Destinations(parts.units, this.ends, mode.ingress, to),
      families: { IPv4: family !== 'IPv6', IPv6: family !== 'IPv4' },
      cut: cutTo(cluster, question),
    };
    this.#reach = new Reach(this.input);
    const isIngressWanted = question.includeIngress === true && from === null;
    this.#ingress = isIngressWanted ? ingressReach(cluster, this.ends, question) : { rows: [], assumptions: [] };
  }

  /** Who controllers were taken to be, where rows tell what they may open. */
  get controllers(): readonly Assumption[] {
    return this.#ingress.assumptions;
  }

  /** What one source reaches; valid until the next call. */
  reachedBy(source: number): Reached {
    return this.#reach.of(source);
  }

  isSource(end: number): boolean {
    return this.sources[firstAtOrAbove(this.sources, end)] === end;
  }

  /** Whether the end is asked about as a destination. */
  isDestination(end: number): boolean {
    return this.input.destinations.wanted[end] === 1;
  }

  /**
   * The rows from a place on, null between them whenever a source has been dealt with, so that whoever walks may take
   * a breath. `after` names the last row that is known already; the walk begins there and reads nothing again.
   */
  *rows(after: Omit<WalkedRow, 'outcome'> | null = null): Iterable<WalkedRow | null> {
    const { denyAll } = this.cluster.index.outcomes;
    for (let i = after === null ? 0 : firstAtOrAbove(this.sources, after.source); i < this.sources.length; i++) {
      const source = this.sources[i];
      const { count, destinations, every, some } = this.#reach.of(source);
      const isResumed = after?.source === source;
      for (let k = isResumed ? firstAtOrAbove(destinations.subarray(0, count), after.destination) : 0; k < count; k++) {
        const destination = destinations[k];
        const isKnown = isResumed && destination === after.destination;
        if (every[k] !== denyAll && !isKnown) yield { source, destination, outcome: every[k], some: false };
        if (some[k] !== every[k] && !(isKnown && after.some)) {
          yield { source, destination, outcome: some[k], some: true };
        }
      }
      yield null;
    }
    yield* this.#ingressRows(after);
  }

  *#ingressRows(after: Omit<WalkedRow, 'outcome'> | null): Iterable<WalkedRow> {
    const { denyAll } = this.cluster.index.outcomes;
    const source = this.ends.count;
    for (const { destination, ...said } of this.#ingress.rows) {
      const [every, some] = [this.input.cut(said.every), this.input.cut(said.some)];
      const isBefore = after?.source === source && destination < after.destination;
      if (isBefore || !this.isDestination(destination)) continue;
      const isKnown = after?.source === source && destination === after.destination;
      if (every !== denyAll && !isKnown) yield { source, destination, outcome: every, some: false };
      if (some !== every && !(isKnown && after.some)) yield { source, destination, outcome: some, some: true };
    }
  }

  /**
   * How many rows there are, found without listing them; a running total, of which the last counts. Nothing is
   * yielded where there can be no more than `max` anyway. See `RowCount`.
   */
  *count(max: number): Iterable<Counted> {
    const ingress = [...this.#ingressRows(null)].length;
    for (const { rows, isExact } of new RowCount(this.input, this.#reach, this.sources).upTo(max - ingress)) {
      yield { rows: rows + ingress, isExact };
    }
  }

  /** An end in the spelling of the contract. */
  end(number: number): ConnectivityEnd {
    if (number === this.ends.count) return { kind: 'IngressController', name: 'ingress-controller' };
    return this.ends.describe(number, this.question.family);
  }

  /** A row in the spelling of the contract. */
  view({ source, destination, outcome, some }: WalkedRow): ConnectivityRow {
    const { connections, unknown } = this.connections(outcome);
    return {
      source: this.end(source),
      destination: this.end(destination),
      connections,
      ...(unknown === null ? {} : { unknown }),
      ...(some ? { some: true } : {}),
    };
  }

  readonly #views = new Map<OutcomeId, { connections: ConnectionsView; unknown: ConnectionsView | null }>();

  /** What an outcome allows and what it leaves unknown; null where there is nothing unknown. */
  connections(outcome: OutcomeId): { readonly connections: ConnectionsView; readonly unknown: ConnectionsView | null } {
    let view = this.#views.get(outcome);
    if (view === undefined) {
      const { outcomes, sets } = this.cluster.index;
      const unknown = outcomes.unknown(outcome);
      view = {
        connections: viewOfConnections(sets, outcomes.allowed(outcome)),
        unknown: unknown === sets.none ? null : viewOfConnections(sets, unknown),
      };
      this.#views.set(outcome, view);
    }
    return view;
  }
}

/** Cuts outcomes to the protocol and ports of a question; ICMP is asked about in both families. */
function cutTo({ index }: Cluster, { protocol, port }: ConnectivityQuestion): (outcome: OutcomeId) => OutcomeId {
  if (protocol === null) return (outcome) => outcome;
  const { sets, outcomes } = index;
  const asked: ConnectionSetId =
    protocol === 'ICMP'
      ? sets.union(sets.wholeDimension('ICMP'), sets.wholeDimension('ICMPv6'))
      : port === null
        ? sets.wholeDimension(protocol)
        : sets.ofDimension(protocol, [port.first, port.last]);
  const known: (OutcomeId | undefined)[] = [];
  return (outcome) => (known[outcome] ??= outcomes.within(outcome, asked));
}

function firstAtOrAbove(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
