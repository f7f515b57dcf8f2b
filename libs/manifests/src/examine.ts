import type { SnapshotInfo, StoredObject } from '#model';
import { readSnapshotInfo } from './kinds/snapshot-info.js';
import { normalise } from './normalise.js';
import type { Complaint } from './validation/complaint.js';
import { Decoder, type Fields } from './validation/decoder.js';
import type { Remark } from './validation/remark.js';

/** What one value of an input is, looked at alone; what it means beside the others is for `readManifests` to say. */
export type Examined = { readonly line: number; readonly file: string | null } & (
  | {
      readonly outcome: 'Stored';
      readonly object: StoredObject;
      readonly namespaceGiven: boolean;
      /** Paths that the kind does not know; looked for in policies only. */
      readonly unknownFields: readonly string[];
      /** What has become of them. */
      readonly unknownAre: 'Dropped' | 'Kept';
      /** What is odd about how it is written; looked for in policies only. */
      readonly remarks: readonly Remark[];
    }
  | { readonly outcome: 'Skipped'; readonly kind: string }
  | {
      readonly outcome: 'Refused';
      readonly label: string;
      readonly complaints: readonly Complaint[];
      /** What can be kept of it as not understood. */
      readonly raw: StoredObject | null;
    }
  | { readonly outcome: 'Info'; readonly info: SnapshotInfo; readonly complaints: readonly Complaint[] }
);

/** A value found in an input, with where it was found. */
export interface RawObject {
  readonly value: unknown;
  /** 1-based line on which it begins. */
  readonly line: number;
  /** Member of the archive or name of the file; null where there is none. */
  readonly file: string | null;
}

/** Reduces a value to what is kept of it. Cost: linear in the value. */
export function examine({ value, line, file }: RawObject): Examined {
  if (isSnapshotInfo(value)) {
    const decoder = new Decoder();
    const info = readSnapshotInfo(value, decoder);
    return { line, file, outcome: 'Info', info, complaints: decoder.complaints };
  }
  const result = normalise(value);
  switch (result.outcome) {
    case 'Skipped':
      return { line, file, outcome: 'Skipped', kind: result.kind };
    case 'Refused':
      return { line, file, outcome: 'Refused', label: result.label, complaints: result.complaints, raw: result.raw };
    case 'Stored':
      return { line, file, ...result };
  }
}

function isSnapshotInfo(value: unknown): value is Fields {
  if (value === null || typeof value !== 'object') return false;
  const { apiVersion, kind } = value as Fields;
  return kind === 'SnapshotInfo' && apiVersion === 'canreach.dev/v1';
}
