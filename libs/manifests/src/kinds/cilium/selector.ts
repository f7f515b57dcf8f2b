import type { StoredSelector } from '../../model/stored-body.js';
import type { Decoder } from '../../validation/decoder.js';
import { labelKeyProblems, labelValueProblems } from '../../validation/names.js';

/** Where a label comes from stands before its key: `k8s:app`, `any:app`, `reserved:host`. */
const sourcePrefix = /^[a-z][a-z0-9-]*:/;

/** A selector of endpoints. Keys keep the source of the label; none means any source. */
export function readCiliumSelector(decoder: Decoder, value: unknown, field: string): StoredSelector {
  const fields = decoder.fields(value, field);
  const matchLabels = decoder.texts(fields.matchLabels, `${field}.matchLabels`);
  for (const [key, text] of Object.entries(matchLabels)) {
    complainOfKey(decoder, key, `${field}.matchLabels`);
    complainOfValue(decoder, text, `${field}.matchLabels`);
  }
  const matchExpressions = decoder.elements(fields.matchExpressions, `${field}.matchExpressions`, (element, at) => {
    const expression = decoder.fields(element, at);
    const key = decoder.text(expression.key, `${at}.key`) ?? '';
    const operator = decoder.optionalWord(expression.operator, `${at}.operator`, [
      'In',
      'NotIn',
      'Exists',
      'DoesNotExist',
    ]);
    if ((expression.operator ?? '') === '')
      decoder.complain({ field: `${at}.operator`, reason: 'Required', detail: 'must be an operator' });
    const values = decoder.elements(
      expression.values,
      `${at}.values`,
      (text, valueAt) => decoder.text(text, valueAt) ?? '',
    );
    complainOfKey(decoder, key, `${at}.key`);
    values.forEach((text, i) => complainOfValue(decoder, text, `${at}.values[${i}]`));
    const needsValues = operator === 'In' || operator === 'NotIn';
    if (operator !== null && needsValues !== values.length > 0) {
      const detail = needsValues ? "must be specified when `operator` is 'In' or 'NotIn'" : 'may not be specified here';
      decoder.complain({ field: `${at}.values`, reason: needsValues ? 'Required' : 'Forbidden', detail });
    }
    return { key, operator: operator ?? ('Exists' as const), values };
  });
  return { matchLabels, matchExpressions };
}

function complainOfKey(decoder: Decoder, key: string, field: string): void {
  for (const detail of labelKeyProblems(key.replace(sourcePrefix, '')))
    decoder.complain({ field, reason: 'Invalid', detail, value: key });
}

function complainOfValue(decoder: Decoder, value: string, field: string): void {
  for (const detail of labelValueProblems(value)) decoder.complain({ field, reason: 'Invalid', detail, value });
}
