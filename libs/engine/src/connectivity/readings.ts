import type { OutcomeId } from '../sets/outcomes.js';
import type { ConnectivityWalk } from './connectivity-walk.js';

/** Two ends that may open connections to each other, by number; `one` is below `other` unless only it was asked for. */
export interface MutualPair {
  readonly one: number;
  readonly other: number;
  /** What at least one pair of members may do, in each direction. */
  readonly forth: OutcomeId;
  readonly back: OutcomeId;
}

/**
 * The ends made of pods that nobody else among the sources asked about reaches, not even perhaps; ascending. Null
 * between sources, for whoever takes a breath. Cost: all rows.
 */
export function* unreached(walk: ConnectivityWalk): Iterable<number | null> {
  const isReached = new Uint8Array(walk.ends.count);
  for (const source of walk.sources) {
    const { count, destinations } = walk.reachedBy(source);
    for (let i = 0; i < count; i++) if (destinations[i] !== source) isReached[destinations[i]] = 1;
    yield null;
  }
  for (let end = 0; end < walk.ends.podEnd; end++) if (walk.isDestination(end) && isReached[end] === 0) yield end;
}

/** The ends made of pods that reach nobody else among the destinations asked about, not even perhaps; ascending. */
export function* unreaching(walk: ConnectivityWalk): Iterable<number | null> {
  for (const source of walk.sources) {
    if (source >= walk.ends.podEnd) return;
    const { count, destinations } = walk.reachedBy(source);
    yield count === 0 || (count === 1 && destinations[0] === source) ? source : null;
  }
}

/**
 * Pairs of different ends with certain connections in both directions, each pair once; `reverse` is the walk of the
 * same question with its ends exchanged. Cost: the rows of both, of which destinations are kept.
 */
export function* bidirectional(walk: ConnectivityWalk, reverse: ConnectivityWalk): Iterable<MutualPair | null> {
  const back = new Map<number, { destinations: Uint32Array; outcomes: Uint32Array }>();
  for (const source of reverse.sources) {
    const { count, destinations, some } = reverse.reachedBy(source);
    back.set(source, { destinations: destinations.slice(0, count), outcomes: some.slice(0, count) });
    yield null;
  }
  const { outcomes, sets } = walk.cluster.index;
  const isCertain = (outcome: OutcomeId): boolean => outcomes.allowed(outcome) !== sets.none;
  for (const one of walk.sources) {
    const { count, destinations, some } = walk.reachedBy(one);
    for (let i = 0; i < count; i++) {
      const other = destinations[i];
      // The other direction of a pair that is asked about both ways is the same pair.
      if (other === one || (other < one && walk.isSource(other) && walk.isDestination(one))) continue;
      const found = back.get(other);
      const at = found === undefined ? -1 : indexIn(found.destinations, one);
      if (found === undefined || at < 0 || !isCertain(some[i]) || !isCertain(found.outcomes[at])) continue;
      yield { one, other, forth: some[i], back: found.outcomes[at] };
    }
    yield null;
  }
}

function indexIn(ascending: Uint32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : -1;
}
