import type { Runs } from '#engine';

/** What a selection picks in the snapshot. */
export interface Selected {
  /** Groups of pods, those on their node's network among them. */
  readonly groups: Runs;
  /** Live pods that policies can select. */
  readonly ordinary: number;
  /** Live pods on their node's network, which policies cannot. */
  readonly onNode: number;
  /** The number of the first pod that policies can select, and of the first that they cannot; -1 where there is none. */
  readonly firstOrdinary: number;
  readonly firstOnNode: number;
}
