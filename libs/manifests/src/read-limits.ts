/** Bounds of one input. Each is crossed by a test. */
export interface ReadLimits {
  /** After every decompression. */
  readonly bytesMax: number;
  /** One JSON object outside a List, or one YAML document. */
  readonly documentBytesMax: number;
  /** YAML documents, empty ones too. */
  readonly documentsMax: number;
  readonly objectsMax: number;
  readonly podsMax: number;
  readonly depthMax: number;
  readonly tarMembersMax: number;
  /** Values of a YAML document after its aliases are expanded, per byte of its text. */
  readonly aliasExpansionMax: number;
  /** gzip inside gzip. */
  readonly gzipLayersMax: number;
}

export const defaultReadLimits: ReadLimits = {
  bytesMax: 4 * 1024 ** 3,
  documentBytesMax: 64 * 1024 ** 2,
  documentsMax: 2_000_000,
  objectsMax: 2_000_000,
  podsMax: 500_000,
  depthMax: 100,
  tarMembersMax: 100_000,
  aliasExpansionMax: 10,
  gzipLayersMax: 3,
};
