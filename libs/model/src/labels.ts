/** Labels of one object. Objects with equal labels share one frozen record where the model was built by `buildModel`. */
export type Labels = Readonly<Record<string, string>>;

/** One requirement of a label selector, in upstream's spelling. */
export interface SelectorRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /** Sorted and without repetition; empty for Exists and DoesNotExist. */
  readonly values: readonly string[];
}

/**
 * A label selector as the AND of requirements, sorted by canonical text; none matches everything. `matchLabels` have
 * become `In` with one value, which means the same (policy semantics 1.1).
 */
export interface Selector {
  readonly requirements: readonly SelectorRequirement[];
}

/** The selector that matches everything. */
export const everything: Selector = { requirements: [] };

/**
 * Whether labels satisfy a selector. `NotIn` and `DoesNotExist` match a missing key, `In` and `Exists` do not; the
 * empty value is an ordinary value (policy semantics 1.1). Cost: requirements × values.
 */
export function selectorMatches(selector: Selector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => requirementMatches(requirement, labels));
}

function requirementMatches({ key, operator, values }: SelectorRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
