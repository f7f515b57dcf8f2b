import type { PolicyRule, Selector } from '#model';
import { differenceOfRuns, intersectionOfRuns, type Runs } from '../sets/runs.js';

/** Subjects of one policy to which it says the same. */
export interface SubjectPart {
  readonly subject: Runs;
  /** The rules for these subjects, in order. */
  readonly rules: readonly PolicyRule[];
}

/**
 * The subjects of a policy, split where some of its rules are for some of them only: each part with the rules for it,
 * which may be none. Cost: nothing to speak of where all rules are for all; else selectors × parts, of which there are
 * at most as many as runs of subjects.
 */
export function rulesBySubject(
  subject: Runs,
  rules: readonly PolicyRule[],
  select: (selector: Selector) => Runs,
): readonly SubjectPart[] {
  const selectors = [...new Set(rules.flatMap((rule) => (rule.subject === undefined ? [] : [rule.subject])))];
  if (selectors.length === 0) return [{ subject, rules }];
  let parts: { subject: Runs; without: ReadonlySet<Selector> }[] = [{ subject, without: new Set() }];
  for (const selector of selectors) {
    const selected = select(selector);
    parts = parts
      .flatMap((part) => [
        { subject: intersectionOfRuns(part.subject, selected), without: part.without },
        { subject: differenceOfRuns(part.subject, selected), without: new Set([...part.without, selector]) },
      ])
      .filter((part) => part.subject.length > 0);
  }
  return parts.map((part) => ({
    subject: part.subject,
    rules: rules.filter((rule) => rule.subject === undefined || !part.without.has(rule.subject)),
  }));
}
