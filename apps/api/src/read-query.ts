import { refuse } from './problems/problem.js';

/**
 * The parameters of a query string: each at most once, and only those that the route knows, since a misspelt filter
 * that is ignored answers another question than was asked.
 * @throws ProblemError4xx 400 PARAMETER_UNKNOWN, PARAMETER_REPEATED
 */
export function readQuery<T extends string>(query: unknown, known: readonly T[]): Partial<Record<T, string>> {
  const result: Partial<Record<T, string>> = {};
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>)) {
    if (!(known as readonly string[]).includes(name)) {
      const accepted = known.join(', ') || 'none';
      throw refuse(
        400,
        'PARAMETER_UNKNOWN',
        `${JSON.stringify(name.slice(0, 60))} is no parameter of this route; accepted are ${accepted}`,
        name.slice(0, 60),
        accepted,
      );
    }
    if (typeof value !== 'string') throw refuse(400, 'PARAMETER_REPEATED', `${name} is given more than once`, name);
    result[name as T] = value;
  }
  return result;
}

/** How many items a page has at most. @throws ProblemError4xx 400 LIMIT_INVALID */
export function readLimit(text: string | undefined, fallback = 100, max = 1000): number {
  if (text === undefined) return fallback;
  const limit = Number(text);
  if (/^\d{1,6}$/.test(text) && limit >= 1 && limit <= max) return limit;
  throw refuse(
    400,
    'LIMIT_INVALID',
    `limit is ${JSON.stringify(text.slice(0, 40))}; a number from 1 to ${max} is accepted`,
    'limit',
    `1-${max}`,
  );
}

/** @throws ProblemError4xx 400 BOOLEAN_INVALID */
export function readBoolean(text: string | undefined, name: string): boolean | null {
  if (text === undefined) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  throw refuse(
    400,
    'BOOLEAN_INVALID',
    `${name} is ${JSON.stringify(text.slice(0, 40))}; true and false are accepted`,
    name,
    'true, false',
  );
}

/** How many rows a whole answer may have; null where nothing is said. @throws ProblemError4xx 400 MAX_ROWS_INVALID */
export function readMaxRows(text: string | undefined): number | null {
  if (text === undefined) return null;
  const rows = Number(text);
  if (/^\d{1,9}$/.test(text) && rows >= 1) return rows;
  throw refuse(
    400,
    'MAX_ROWS_INVALID',
    `maxRows is ${JSON.stringify(text.slice(0, 40))}; a number from 1 to 999999999 is accepted`,
    'maxRows',
    '1-999999999',
  );
}
