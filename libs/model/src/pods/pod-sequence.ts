import type { Pod } from '../cluster-model.js';
import type { PodColumns } from './pod-columns.js';

/**
 * The pods of a model, in its order. A plain array is one; so are the pods of a packed model, which makes each `Pod`
 * when it is asked for. Whoever passes over many pods for a few of their properties asks for `podColumnsOf`.
 */
export interface PodSequence extends Iterable<Pod> {
  readonly length: number;
  /** Undefined outside `0..length`. */
  at(number: number): Pod | undefined;
  entries(): IterableIterator<[number, Pod]>;
  /** The same pods as columns, where they are kept so; see `podColumnsOf`. */
  readonly columns?: PodColumns;
}
