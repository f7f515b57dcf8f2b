import type { CalicoSelector } from '../../calico-selector/calico-selector.js';
import { parseCalicoSelector } from '../../calico-selector/parse-calico-selector.js';
import type { Decoder } from '../../validation/decoder.js';

/**
 * A selector as it was written, once it is known to parse; absent where it is empty, which asks for nothing. `global()`
 * says something only as the whole namespaceSelector of a rule's party (policy semantics 3.4, 3.5).
 */
export function readSelector(
  decoder: Decoder,
  value: unknown,
  field: string,
  global: 'Forbidden' | 'Alone' = 'Forbidden',
): string | undefined {
  const text = decoder.text(value, field) ?? '';
  if (text === '') return undefined;
  const parsed = parseCalicoSelector(text);
  if (parsed.kind === 'Mistake') {
    const detail = `is not a valid selector: at character ${parsed.position + 1} ${parsed.message}`;
    decoder.complain({ field, reason: 'Invalid', detail, value: text });
    return undefined;
  }
  const isAlone = parsed.selector.kind === 'Global';
  if (global === 'Forbidden' ? hasGlobal(parsed.selector) : hasGlobal(parsed.selector) && !isAlone) {
    const detail =
      global === 'Alone'
        ? 'global() must stand alone'
        : 'global() is accepted only as the namespaceSelector of a source or destination';
    decoder.complain({ field, reason: 'Invalid', detail, value: text });
  }
  return text;
}

function hasGlobal(selector: CalicoSelector): boolean {
  switch (selector.kind) {
    case 'Global':
      return true;
    case 'Not':
      return hasGlobal(selector.operand);
    case 'And':
    case 'Or':
      return selector.operands.some(hasGlobal);
    default:
      return false;
  }
}
