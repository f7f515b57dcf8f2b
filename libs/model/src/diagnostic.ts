/**
 * A problem in the input, with the object and the place in it. Diagnostics are about what was *read*; what is wrong
 * with a cluster that was read well is a finding.
 */
export interface Diagnostic {
  /** Stable, upper snake case: `NAMESPACE_MISSING`, `KIND_SKIPPED`, `INVALID_OBJECT`. */
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** A sentence that names the object, the field, the value found and what is accepted. */
  readonly message: string;
  /** `Kind[.group]/namespace/name` of the object concerned; absent where the text could not be read as an object. */
  readonly object?: string;
  /** Field path in API-server spelling: `spec.ingress[0].ports[1].port`. */
  readonly path?: string;
  /** Reason in API-server spelling (`Required`, `Invalid`, `NotSupported`, `Forbidden`, `TooLong`), for validation. */
  readonly reason?: string;
  /** The API server's detail text, for validation. */
  readonly detail?: string;
  /** The value found, as JSON text cut to 200 characters. */
  readonly value?: string;
  /** 1-based line in a text input. */
  readonly line?: number;
}
