/**
 * A selector of Calico's language as it was written (policy semantics 3.6). What it means is `selectorOf` of it.
 *
 * `==` has become `In` with one value, `!=` `NotIn` with one value. Selectors made by `and`, `or` and `not` are in one
 * form: no AND in an AND, no OR in an OR, no NOT of a NOT; operands keep the order they were written in.
 */
export type CalicoSelector =
  | { readonly kind: 'All' }
  /**
   * `global()`. On labels it is true; as the whole namespaceSelector of a rule's source or destination it speaks of what
   * has no namespace, and that is for the reader of the rule to see.
   */
  | { readonly kind: 'Global' }
  | { readonly kind: 'Has'; readonly key: string }
  /** Sorted and without repetition. An empty list is false for `In` and true for `NotIn`. */
  | { readonly kind: 'In' | 'NotIn'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'Contains' | 'StartsWith' | 'EndsWith'; readonly key: string; readonly value: string }
  | { readonly kind: 'Not'; readonly operand: CalicoSelector }
  /** At least two operands. */
  | { readonly kind: 'And' | 'Or'; readonly operands: readonly CalicoSelector[] };

/** The conjunction of at least one operand. */
export function and(operands: readonly CalicoSelector[]): CalicoSelector {
  return joined('And', operands);
}

/** The disjunction of at least one operand. */
export function or(operands: readonly CalicoSelector[]): CalicoSelector {
  return joined('Or', operands);
}

export function not(operand: CalicoSelector): CalicoSelector {
  return operand.kind === 'Not' ? operand.operand : { kind: 'Not', operand };
}

function joined(kind: 'And' | 'Or', operands: readonly CalicoSelector[]): CalicoSelector {
  const flat = operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand]));
  return flat.length === 1 ? flat[0] : { kind, operands: flat };
}
