import { type CalicoSelector, and } from '../../calico-selector/calico-selector.js';
import { parseCalicoSelector } from '../../calico-selector/parse-calico-selector.js';
import { calicoLabels } from './endpoint-labels.js';

/** A selector that its reader has found valid. An absent one selects everything. */
export function validSelector(text: string | undefined): CalicoSelector {
  const parsed = parseCalicoSelector(text ?? '');
  if (parsed.kind === 'Mistake') throw new Error(`a stored selector does not parse: ${parsed.message}`);
  return parsed.selector;
}

/** A selector of namespaces as one of what lives in them: its labels are those that they inherit. */
export function ofNamespaces(selector: CalicoSelector): CalicoSelector {
  const has: CalicoSelector = { kind: 'Has', key: calicoLabels.namespace };
  if (selector.kind === 'All') return has;
  if (selector.kind === 'Global') return { kind: 'Not', operand: has };
  return withPrefix(selector, calicoLabels.ofNamespace);
}

/** A selector of service accounts as one of the pods that run as them. */
export function ofServiceAccounts(names: readonly string[], selector: CalicoSelector): CalicoSelector {
  const isNamed: CalicoSelector = { kind: 'In', key: calicoLabels.serviceAccount, values: names };
  const isSelected = withPrefix(selector, calicoLabels.ofServiceAccount);
  return and([...(names.length > 0 ? [isNamed] : []), isSelected]);
}

function withPrefix(selector: CalicoSelector, prefix: string): CalicoSelector {
  switch (selector.kind) {
    case 'All':
    case 'Global':
      return selector;
    case 'Not':
      return { kind: 'Not', operand: withPrefix(selector.operand, prefix) };
    case 'And':
    case 'Or':
      return { ...selector, operands: selector.operands.map((operand) => withPrefix(operand, prefix)) };
    default:
      return { ...selector, key: prefix + selector.key };
  }
}
