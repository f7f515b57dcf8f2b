import { compareObjectRefs, type Finding, type ObjectRef } from '#model';
import { catalogue, type CheckId } from './catalogue.js';

/** Subjects that one finding names at most. */
const subjectsMax = 100;

/** One result of a check, with severity and advice from the catalogue. */
export function found(
  id: CheckId,
  message: string,
  subjects: readonly ObjectRef[],
  more: { readonly evidence?: Readonly<Record<string, unknown>>; readonly severity?: Finding['severity'] } = {},
): Finding {
  const { severity, advice } = catalogue[id];
  const sorted = [...subjects].sort(compareObjectRefs);
  return {
    id,
    severity: more.severity ?? severity,
    message,
    subjects: sorted.slice(0, subjectsMax),
    evidence: { ...more.evidence, ...(sorted.length > subjectsMax ? { subjects: sorted.length } : {}) },
    advice,
  };
}

/** A finding where a condition holds for something, none where it holds for nothing. */
export function foundFor(
  id: CheckId,
  subjects: readonly ObjectRef[],
  message: (first: string, count: number) => string,
  more: Parameters<typeof found>[3] = {},
): Finding[] {
  if (subjects.length === 0) return [];
  const [first] = [...subjects].sort(compareObjectRefs);
  return [
    found(
      id,
      message(first.namespace === null ? first.name : `${first.namespace}/${first.name}`, subjects.length),
      subjects,
      more,
    ),
  ];
}

export function nodeRef({ name }: { readonly name: string }): ObjectRef {
  return { group: '', kind: 'Node', namespace: null, name };
}

export function podRef({ namespace, name }: { readonly namespace: string; readonly name: string }): ObjectRef {
  return { group: '', kind: 'Pod', namespace, name };
}

export function serviceRef({ namespace, name }: { readonly namespace: string; readonly name: string }): ObjectRef {
  return { group: '', kind: 'Service', namespace, name };
}

/** `1 node`, `3 nodes`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
