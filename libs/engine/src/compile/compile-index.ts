import type { CompileInput } from './compile-input.js';
import { CompileState } from './compile-state.js';
import type { ReachabilityIndex } from './reachability-index.js';
import type { StageTiming } from './stage-timing.js';

export interface CompiledIndex {
  readonly index: ReachabilityIndex;
  readonly timings: readonly StageTiming[];
  /** For the compile of another model that differs little from this one. */
  readonly state: CompileState;
}

/**
 * Compiles a model into an index: what the index says is a pure function of the input and the engine's version. Cost:
 * see the stages; no stage passes over pairs of pods. With the state of a compile before, only what differs is worked
 * out anew, where the same classes and address blocks do; the index then says the same, under other numbers. `clock`
 * gives milliseconds and is only used to time the stages.
 */
export function compileIndex(
  input: CompileInput,
  clock: () => number = () => 0,
  before: CompileState | null = null,
): CompiledIndex {
  const timings: StageTiming[] = [];
  const timed = <T>(stage: StageTiming['stage'], work: () => T): T => {
    const begun = clock();
    const result = work();
    timings.push({ stage, millis: clock() - begun });
    return result;
  };
  const again = before?.next(input, timed);
  if (before !== null && again != null) return { index: again, timings, state: before };
  timings.length = 0;
  const state = new CompileState(input, timed);
  return { index: state.compile(input, timed), timings, state };
}
