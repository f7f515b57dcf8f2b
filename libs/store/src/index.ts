// Postgres: snapshots as ranges over versioned objects, compiled indexes, who did what. Entities do not leave.
export { AuditLog } from './audit-log.js';
export { createDataSource, migrate } from './data-source.js';
export { EditStore } from './edit-store.js';
export { type IndexKey, IndexStore, partBytesMax } from './index-store.js';
export type {
  AuditEvent,
  ClusterRecord,
  NewSnapshot,
  SavedSnapshot,
  SnapshotDescription,
  SnapshotPage,
  SnapshotRecord,
} from './records.js';
export { checkClusterName, checkLabel, isClusterName, parseSnapshotRef, type SnapshotRef } from './snapshot-ref.js';
export { cursorOf } from './snapshot-cursor.js';
export { SnapshotStore, takenAtAheadMillisMax } from './snapshot-store.js';
export { guarded, isConnectionError, StoreError, type StoreErrorCode } from './store-error.js';
