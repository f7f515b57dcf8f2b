import type { ClusterModel, NamespaceScope, PodSelection, Selector, SelectorRequirement } from '#model';
import { PairNumbers } from '../sets/pair-numbers.js';
import { type Runs, runsOfAscending } from '../sets/runs.js';
import { LabelIndex } from './label-index.js';
import type { PodClasses } from './pod-classes.js';

/** A selection over few namespaces is looked up in each of them; one over more, once for all namespaces. */
const fewNamespaces = 32;

/**
 * Which classes a selection picks, or which of any other things that are numbered from 1 by namespace. Each distinct selection is
 * evaluated once, through lists of the classes by label.
 */
export class SelectorIndex {
  readonly #namespaceNumber: ReadonlyMap<string, number>;
  readonly #selectors = new Map<string, number>();
  readonly #pairs = new PairNumbers();
  readonly #runs: Runs[] = [];
  readonly #namespaceLabels: LabelIndex;
  readonly #classLabels: LabelIndex;
  /** Namespaces and, for all namespaces, classes by the number of a selector. */
  readonly #namespacesOf = new Map<number, readonly number[]>();
  readonly #wide = new Map<number, readonly number[]>();

  constructor(
    readonly model: Pick<ClusterModel, 'namespaces'>,
    readonly classes: Pick<PodClasses, 'namespaceStart' | 'namespaceOf' | 'labelsOf' | 'end'>,
  ) {
    this.#namespaceNumber = new Map(model.namespaces.map(({ name }, i) => [name, i]));
    this.#namespaceLabels = new LabelIndex(model.namespaces.map(({ labels }) => labels));
    this.#classLabels = new LabelIndex(classes.labelsOf);
  }

  /** The number of a selection: equal selections have equal numbers. */
  select({ namespaces, pods }: PodSelection): number {
    // Scopes by name have even numbers and those by selector odd ones; a namespace that does not exist comes last.
    const scope =
      namespaces.kind === 'Named'
        ? 2 * (this.#namespaceNumber.get(namespaces.name) ?? this.model.namespaces.length)
        : 2 * this.#numberOf(namespaces.selector) + 1;
    const selector = this.#numberOf(pods);
    const number = this.#pairs.of(scope, selector);
    if (number === this.#runs.length) this.#runs.push(this.#evaluate(namespaces, pods, selector));
    return number;
  }

  /** Classes of a selection; never contains the outside class. */
  runsOf(selection: number): Runs {
    return this.#runs[selection];
  }

  #numberOf(selector: Selector): number {
    const key = selectorKey(selector);
    let number = this.#selectors.get(key);
    if (number === undefined) this.#selectors.set(key, (number = this.#selectors.size));
    return number;
  }

  #evaluate(scope: NamespaceScope, pods: Selector, selector: number): Runs {
    const { namespaceStart: start, namespaceOf } = this.classes;
    const namespaces = this.#namespaces(scope);
    if (pods.requirements.length === 0) {
      return joined(namespaces.map((n) => [start[n], start[n + 1]]));
    }
    if (namespaces.length <= fewNamespaces) {
      return runsOfAscending(namespaces.flatMap((n) => this.#classLabels.matching(pods, start[n], start[n + 1])));
    }
    const isSelected = new Uint8Array(this.model.namespaces.length);
    for (const n of namespaces) isSelected[n] = 1;
    return runsOfAscending(this.#everywhere(pods, selector).filter((c) => isSelected[namespaceOf[c]] === 1));
  }

  /** Numbers of the namespaces of a scope, ascending. */
  #namespaces(scope: NamespaceScope): readonly number[] {
    if (scope.kind === 'Named') {
      const number = this.#namespaceNumber.get(scope.name);
      return number === undefined ? [] : [number];
    }
    const selector = this.#numberOf(scope.selector);
    let numbers = this.#namespacesOf.get(selector);
    if (numbers === undefined) {
      numbers = this.#namespaceLabels.matching(scope.selector, 0, this.model.namespaces.length);
      this.#namespacesOf.set(selector, numbers);
    }
    return numbers;
  }

  #everywhere(pods: Selector, selector: number): readonly number[] {
    let numbers = this.#wide.get(selector);
    if (numbers === undefined) {
      numbers = this.#classLabels.matching(pods, 1, this.classes.end);
      this.#wide.set(selector, numbers);
    }
    return numbers;
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

/** Equal selectors have equal keys: values and keys of labels hold none of the separators. */
function selectorKey({ requirements }: Selector): string {
  if (requirements.length === 0) return '';
  if (requirements.length === 1) return requirementKey(requirements[0]);
  return requirements.map(requirementKey).join(';');
}

function requirementKey(requirement: SelectorRequirement): string {
  if (requirement.operator === 'AnyOf' || requirement.operator === 'NoneOf') {
    return `${requirement.operator} (${requirement.selectors.map(selectorKey).join('|')})`;
  }
  const { key, operator, values } = requirement;
  // Texts that values are searched for may hold anything.
  if (operator === 'Contains' || operator === 'StartsWith' || operator === 'EndsWith') {
    return `${key} ${operator} ${JSON.stringify(values)}`;
  }
  return `${key} ${operator} ${values.length === 1 ? values[0] : values.join(',')}`;
}
