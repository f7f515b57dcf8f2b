import type { ProfileName } from '../generate/profiles.js';

/** One measured figure, printed as one line of JSON. Times are milliseconds; several runs give their median. */
export interface Figure {
  /** `group.name`. */
  readonly figure: string;
  readonly value: number;
  readonly unit: 'ms' | 'MB' | 'MB/s' | '1/s' | 'percent';
  /** What was measured beside it in the same run, since times of their own say little. */
  readonly reference?: { readonly name: string; readonly value: number };
  /** In the unit of the value, or as a multiple of the reference where `relative`. */
  readonly target?: { readonly atMost?: number; readonly atLeast?: number; readonly relative?: boolean };
  readonly runs: number;
  readonly profile: ProfileName;
  readonly scale: number;
  /** Parts of the figure, and what else is worth knowing. */
  readonly details?: Readonly<Record<string, number>>;
  /** How many programs wanted to run in the last minute; above the number of cores, times are too long. */
  readonly load?: number;
}

/** What a group of figures is measured on. */
export interface BenchOptions {
  readonly scale: number;
  readonly runs: number;
  /** Where generated clusters are kept while they are needed. */
  readonly folder: string;
}

/** Whether a figure meets its target; null where it has none. */
export function meetsTarget({ value, reference, target }: Figure): boolean | null {
  if (target === undefined) return null;
  const compared = target.relative === true ? value / (reference?.value ?? Number.NaN) : value;
  return compared <= (target.atMost ?? Infinity) && compared >= (target.atLeast ?? -Infinity);
}
