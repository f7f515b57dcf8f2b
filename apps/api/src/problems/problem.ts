/** One complaint of a problem. */
export interface ProblemError {
  readonly code: string;
  readonly message: string;
  /** `Kind[.group]/namespace/name`. */
  readonly object?: string;
  /** Field path, or the name of a parameter. */
  readonly path?: string;
  readonly value?: string;
  readonly accepted?: string;
  readonly line?: number;
}

/** RFC 9457 problem details. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Stable, upper snake case. */
  readonly code: string;
  readonly errors: readonly ProblemError[];
}

const titles: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Not in time',
  409: 'Conflict',
  413: 'Over a limit',
  415: 'This type of content is not read',
  417: 'An expectation that is not met',
  421: 'Not meant for this server',
  422: 'Read, but not valid',
  429: 'Too many requests',
  431: 'Header too large',
  500: 'Something went wrong here',
  503: 'Not available at the moment',
};

export function problemOf(status: number, code: string, detail: string, errors: readonly ProblemError[] = []): Problem {
  return {
    type: `urn:canreach:problem:${code}`,
    title: titles[status] ?? 'The request was refused',
    status,
    detail,
    code,
    errors,
  };
}

/** An error of the transport itself that is a problem already. */
export class ProblemError4xx extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError4xx';
  }
}

/** Refuses with a code and a sentence. */
export function refuse(
  status: number,
  code: string,
  detail: string,
  path?: string,
  accepted?: string,
): ProblemError4xx {
  const error: ProblemError = {
    code,
    message: detail,
    ...(path === undefined ? {} : { path }),
    ...(accepted === undefined ? {} : { accepted }),
  };
  return new ProblemError4xx(problemOf(status, code, detail, [error]));
}
