import type { Diagnostic } from '#model';

/** Why an input is refused as a whole. */
export type ManifestErrorCode =
  'MALFORMED' | 'ENCODING_INVALID' | 'EMPTY_INPUT' | 'INVALID_OBJECT' | 'LIMIT_EXCEEDED' | 'UNSUPPORTED_MEDIA_TYPE';

/** How a transport should say no: cannot be read, read but wrong, over a limit, of a type that is not read. */
export type ManifestErrorClass = 'unreadable' | 'invalid' | 'tooLarge' | 'unsupported';

const classes: Readonly<Record<ManifestErrorCode, ManifestErrorClass>> = {
  MALFORMED: 'unreadable',
  ENCODING_INVALID: 'unreadable',
  EMPTY_INPUT: 'invalid',
  INVALID_OBJECT: 'invalid',
  LIMIT_EXCEEDED: 'tooLarge',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported',
};

/** The whole input is refused, nothing of it is kept. Carries every complaint, not only the first. */
export class ManifestError extends Error {
  readonly httpClass: ManifestErrorClass;

  constructor(
    readonly code: ManifestErrorCode,
    message: string,
    readonly errors: readonly Diagnostic[] = [],
  ) {
    super(message);
    this.name = 'ManifestError';
    this.httpClass = classes[code];
  }
}

/** Text that cannot be read, with the line where that is known. */
export function malformed(message: string, line?: number): ManifestError {
  const at = line === undefined ? {} : { line };
  return new ManifestError('MALFORMED', message, [{ code: 'MALFORMED', severity: 'error', message, ...at }]);
}

/** Something is more than its limit; the limit is named with its number. */
export function limitExceeded(limit: string, max: number, what: string): ManifestError {
  const message = `${what}; the limit ${limit} is ${max}`;
  return new ManifestError('LIMIT_EXCEEDED', message, [
    { code: 'LIMIT_EXCEEDED', severity: 'error', message, path: limit },
  ]);
}
