import type { ConnectionSetId, ConnectionSets } from './connection-sets.js';

/** The number of an interned outcome. */
export type OutcomeId = number;

/**
 * What one side of a connection says about every connection: those it allows, those nobody knows of, and the rest,
 * which it denies. Interned, so that rows hold one number per run.
 *
 * Beside the answer stands where it comes from: the *ruled* connections are those that a rule decided in a tier where
 * order counts (all others were decided by isolation, or by nothing), or, among the unknown, those on which rules of
 * equal order contradict each other.
 */
export class Outcomes {
  readonly denyAll: OutcomeId;
  readonly allowAll: OutcomeId;
  readonly unknownAll: OutcomeId;

  readonly #allowed: ConnectionSetId[] = [];
  readonly #unknown: ConnectionSetId[] = [];
  readonly #ruled: ConnectionSetId[] = [];
  readonly #ids = new Map<number, Map<ConnectionSetId, OutcomeId>>();
  readonly #plain: OutcomeId[] = [];
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
  intern(allowed: ConnectionSetId, unknown: ConnectionSetId, ruled: ConnectionSetId = this.sets.none): OutcomeId {
    const key = allowed * 2 ** 26 + unknown;
    let byRuled = this.#ids.get(key);
    if (byRuled === undefined) this.#ids.set(key, (byRuled = new Map<ConnectionSetId, OutcomeId>()));
    const known = byRuled.get(ruled);
    if (known !== undefined) return known;
    byRuled.set(ruled, this.#allowed.length);
    this.#unknown.push(unknown);
    this.#ruled.push(ruled);
    return this.#allowed.push(allowed) - 1;
  }

  allowed(id: OutcomeId): ConnectionSetId {
    return this.#allowed[id];
  }

  unknown(id: OutcomeId): ConnectionSetId {
    return this.#unknown[id];
  }

  ruled(id: OutcomeId): ConnectionSetId {
    return this.#ruled[id];
  }

  /** The same answer without where it comes from: equal answers then have equal numbers. */
  plain(id: OutcomeId): OutcomeId {
    if (this.#ruled[id] === this.sets.none) return id;
    return (this.#plain[id] ??= this.intern(this.#allowed[id], this.#unknown[id]));
  }

  /**
   * Both sides must allow; what one denies is denied, whatever the other says. Where the answer comes from is a matter
   * of the sides, so the result is a plain one.
   */
  both(a: OutcomeId, b: OutcomeId): OutcomeId {
    if (a === b || b === this.allowAll) return this.plain(a);
    if (a === this.allowAll) return this.plain(b);
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
    const unknown = sets.difference(possible, allowed);
    const doubted = sets.difference(unknown, sets.intersection(this.#unknown[a], this.#unknown[b]));
    return this.intern(allowed, unknown, sets.difference(sets.intersection(this.#ruled[a], this.#ruled[b]), doubted));
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
    const { sets } = this;
    const ruled = sets.intersection(this.#ruled[a], this.#possible(a));
    return this.intern(this.#allowed[a], sets.difference(sets.all, this.#allowed[a]), ruled);
  }

  #possible(a: OutcomeId): ConnectionSetId {
    return this.sets.union(this.#allowed[a], this.#unknown[a]);
  }
}
