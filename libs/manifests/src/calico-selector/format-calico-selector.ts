import type { CalicoSelector } from './calico-selector.js';

/**
 * The canonical text of a selector: equal selectors have equal texts, and the text is read to an equal selector again. Values must not hold both kinds of quotes, which none does that was read, since
 * the language has no escapes.
 */
export function formatCalicoSelector(selector: CalicoSelector): string {
  switch (selector.kind) {
    case 'All':
      return 'all()';
    case 'Global':
      return 'global()';
    case 'Has':
      return `has(${selector.key})`;
    case 'In':
    case 'NotIn':
      return membership(selector.kind === 'In', selector.key, selector.values);
    case 'Contains':
      return `${selector.key} contains ${quoted(selector.value)}`;
    case 'StartsWith':
      return `${selector.key} starts with ${quoted(selector.value)}`;
    case 'EndsWith':
      return `${selector.key} ends with ${quoted(selector.value)}`;
    case 'Not':
      return `!${isCall(selector.operand) ? formatCalicoSelector(selector.operand) : inParentheses(selector.operand)}`;
    case 'And':
      return selector.operands
        .map((operand) => (operand.kind === 'Or' ? inParentheses(operand) : formatCalicoSelector(operand)))
        .join(' && ');
    case 'Or':
      return selector.operands.map(formatCalicoSelector).join(' || ');
  }
}

function membership(isIn: boolean, key: string, values: readonly string[]): string {
  if (values.length === 1) return `${key} ${isIn ? '==' : '!='} ${quoted(values[0])}`;
  return `${key} ${isIn ? 'in' : 'not in'} {${values.map(quoted).join(', ')}}`;
}

function isCall({ kind }: CalicoSelector): boolean {
  return kind === 'All' || kind === 'Global' || kind === 'Has';
}

function inParentheses(selector: CalicoSelector): string {
  return `(${formatCalicoSelector(selector)})`;
}

function quoted(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}
