import type { ObjectEdit, ObjectRef } from '#model';
import type { ConnectivityEnd, ConnectivityQuestion } from '../connectivity/connectivity.js';
import type { ConnectionsView } from '../query/verdict.js';

/**
 * How a pair of ends fares from one snapshot to another. Where an end is in one snapshot only, the change says so,
 * whatever is gained or lost by it; the source is named first.
 */
export const changeWords = [
  'gained',
  'lost',
  'changed',
  'sourceAdded',
  'sourceRemoved',
  'destinationAdded',
  'destinationRemoved',
] as const;
export type ChangeWord = (typeof changeWords)[number];

/** One pair of ends whose connections are not what they were. */
export interface ConnectivityChange {
  readonly change: ChangeWord;
  readonly source: ConnectivityEnd;
  readonly destination: ConnectivityEnd;
  /** What every pair of members could and can do; with `some`, what at least one pair could and can do. */
  readonly before: ConnectionsView;
  readonly after: ConnectionsView;
  /** Connections of which nobody knows whether they belong to `before` and `after`. */
  readonly unknownBefore?: ConnectionsView;
  readonly unknownAfter?: ConnectionsView;
  readonly some?: true;
  /** The edits that brought the change about; empty where they are not looked for. */
  readonly causes: readonly Cause[];
}

/** An edit of an object, with the paths of the fields that differ; none for what was added or removed. */
export interface Cause {
  readonly object: ObjectRef;
  readonly edit: ObjectEdit['edit'];
  readonly fields: readonly string[];
}

/** How many changes there are of each kind. */
export type DiffSummary = Readonly<Record<ChangeWord, number>>;

/** What is compared. `from` and `to` are the peers that sources and destinations are kept for, in either snapshot. */
export type DiffQuestion = ConnectivityQuestion;
