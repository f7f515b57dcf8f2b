import { compareObjectRefs, compareText, type Diagnostic, type NotUnderstood, type Policy } from '#model';

/** Policies in the order of a model. */
export function inModelOrder(policies: readonly Policy[]): Policy[] {
  return policies.toSorted(
    (a, b) =>
      compareText(a.ref.namespace ?? '', b.ref.namespace ?? '') ||
      compareText(a.ref.name, b.ref.name) ||
      compareObjectRefs(a.ref, b.ref),
  );
}

/**
 * What was said of policies before their engine was known to be in charge, put right: why they are not understood, of those
 * that are in doubt, and nothing of the others that were read. Both are named by the texts of their refs.
 */
export function rightDiagnostics(
  diagnostics: readonly Diagnostic[],
  read: ReadonlySet<string>,
  doubts: ReadonlyMap<string, string>,
): Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    const { code, object } = diagnostic;
    if (code !== 'NOT_UNDERSTOOD' || object === undefined) return [diagnostic];
    const why = doubts.get(object);
    if (why !== undefined) return [{ ...diagnostic, message: `${why}: verdicts it could change are unknown` }];
    return read.has(object) ? [] : [diagnostic];
  });
}

/** Objects that are not understood in the order of a model. */
export function doubtsInOrder(doubts: readonly NotUnderstood[]): NotUnderstood[] {
  return doubts.toSorted((a, b) => compareObjectRefs(a.ref, b.ref));
}
