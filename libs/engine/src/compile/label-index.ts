import type { LabelRequirement, Labels, Selector } from '#model';
import { selectorMatches } from '#model';

/**
 * Finds the numbered things whose labels a selector picks, starting from the shortest list of those that have a label
 * which the selector asks for. A key is indexed when it is first asked for, linear in the things. Cost of a look-up: two
 * binary searches and the candidates; linear in the things asked about where a selector asks for no label.
 */
export class LabelIndex {
  readonly #numbersByKey = new Map<string, NumbersByValue>();

  constructor(readonly labelsOf: readonly Labels[]) {}

  /** Of the things `start` to `end - 1` those that match, ascending. */
  matching({ requirements }: Selector, start: number, end: number): number[] {
    if (requirements.length === 0) return range(start, end);
    let candidates: number[] | null = null;
    let met: LabelRequirement | null = null;
    for (const requirement of requirements) {
      if (requirement.operator !== 'In' && requirement.operator !== 'Exists') continue;
      const having = this.#having(requirement, start, end);
      if (having.length === 0) return having;
      if (candidates === null || having.length < candidates.length) {
        candidates = having;
        met = requirement;
      }
    }
    candidates ??= range(start, end);
    if (met !== null && requirements.length === 1) return candidates;
    const rest: Selector = { requirements: requirements.filter((requirement) => requirement !== met) };
    return candidates.filter((number) => selectorMatches(rest, this.labelsOf[number]));
  }

  /** Of the things `start` to `end - 1` those that meet an `In` or `Exists`, ascending. */
  #having({ key, operator, values }: LabelRequirement, start: number, end: number): number[] {
    let byValue = this.#numbersByKey.get(key);
    if (byValue === undefined) this.#numbersByKey.set(key, (byValue = numbersByValue(this.labelsOf, key)));
    if (operator === 'Exists') return between(byValue.any, start, end);
    if (values.length === 1) return between(byValue.of.get(values[0]) ?? [], start, end);
    const lists = values.map((value) => between(byValue.of.get(value) ?? [], start, end));
    return lists.flat().sort((a, b) => a - b);
  }
}

/** The things that have a label key, all and by its value; ascending. */
interface NumbersByValue {
  readonly any: readonly number[];
  readonly of: ReadonlyMap<string, readonly number[]>;
}

function numbersByValue(labelsOf: readonly Labels[], key: string): NumbersByValue {
  const any: number[] = [];
  const of = new Map<string, number[]>();
  for (let number = 0; number < labelsOf.length; number++) {
    const labels = labelsOf[number];
    if (!Object.hasOwn(labels, key)) continue;
    any.push(number);
    const list = of.get(labels[key]);
    if (list === undefined) of.set(labels[key], [number]);
    else list.push(number);
  }
  return { any, of };
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** The part of an ascending list from `start` to `end - 1`. */
function between(sorted: readonly number[], start: number, end: number): number[] {
  return sorted.slice(firstAtOrAbove(sorted, start), firstAtOrAbove(sorted, end));
}

function firstAtOrAbove(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
