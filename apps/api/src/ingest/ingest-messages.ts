import type { Progress } from '#model';
import type { SnapshotRecord } from '#store';
import type { Problem } from '../problems/problem.js';
import type { IngestRequest } from './ingest-request.js';

/** What the thread that answers tells the thread that ingests. Every ingest has a number. */
export type IngestOrder =
  | { readonly kind: 'Begin'; readonly id: number; readonly request: IngestRequest }
  | { readonly kind: 'Bytes'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'End'; readonly id: number }
  /** The body broke off. */
  | { readonly kind: 'Abort'; readonly id: number; readonly message: string };

export type IngestReport =
  /** So many bytes of the body have been taken in. */
  | { readonly kind: 'Taken'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'Progress'; readonly id: number; readonly progress: Progress }
  /** It is stored; its model comes next. */
  | { readonly kind: 'Stored'; readonly id: number; readonly snapshot: SnapshotRecord; readonly replayed: boolean }
  | { readonly kind: 'Packed'; readonly id: number; readonly packed: Uint8Array<SharedArrayBuffer> }
  | { readonly kind: 'Refused'; readonly id: number; readonly problem: Problem }
  | { readonly kind: 'Failed'; readonly id: number; readonly message: string };
