import type { SnapshotRecord } from '#store';

/** An input to be stored as a snapshot, as far as it is known before its body is read. */
export interface IngestRequest {
  readonly cluster: string;
  readonly label: string | null;
  /** RFC 3339; null: what the input says, else now. */
  readonly takenAt: string | null;
  readonly strict: boolean | null;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly idempotencyKey: string | null;
}

export interface Ingested {
  readonly snapshot: SnapshotRecord;
  /** True where an earlier request with the same Idempotency-Key had stored it. */
  readonly replayed: boolean;
  /** The model as `packSnapshot` makes it, in memory that threads may share; it is ready a little later. */
  readonly packed: Promise<Uint8Array>;
}
