import type { ConnectionSetId, ConnectionSets } from './connection-sets.js';

/** The number of an interned outcome. */
export type OutcomeId = number;

/**
 * What one side of a connection says about every connection: those it allows, those nobody knows of, and the rest,
 * which it denies. Interned, so that rows hold one number per run.
 */
export class Outcomes {
  readonly denyAll: OutcomeId;
  readonly allowAll: OutcomeId;
  readonly unknownAll: OutcomeId;

  readonly #allowed: ConnectionSetId[] = [];
  readonly #unknown: ConnectionSetId[] = [];
  readonly #ids = new Map<number, OutcomeId>();
  readonly #joined = new Map<number, OutcomeId>();
  readonly #anyOfTwo = new Map<number, OutcomeId>();

  constructor(readonly sets: ConnectionSets) {
    this.denyAll = this.intern(sets.none, sets.none);
    this.allowAll = this.intern(sets.all, sets.none);
    this.unknownAll = this.intern(sets.none, sets.all);
  }

  get size(): number {
    return this.#allowed.length;
  }

  /** `unknown` must not overlap `allowed`. */
  intern(allowed: ConnectionSetId, unknown: ConnectionSetId): OutcomeId {
    const key = allowed * 2 ** 26 + unknown;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#allowed.length);
    this.#allowed.push(allowed);
    return this.#unknown.push(unknown) - 1;
  }

  allowed(id: OutcomeId): ConnectionSetId {
    return this.#allowed[id];
  }

  unknown(id: OutcomeId): ConnectionSetId {
    return this.#unknown[id];
  }

  /** Both sides must allow; what one denies is denied, whatever the other says. */
  both(a: OutcomeId, b: OutcomeId): OutcomeId {
    if (a === b || b === this.allowAll) return a;
    if (a === this.allowAll) return b;
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    const known = this.#joined.get(key);
    if (known !== undefined) return known;
    const { sets } = this;
    const allowed = sets.intersection(this.#allowed[a], this.#allowed[b]);
    const possible = sets.intersection(this.#possible(a), this.#possible(b));
    const result = this.intern(allowed, sets.difference(possible, allowed));
    this.#joined.set(key, result);
    return result;
  }

  /** One of the two, and nobody knows which: what both say stands, the rest is unknown. */
  either(a: OutcomeId, b: OutcomeId): OutcomeId {
    if (a === b) return a;
    const { sets } = this;
    const allowed = sets.intersection(this.#allowed[a], this.#allowed[b]);
    const possible = sets.union(this.#possible(a), this.#possible(b));
    return this.intern(allowed, sets.difference(possible, allowed));
  }

  /** What at least one of two may do: what one allows is allowed, whatever the other says. */
  any(a: OutcomeId, b: OutcomeId): OutcomeId {
    if (a === b || b === this.denyAll || a === this.allowAll) return a;
    if (a === this.denyAll || b === this.allowAll) return b;
    const key = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    const known = this.#anyOfTwo.get(key);
    if (known !== undefined) return known;
    const { sets } = this;
    const allowed = sets.union(this.#allowed[a], this.#allowed[b]);
    const possible = sets.union(this.#possible(a), this.#possible(b));
    const result = this.intern(allowed, sets.difference(possible, allowed));
    this.#anyOfTwo.set(key, result);
    return result;
  }

  /** The part of an outcome that speaks of the connections in `set`; the rest becomes a denial. */
  within(a: OutcomeId, set: ConnectionSetId): OutcomeId {
    const { sets } = this;
    return this.intern(sets.intersection(this.#allowed[a], set), sets.intersection(this.#unknown[a], set));
  }

  /** What is not certainly allowed becomes unknown: a denial on a node of which nobody knows whether it enforces. */
  doubted(a: OutcomeId): OutcomeId {
    return this.intern(this.#allowed[a], this.sets.difference(this.sets.all, this.#allowed[a]));
  }

  #possible(a: OutcomeId): ConnectionSetId {
    return this.sets.union(this.#allowed[a], this.#unknown[a]);
  }
}
