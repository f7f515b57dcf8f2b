import { canonicalText, compareText, type Selector, type SelectorRequirement } from '#model';
import type { CalicoSelector } from './calico-selector.js';

/**
 * What a selector means, in the model's form. `keyOf` gives the label that a name in the selector stands for. Cost: the
 * size of the selector, plus sorting.
 */
export function modelSelectorOf(selector: CalicoSelector, keyOf: (name: string) => string = (name) => name): Selector {
  const requirements = requirementsOf(selector, keyOf);
  if (requirements.length < 2) return { requirements };
  const texts = new Map(requirements.map((requirement) => [canonicalText(requirement), requirement]));
  return { requirements: [...texts].sort(([a], [b]) => compareText(a, b)).map(([, requirement]) => requirement) };
}

function requirementsOf(selector: CalicoSelector, keyOf: (name: string) => string): SelectorRequirement[] {
  switch (selector.kind) {
    case 'All':
    case 'Global':
      return [];
    case 'Has':
      return [{ key: keyOf(selector.key), operator: 'Exists', values: [] }];
    case 'In':
    case 'NotIn':
      return [{ key: keyOf(selector.key), operator: selector.kind, values: selector.values }];
    case 'Contains':
    case 'StartsWith':
    case 'EndsWith':
      return [{ key: keyOf(selector.key), operator: selector.kind, values: [selector.value] }];
    case 'And':
      return selector.operands.flatMap((operand) => requirementsOf(operand, keyOf));
    case 'Or':
      return [{ operator: 'AnyOf', selectors: selector.operands.map((operand) => modelSelectorOf(operand, keyOf)) }];
    case 'Not':
      return [negated(selector.operand, keyOf)];
  }
}

/** The opposite of an operation, which for the plain ones is plain too. */
function negated(operand: CalicoSelector, keyOf: (name: string) => string): SelectorRequirement {
  switch (operand.kind) {
    case 'Has':
      return { key: keyOf(operand.key), operator: 'DoesNotExist', values: [] };
    case 'In':
      return { key: keyOf(operand.key), operator: 'NotIn', values: operand.values };
    case 'NotIn':
      return { key: keyOf(operand.key), operator: 'In', values: operand.values };
    default:
      return { operator: 'NoneOf', selectors: [modelSelectorOf(operand, keyOf)] };
  }
}
