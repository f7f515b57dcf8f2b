import type { ObjectRef } from './object-ref.js';

/**
 * One object of a snapshot as it is stored: what is kept of the Kubernetes object, every default explicit, in
 * Kubernetes' own shape, so that an export can be read again by the same reader (`normalise` of a body is that body).
 */
export interface StoredObject {
  readonly ref: ObjectRef;
  /** `metadata.uid`; null where the input has none. */
  readonly uid: string | null;
  /** Canonical JSON text of the trimmed object. */
  readonly body: string;
  /** Lower-case hex SHA-256 of `body`. */
  readonly hash: string;
}

/** Bumped whenever the reader keeps or spells something differently; recorded with every snapshot. */
export const normaliserVersion = 10;
