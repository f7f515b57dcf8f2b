/** Labels of one object. Objects with equal labels share one frozen record where the model was built by `buildModel`. */
export type Labels = Readonly<Record<string, string>>;

/**
 * Labels as an answer shows them: without those that pods were given for rules to find them, whose keys begin with `@` and
 * are none to Kubernetes.
 */
export function shownLabels(labels: Labels): Labels {
  const keys = Object.keys(labels);
  if (!keys.some((key) => key.startsWith('@'))) return labels;
  return Object.fromEntries(keys.filter((key) => !key.startsWith('@')).map((key) => [key, labels[key]]));
}

/** What a selector demands of one label. */
export interface LabelRequirement {
  readonly key: string;
  /** Upstream's operators, and those on the text of a value that other policy languages have. */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Contains' | 'StartsWith' | 'EndsWith';
  /** Sorted and without repetition; empty for Exists and DoesNotExist, one text for the operators on text. */
  readonly values: readonly string[];
}

/** Selectors joined: some of them must match, or none may. */
export type JoinedSelectors =
  | { readonly operator: 'AnyOf'; readonly selectors: readonly Selector[] }
  | { readonly operator: 'NoneOf'; readonly selectors: readonly Selector[] };

export type SelectorRequirement = LabelRequirement | JoinedSelectors;

/**
 * A selector as the AND of requirements, sorted by canonical text; none matches everything. `matchLabels` have become
 * `In` with one value, which means the same (policy semantics 1.1). Kubernetes' own selectors join nothing.
 */
export interface Selector {
  readonly requirements: readonly SelectorRequirement[];
}

/** The selector that matches everything. */
export const everything: Selector = { requirements: [] };

/**
 * Whether labels satisfy a selector. `NotIn` and `DoesNotExist` match a missing key, every other operator does not; the
 * empty value is an ordinary value (policy semantics 1.1). Cost: requirements × values.
 */
export function selectorMatches(selector: Selector, labels: Labels): boolean {
  return selector.requirements.every((requirement) => requirementMatches(requirement, labels));
}

/** The requirements on labels, however deep they are joined. */
export function* labelRequirements(selector: Selector): Iterable<LabelRequirement> {
  for (const requirement of selector.requirements) {
    if (requirement.operator === 'AnyOf' || requirement.operator === 'NoneOf')
      for (const inner of requirement.selectors) yield* labelRequirements(inner);
    else yield requirement;
  }
}

function requirementMatches(requirement: SelectorRequirement, labels: Labels): boolean {
  if (requirement.operator === 'AnyOf' || requirement.operator === 'NoneOf') {
    const isAny = requirement.selectors.some((selector) => selectorMatches(selector, labels));
    return isAny === (requirement.operator === 'AnyOf');
  }
  const { key, operator, values } = requirement;
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
    case 'Contains':
      return value?.includes(values[0]) === true;
    case 'StartsWith':
      return value?.startsWith(values[0]) === true;
    case 'EndsWith':
      return value?.endsWith(values[0]) === true;
  }
}
