import type { ReachabilityIndex } from '../compile/reachability-index.js';
import { ConnectionSets } from '../sets/connection-sets.js';
import { type OutcomeId, Outcomes } from '../sets/outcomes.js';

/** Outcomes of two indexes under common numbers, so that equal ones are equal numbers. */
export class CommonOutcomes {
  readonly sets = new ConnectionSets();
  readonly outcomes = new Outcomes(this.sets);

  /** The numbering of one index, as a function from its numbers. Each number is translated once. */
  of(index: ReachabilityIndex): (outcome: OutcomeId) => OutcomeId {
    const known: (OutcomeId | undefined)[] = [];
    const translate = (outcome: OutcomeId): OutcomeId =>
      this.outcomes.intern(
        this.sets.intern(index.sets.get(index.outcomes.allowed(outcome))),
        this.sets.intern(index.sets.get(index.outcomes.unknown(outcome))),
      );
    return (outcome) => (known[outcome] ??= translate(outcome));
  }
}
