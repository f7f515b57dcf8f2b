import type { Diagnostic, SnapshotInfo, StoredObject } from '#model';

/** A named stream of snapshots. */
export interface ClusterRecord {
  readonly name: string;
  readonly createdAt: Date;
  /** How many snapshots it has now. */
  readonly snapshots: number;
}

/** One immutable cluster state at one time, without its objects. */
export interface SnapshotRecord {
  readonly id: string;
  /** Key of the cluster in the store; not for the outside. */
  readonly clusterId: number;
  readonly cluster: string;
  /** Place in the cluster's sequence; never used twice. */
  readonly number: number;
  readonly label: string | null;
  readonly takenAt: Date;
  readonly createdAt: Date;
  readonly contentHash: string;
  readonly normaliserVersion: number;
  /** Id of the earliest snapshot with equal content, if there was one. */
  readonly sameAs: string | null;
  readonly info: SnapshotInfo;
  readonly counts: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  readonly dataplane: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Everything that is known of a snapshot before its objects are stored. */
export interface NewSnapshot extends Pick<
  SnapshotRecord,
  'cluster' | 'label' | 'contentHash' | 'normaliserVersion' | 'info' | 'skipped'
> {
  /** Null: now. */
  readonly takenAt: Date | null;
  readonly idempotencyKey: string | null;
  readonly objects: readonly StoredObject[];
}

/** What the objects of a snapshot say together, which takes a while to find out. */
export type SnapshotDescription = Pick<SnapshotRecord, 'counts' | 'dataplane' | 'diagnostics'>;

export interface SavedSnapshot {
  readonly snapshot: SnapshotRecord;
  /** True where an earlier request with the same Idempotency-Key had stored it. */
  readonly replayed: boolean;
}

export interface SnapshotPage {
  readonly items: readonly SnapshotRecord[];
  readonly nextCursor: string | null;
}

export interface AuditEvent {
  readonly who: string;
  /** `snapshot.create`, `snapshot.delete`, `snapshot.label`. */
  readonly action: string;
  readonly cluster: string | null;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
}
