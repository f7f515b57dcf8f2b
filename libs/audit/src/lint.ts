import { compareObjectRefs, type Finding, type ObjectRef } from '#model';
import { lintCatalogue, type LintId } from './lint-catalogue.js';

/** Subjects that one finding names at most. */
const subjectsMax = 100;

export interface LintEvidence {
  /** Where in the first subject: `spec.ingress[0].from[1].podSelector`. */
  readonly path?: string;
  /** A pod, an address, a Service or a policy that shows it, as a text. */
  readonly witness?: string | null;
  readonly [more: string]: unknown;
}

/** One result of a check, with severity and advice from the catalogue. The first subject is the object that the path is in. */
export function lint(
  id: LintId,
  message: string,
  subjects: readonly ObjectRef[],
  evidence: LintEvidence = {},
  severity: Finding['severity'] = lintCatalogue[id].severity,
): Finding {
  const sorted = subjects.length < 2 ? subjects : [...subjects].sort(compareObjectRefs);
  const object = subjects.length < 2 || evidence.path === undefined ? {} : { object: subjects[0] };
  const kept = Object.entries(evidence).filter(([, value]) => value !== undefined && value !== null);
  return {
    id,
    severity,
    message,
    subjects: sorted.slice(0, subjectsMax),
    evidence: {
      ...Object.fromEntries(kept),
      ...object,
      ...(sorted.length > subjectsMax ? { subjects: sorted.length } : {}),
    },
    advice: lintCatalogue[id].advice,
  };
}
