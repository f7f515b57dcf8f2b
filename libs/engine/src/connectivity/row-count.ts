import type { ReachInput } from './reach.js';
import { type Reach } from './reach.js';

/** A running total; `isExact` where every source so far was counted to the end. */
interface Counted {
  readonly rows: number;
  readonly isExact: boolean;
}

export class RowCount {
  constructor(
    readonly input: ReachInput,
    readonly reach: Reach,
    readonly sources: Uint32Array,
  ) {}

  *upTo(max: number): Iterable<Counted> {
    let rows = 0;
    for (const source of this.sources) {
      const { count, every, some } = this.reach.of(source);
      for (let i = 0; i < count; i++) rows += (every[i] !== 0 ? 1 : 0) + (some[i] !== every[i] ? 1 : 0);
      yield { rows, isExact: true };
      if (rows > max) return;
    }
  }
}
