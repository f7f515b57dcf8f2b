/** Why the store refuses; transports map the code to their own way of saying no. */
export type StoreErrorCode =
  | 'CLUSTER_NAME_INVALID'
  | 'LABEL_INVALID'
  | 'LABEL_TAKEN'
  | 'TAKEN_AT_FUTURE'
  | 'REF_MALFORMED'
  | 'CLUSTER_NOT_FOUND'
  | 'SNAPSHOT_NOT_FOUND'
  | 'SNAPSHOT_IN_USE'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'CURSOR_INVALID'
  | 'DATABASE_UNAVAILABLE';

export class StoreError extends Error {
  constructor(
    readonly code: StoreErrorCode,
    message: string,
    readonly field: string,
  ) {
    super(message);
    this.name = 'StoreError';
  }
}

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
  '53300',
]);

/** Whether an error means that the database cannot be reached, as against a mistake in a query. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause, errors, message } = error as Error & { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string' && connectionCodes.has(code)) return true;
  if (
    /Connection terminated|not currently accepting connections|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Driver not Connected/i.test(
      message,
    )
  )
    return true;
  return isConnectionError(cause) || (Array.isArray(errors) && errors.some(isConnectionError));
}

/** Runs database work; a lost connection becomes DATABASE_UNAVAILABLE. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionError(error)) throw error;
    throw new StoreError('DATABASE_UNAVAILABLE', 'the database cannot be reached; try again later', 'database');
  }
}
