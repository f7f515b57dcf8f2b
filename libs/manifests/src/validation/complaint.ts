/** Why a field is refused, in the API server's words; `Decode` for a value of the wrong type. */
export type ComplaintReason =
  'Decode' | 'Required' | 'Invalid' | 'NotSupported' | 'Forbidden' | 'TooLong' | 'UnknownField' | 'Duplicate';

/** One thing wrong with one field of one object. */
export interface Complaint {
  /** Path in the API server's spelling: `spec.ingress[0].ports[1].port`. */
  readonly field: string;
  readonly reason: ComplaintReason;
  /** What is wrong and what is accepted. */
  readonly detail: string;
  /** The value found; absent for Required and Forbidden. */
  readonly value?: unknown;
}
