import type { Diagnostic } from '#model';
import type { SnapshotRecord } from '#store';
import type { CompileStatus } from '../index-cache/index-cache.js';

/** A snapshot as every transport shows it. */
export interface SnapshotView {
  readonly id: string;
  readonly cluster: string;
  readonly number: number;
  readonly label: string | null;
  readonly takenAt: string;
  readonly createdAt: string;
  readonly contentHash: string;
  readonly sameAs: string | null;
  readonly normaliserVersion: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<string, number>>;
  readonly dataplane: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
  readonly compile: CompileStatus;
}

export function snapshotView(snapshot: SnapshotRecord, compile: CompileStatus): SnapshotView {
  const {
    id,
    cluster,
    number,
    label,
    takenAt,
    createdAt,
    contentHash,
    sameAs,
    normaliserVersion,
    counts,
    skipped,
    dataplane,
    diagnostics,
  } = snapshot;
  return {
    id,
    cluster,
    number,
    label,
    takenAt: takenAt.toISOString(),
    createdAt: createdAt.toISOString(),
    contentHash,
    sameAs,
    normaliserVersion,
    counts,
    skipped,
    dataplane,
    diagnostics,
    compile,
  };
}
