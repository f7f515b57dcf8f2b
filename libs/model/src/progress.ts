/** How far a long piece of work has come. `total` is null while it is not known. */
export interface Progress {
  /** Stage name as in metrics and `--timings`. */
  readonly stage: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: 'bytes' | 'objects' | 'rows' | 'stages';
}
