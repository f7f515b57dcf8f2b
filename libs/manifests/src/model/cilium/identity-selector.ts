import { canonicalText, compareText, type Selector, type SelectorRequirement } from '#model';
import { identityKey } from './identity-key.js';

/** A selector of pods by the labels that Cilium knows them by. */
export function identitySelector({ requirements }: Selector): Selector {
  const read = requirements.map((one): SelectorRequirement =>
    one.operator === 'AnyOf' || one.operator === 'NoneOf'
      ? { ...one, selectors: one.selectors.map(identitySelector) }
      : { ...one, key: identityKey(one.key) },
  );
  return { requirements: read.toSorted((a, b) => compareText(canonicalText(a), canonicalText(b))) };
}
