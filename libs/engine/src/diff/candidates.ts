import type { Gates } from '../connectivity/gates.js';
import type { AffectedEnds } from './affected-ends.js';
import type { DiffSide } from './diff-side.js';
import { doorSays } from './door-says.js';
import type { MergedEnds } from './merged-ends.js';

/** Destinations behind like doors, with the ends that these doors tell something else than before. */
interface DoorGroup {
  readonly destinations: number[];
  readonly differs: Uint8Array;
}

/**
 * The pairs of ends whose connections may differ. An end to which another policy applies than before has another door:
 * what both doors say of every end is laid side by side, once for all ends with the same two doors, and only the ends
 * of which they say something else are candidates. Ends that look different themselves are candidates with everybody.
 */
export class Candidates {
  /** How many pairs are to be asked about, at most. */
  readonly pairs: number;
  /** Ends that look different, ascending. */
  readonly #whole: readonly number[];
  /** By source: the list it shares with sources behind the same two doors. */
  readonly #opens = new Map<number, readonly number[]>();
  readonly #admits: readonly DoorGroup[];

  /** Cost: linear in the ends, once for each distinct pair of doors of an affected end. */
  constructor(
    readonly affected: AffectedEnds,
    readonly merged: MergedEnds,
    readonly before: DiffSide,
    readonly after: DiffSide,
  ) {
    const ends = [...affected.whole.keys()];
    this.#whole = ends.filter((end) => affected.whole[end] === 1);
    const affectedIn = (flags: Uint8Array): number[] =>
      ends.filter((end) => end < merged.podEnd && flags[end] === 1 && affected.whole[end] === 0);
    const groupsOfSources = this.#groups(affectedIn(affected.egress), 'egress');
    for (const { destinations: sources, differs } of groupsOfSources) {
      const list = ends.filter((end) => differs[end] === 1);
      for (const source of sources) this.#opens.set(source, list);
    }
    this.#admits = this.#groups(affectedIn(affected.ingress), 'ingress');
    const opened = [...this.#opens.values()].reduce((sum, list) => sum + list.length, 0);
    const admitted = this.#admits.reduce(
      (sum, { destinations, differs }) => sum + destinations.length * differs.reduce((all, one) => all + one, 0),
      0,
    );
    this.pairs = 2 * this.#whole.length * merged.count + opened + admitted;
  }

  /** The destinations to be asked about for a source, ascending. */
  destinationsOf(source: number): readonly number[] | 'all' {
    if (this.affected.whole[source] === 1) return 'all';
    const opened = this.#opens.get(source) ?? [];
    const admitting = this.#admits.filter(({ differs }) => differs[source] === 1);
    if (opened.length === 0 && admitting.length === 0) return this.#whole;
    const found = new Set([...this.#whole, ...opened, ...admitting.flatMap(({ destinations }) => destinations)]);
    return [...found].sort((a, b) => a - b);
  }

  /** Ends by the two doors they have, which are those of their only unit. */
  #groups(ends: readonly number[], direction: 'egress' | 'ingress'): DoorGroup[] {
    const groups = new Map<string, DoorGroup>();
    for (const end of ends) {
      const [a, b] = [this.before, this.after].map((side) => gatesOf(side, direction).of[unitOf(side, end)]);
      const key = `${a} ${b}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { destinations: [end], differs: this.#differing(direction, a, b) });
      else group.destinations.push(end);
    }
    return [...groups.values()].filter(({ differs }) => differs.includes(1));
  }

  #differing(direction: 'egress' | 'ingress', gateBefore: number, gateAfter: number): Uint8Array {
    const { before, after, merged, affected } = this;
    const was = doorSays(before.walk.input.mode, direction, gateBefore, before.translate);
    const is = doorSays(after.walk.input.mode, direction, gateAfter, after.translate);
    const { has4, has6 } = before.walk.input.units;
    const differs = new Uint8Array(merged.count);
    for (let end = 0; end < merged.count; end++) {
      if (affected.whole[end] === 1) continue;
      const [a, b] = [unitOf(before, end), unitOf(after, end)];
      // Members that look different: which of them is which is not worked out.
      if (a < 0 || b < 0) differs[end] = 1;
      else if ((has4[a] === 1 && was.in4[a] !== is.in4[b]) || (has6[a] === 1 && was.in6[a] !== is.in6[b]))
        differs[end] = 1;
    }
    return differs;
  }
}

function gatesOf({ walk }: DiffSide, direction: 'egress' | 'ingress'): Gates {
  return walk.input.mode[direction];
}

/** The only unit of an end in a snapshot; -1 where it has several. */
function unitOf({ own, walk }: DiffSide, end: number): number {
  const { unitOffsets, units } = walk.ends;
  const at = unitOffsets[own[end]];
  return unitOffsets[own[end] + 1] - at === 1 ? units[at] : -1;
}
