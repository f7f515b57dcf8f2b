import { HttpException } from '@nestjs/common';
import { ManifestError } from '#manifests';
import { QuestionError, type QuestionErrorCode } from '#model';
import { isConnectionError, StoreError, type StoreErrorCode } from '#store';
import { type Problem, ProblemError4xx, problemOf } from './problem.js';

const manifestStatus = { unreadable: 400, invalid: 422, tooLarge: 413, unsupported: 415 } as const;

const storeStatus: Readonly<Record<StoreErrorCode, number>> = {
  CLUSTER_NAME_INVALID: 400,
  LABEL_INVALID: 400,
  LABEL_TAKEN: 409,
  TAKEN_AT_FUTURE: 422,
  REF_MALFORMED: 400,
  CLUSTER_NOT_FOUND: 404,
  SNAPSHOT_NOT_FOUND: 404,
  SNAPSHOT_IN_USE: 409,
  IDEMPOTENCY_KEY_REUSED: 409,
  CURSOR_INVALID: 400,
  DATABASE_UNAVAILABLE: 503,
};

const questionStatus: Readonly<Partial<Record<QuestionErrorCode, number>>> = {
  PEER_NOT_FOUND: 404,
  PORT_NOT_FOUND: 404,
  OBJECT_NOT_FOUND: 404,
  TOO_MANY_FLOWS: 413,
  SET_TOO_LARGE: 413,
  INDEX_TOO_LARGE: 422,
};

/** Many questions of one request went wrong. */
export class QuestionErrors extends Error {
  constructor(readonly errors: readonly QuestionError[]) {
    super(`${errors.length} of the questions cannot be answered`);
  }
}

/**
 * The problem that an error is for a client: one place for every transport. Null for what nobody expected, which is
 * logged and told to nobody.
 */
export function problemOfError(error: unknown): Problem | null {
  if (error instanceof ProblemError4xx) return error.problem;
  if (error instanceof ManifestError) {
    const errors = error.errors.map(({ code, message, object, path, value, line, detail }) => ({
      code,
      message,
      object,
      path,
      value,
      line,
      accepted: detail,
    }));
    return problemOf(manifestStatus[error.httpClass], error.code, error.message, errors);
  }
  if (error instanceof QuestionError) {
    return problemOf(questionStatus[error.code] ?? 400, error.code, error.message, [problemErrorOf(error)]);
  }
  if (error instanceof QuestionErrors) {
    const worst = error.errors.find(({ code }) => questionStatus[code] === undefined) ?? error.errors[0];
    return problemOf(
      questionStatus[worst.code] ?? 400,
      worst.code,
      `${error.message}; the first: ${error.errors[0].message}`,
      error.errors.slice(0, 1000).map(problemErrorOf),
    );
  }
  if (error instanceof StoreError) {
    return problemOf(storeStatus[error.code], error.code, error.message, [
      { code: error.code, message: error.message, path: error.field },
    ]);
  }
  if (isConnectionError(error))
    return problemOf(503, 'DATABASE_UNAVAILABLE', 'the database cannot be reached; try again later');
  return problemOfTransport(error);
}

function problemErrorOf({ code, message, field, accepted }: QuestionError): Problem['errors'][number] {
  return { code, message, path: field, ...(accepted === undefined ? {} : { accepted }) };
}

/** Errors that Nest and Fastify make on their own. */
function problemOfTransport(error: unknown): Problem | null {
  if (error instanceof HttpException) {
    const status = error.getStatus();
    if (status === 404)
      return problemOf(404, 'ROUTE_NOT_FOUND', `${error.message}; the routes are listed at /api/openapi.json`);
    return status < 500 ? problemOf(status, 'REQUEST_REFUSED', error.message) : null;
  }
  const { statusCode, code, message } = (error ?? {}) as { statusCode?: unknown; code?: unknown; message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return null;
  const name = typeof code === 'string' ? code.replace(/^FST_(ERR_)?/, '') : 'REQUEST_REFUSED';
  return problemOf(statusCode, name, typeof message === 'string' ? message : 'the request was refused');
}
