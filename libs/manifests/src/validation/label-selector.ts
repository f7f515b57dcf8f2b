import type { Complaint } from './complaint.js';
import type { Decoder } from './decoder.js';
import { labelComplaints, labelKeyProblems, labelValueProblems } from './names.js';

/** A label selector with the types it should have; nothing else is checked. */
export interface LabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** Reads a selector, complaining of wrong types only; a missing one is empty, which matches everything. */
export function decodeLabelSelector(decoder: Decoder, value: unknown, field: string): LabelSelector {
  const fields = decoder.fields(value, field);
  return {
    matchLabels: decoder.texts(fields.matchLabels, `${field}.matchLabels`),
    matchExpressions: decoder.elements(fields.matchExpressions, `${field}.matchExpressions`, (expression, at) => {
      const { key, operator, values } = decoder.fields(expression, at);
      return {
        key: decoder.text(key, `${at}.key`) ?? '',
        operator: decoder.text(operator, `${at}.operator`) ?? '',
        values: decoder.elements(values, `${at}.values`, (entry, valueAt) => decoder.text(entry, valueAt) ?? ''),
      };
    }),
  };
}

/** What is wrong with a selector, in the API server's order and words (policy semantics 1.3, S1 to S6). */
export function labelSelectorComplaints(selector: LabelSelector, field: string): Complaint[] {
  return [
    ...labelComplaints(selector.matchLabels, `${field}.matchLabels`),
    ...selector.matchExpressions.flatMap((expression, i) =>
      expressionComplaints(expression, `${field}.matchExpressions[${i}]`),
    ),
  ];
}

function expressionComplaints(
  { key, operator, values }: LabelSelector['matchExpressions'][number],
  field: string,
): Complaint[] {
  const result: Complaint[] = [];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      result.push({
        field: `${field}.values`,
        reason: 'Required',
        detail: "must be specified when `operator` is 'In' or 'NotIn'",
      });
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      result.push({
        field: `${field}.values`,
        reason: 'Forbidden',
        detail: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      });
    }
  } else {
    result.push({
      field: `${field}.operator`,
      reason: 'Invalid',
      detail: 'not a valid selector operator',
      value: operator,
    });
  }
  result.push(...invalid(`${field}.key`, labelKeyProblems(key), key));
  values.forEach((value, i) => result.push(...invalid(`${field}.values[${i}]`, labelValueProblems(value), value)));
  return result;
}

function invalid(field: string, details: readonly string[], value: unknown): Complaint[] {
  return details.map((detail) => ({ field, reason: 'Invalid', detail, value }));
}
