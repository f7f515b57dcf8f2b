import type { ObjectRef } from './object-ref.js';
import { compareObjectRefs, compareText } from './object-ref.js';

/** One result of an audit. Ids are those of the catalogues: policy semantics 8, dataplane F. */
export interface Finding {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** What is concerned, sorted by ref; at most `subjectsMax`, the rest is counted in `evidence.subjects`. */
  readonly subjects: readonly ObjectRef[];
  readonly evidence: Readonly<Record<string, unknown>>;
  /** What to do about it. */
  readonly advice: string;
}

const severities = ['error', 'warning', 'info'];

/** Order of findings: errors first, then by id, message and first subject. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compareText(a.id, b.id) ||
    compareText(a.message, b.message) ||
    (a.subjects.length > 0 && b.subjects.length > 0 ? compareObjectRefs(a.subjects[0], b.subjects[0]) : 0)
  );
}
