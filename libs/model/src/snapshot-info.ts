/** What a collector says about its input: one optional object `canreach.dev/v1 SnapshotInfo` in the stream. */
export interface SnapshotInfo {
  /** Kinds that were listed completely; null where nothing is said. */
  readonly collected: readonly string[] | null;
  /** Kinds that could not be listed, with the reason; what depends on them is `unknown`, never "none". */
  readonly notCollected: readonly { readonly kind: string; readonly reason: string }[];
  /** Namespaces that were looked into; null: all. */
  readonly scope: readonly string[] | null;
  readonly resourceVersion: string | null;
  /** RFC 3339. */
  readonly takenAt: string | null;
  /** Overrides of dataplane detection, as `key: value`. */
  readonly dataplane: Readonly<Record<string, string>>;
  /** Overrides of the policy semantics, as `knob: value`. */
  readonly semantics: Readonly<Record<string, string>>;
}

export const noSnapshotInfo: SnapshotInfo = {
  collected: null,
  notCollected: [],
  scope: null,
  resourceVersion: null,
  takenAt: null,
  dataplane: {},
  semantics: {},
};
