import type { SnapshotRecord } from '#store';

/** How long a reference is taken to mean what it meant: so late may this process see what another one has written. */
const recentMillis = 100;

/** References remembered at most. */
const refsMax = 1000;

/**
 * What references have just been found to mean, so that many questions about one snapshot do not ask the database for
 * each. Whatever this process writes is seen at once: it calls `forget`.
 */
export class RecentRefs {
  readonly #found = new Map<string, { readonly snapshot: Promise<SnapshotRecord>; readonly until: number }>();
  #generation = 0;

  /** The snapshot of a reference; asks `resolve` where it is not remembered, once however many ask meanwhile. */
  resolve(ref: string, resolve: (ref: string) => Promise<SnapshotRecord>): Promise<SnapshotRecord> {
    const known = this.#found.get(ref);
    if (known !== undefined && known.until > performance.now()) return known.snapshot;
    const generation = this.#generation;
    const entry = { snapshot: resolve(ref), until: performance.now() + recentMillis };
    // What was written meanwhile may have changed what the reference means.
    if (generation === this.#generation) {
      if (this.#found.size >= refsMax) this.#found.clear();
      this.#found.set(ref, entry);
      // A failure is told to those who wait for it and to nobody else.
      entry.snapshot.catch(() => {
        if (this.#found.get(ref) === entry) this.#found.delete(ref);
      });
    }
    return entry.snapshot;
  }

  forget(): void {
    this.#generation++;
    this.#found.clear();
  }
}
