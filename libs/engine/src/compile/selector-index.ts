import type { ClusterModel, Labels, NamespaceScope, PodSelection, Selector } from '#model';
import { selectorMatches } from '#model';
import { type Runs, runsOfAscending } from '../sets/runs.js';
import type { PodClasses } from './pod-classes.js';

/**
 * Which classes a selection picks. Each distinct selection is evaluated once. A selection inside one namespace looks
 * at that namespace's classes only; one over many namespaces starts from an inverted index of labels.
 */
export class SelectorIndex {
  readonly #namespaceNumber: ReadonlyMap<string, number>;
  readonly #namespacesOf = new Map<string, readonly number[]>();
  readonly #classesOf = new Map<string, Runs>();
  readonly #wide = new Map<string, readonly number[]>();
  /** Classes by label key, then value; ascending. Built when first needed. */
  #inverted: Map<string, Map<string, number[]>> | null = null;

  constructor(
    readonly model: ClusterModel,
    readonly classes: PodClasses,
  ) {
    this.#namespaceNumber = new Map(model.namespaces.map(({ name }, i) => [name, i]));
  }

  /** Classes of a selection; never contains the outside class. */
  select({ namespaces, pods }: PodSelection): Runs {
    const key = `${scopeKey(namespaces)}\n${selectorKey(pods)}`;
    let runs = this.#classesOf.get(key);
    if (runs === undefined) {
      runs = this.#select(namespaces, pods);
      this.#classesOf.set(key, runs);
    }
    return runs;
  }

  #select(scope: NamespaceScope, pods: Selector): Runs {
    const namespaces = this.#namespaces(scope);
    if (pods.requirements.length === 0) {
      const { namespaceStart: start } = this.classes;
      return joined(namespaces.map((n) => [start[n], start[n + 1]]));
    }
    if (scope.kind === 'Named') return runsOfAscending(this.#scan(namespaces, pods));
    const allowed = new Set(namespaces);
    const { namespaceOf } = this.classes;
    return runsOfAscending(this.#everywhere(pods).filter((number) => allowed.has(namespaceOf[number])));
  }

  #namespaces(scope: NamespaceScope): readonly number[] {
    if (scope.kind === 'Named') {
      const number = this.#namespaceNumber.get(scope.name);
      return number === undefined ? [] : [number];
    }
    const key = selectorKey(scope.selector);
    let numbers = this.#namespacesOf.get(key);
    if (numbers === undefined) {
      numbers = this.model.namespaces.flatMap(({ labels }, i) => (selectorMatches(scope.selector, labels) ? [i] : []));
      this.#namespacesOf.set(key, numbers);
    }
    return numbers;
  }

  *#scan(namespaces: readonly number[], pods: Selector): Iterable<number> {
    const { namespaceStart, labelsOf } = this.classes;
    for (const n of namespaces) {
      for (let number = namespaceStart[n]; number < namespaceStart[n + 1]; number++) {
        if (selectorMatches(pods, labelsOf[number])) yield number;
      }
    }
  }

  /** Classes in all namespaces that a selector picks, ascending. */
  #everywhere(pods: Selector): readonly number[] {
    const key = selectorKey(pods);
    let numbers = this.#wide.get(key);
    if (numbers === undefined) {
      const { labelsOf } = this.classes;
      numbers = this.#candidates(pods).filter((number) => selectorMatches(pods, labelsOf[number]));
      this.#wide.set(key, numbers);
    }
    return numbers;
  }

  /** A superset of the classes that a selector picks: those with the label of one positive requirement, else all. */
  #candidates({ requirements }: Selector): readonly number[] {
    const positive =
      requirements.find(({ operator }) => operator === 'In') ??
      requirements.find(({ operator }) => operator === 'Exists');
    if (positive === undefined) return Array.from({ length: this.classes.end - 1 }, (_, i) => i + 1);
    this.#inverted ??= invert(this.classes.labelsOf);
    const byValue = this.#inverted.get(positive.key);
    if (byValue === undefined) return [];
    const lists =
      positive.operator === 'In' ? positive.values.map((value) => byValue.get(value) ?? []) : [...byValue.values()];
    return lists.length === 1 ? lists[0] : lists.flat().sort((a, b) => a - b);
  }
}

/** Joins half-open runs given in ascending order, dropping empty ones. */
function joined(runs: readonly (readonly [number, number])[]): Runs {
  const result: number[] = [];
  for (const [start, end] of runs) {
    if (start >= end) continue;
    if (result.length > 0 && result[result.length - 1] === start) result[result.length - 1] = end;
    else result.push(start, end);
  }
  return result;
}

function invert(labelsOf: readonly Labels[]): Map<string, Map<string, number[]>> {
  const inverted = new Map<string, Map<string, number[]>>();
  labelsOf.forEach((labels, number) => {
    for (const [key, value] of Object.entries(labels)) {
      let byValue = inverted.get(key);
      if (byValue === undefined) inverted.set(key, (byValue = new Map()));
      const list = byValue.get(value);
      if (list === undefined) byValue.set(value, [number]);
      else list.push(number);
    }
  });
  return inverted;
}

function scopeKey(scope: NamespaceScope): string {
  return scope.kind === 'Named' ? `=${scope.name}` : selectorKey(scope.selector);
}

function selectorKey({ requirements }: Selector): string {
  return requirements.map(({ key, operator, values }) => `${key} ${operator} ${values.join(',')}`).join(';');
}
