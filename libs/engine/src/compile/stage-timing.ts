/** How long one stage of a compile took. */
export interface StageTiming {
  readonly stage: 'pod-classes' | 'address-blocks' | 'selector-index' | 'lower-policies' | 'decide' | 'pack';
  readonly millis: number;
}

/** Runs the work of a stage and notes how long it took. */
export type Timed = <T>(stage: StageTiming['stage'], work: () => T) => T;
