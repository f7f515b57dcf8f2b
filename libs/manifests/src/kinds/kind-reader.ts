import type { WantedMembers } from '../reading/wanted.js';
import type { Decoder, Fields } from '../validation/decoder.js';
import type { Shape } from '../validation/unknown-fields.js';

/** How objects of one kind are read. What is not kept is never stored. */
export interface KindReader {
  readonly group: string;
  readonly kind: string;
  /** Versions that are read, the one that is stored first. */
  readonly versions: readonly string[];
  /** Groups of old, by which the same kind was known, with their versions: `extensions/v1beta1`. */
  readonly aliases?: readonly string[];
  readonly namespaced: boolean;
  /** Annotations that are kept; all others are dropped. */
  readonly annotations?: readonly (string | RegExp)[];
  /** What is kept of the value of a kept annotation; absent: all of it. */
  readonly redactAnnotation?: (key: string, value: string) => string;
  /** Whether an object that is refused can change verdicts, so that a lenient input keeps it as not understood. */
  readonly isPolicy?: boolean;
  /** Whether owner references are kept. */
  readonly owners?: boolean;
  /**
   * Everything that `read` and the reading of the metadata look at: in a long text the rest is passed over and never
   * made into values. Absent: the whole object is needed.
   */
  readonly wanted?: WantedMembers;
  /** Whether an object of which only what is wanted was read turns out to be one of which more is needed. */
  needsWhole?(object: Fields): boolean;
  /** What is known in the spec, for kinds whose unknown fields are worth a warning. */
  readonly shape?: Shape;
  /** What becomes of unknown fields: the API server drops them, or they are kept because they may change a verdict. */
  readonly unknownFields?: 'Dropped' | 'Kept';
  /** The object as its own clients see it, where it is stored in another form. */
  unwrap?(object: Fields, decoder: Decoder): Fields;
  /** Members beside apiVersion, kind and metadata; null: the object is of no use and is passed over. */
  read(object: Fields, decoder: Decoder): Record<string, unknown> | null;
}
