import { refuse } from './problems/problem.js';

/**
 * The members of a JSON body: only those that the route knows, as for the parameters of a query string.
 * @throws ProblemError4xx 400 BODY_INVALID
 */
export function readBody<T extends string>(body: unknown, known: readonly T[]): Partial<Record<T, unknown>> {
  const accepted = known.join(', ');
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw refuse(400, 'BODY_INVALID', `the body must be a JSON object with ${accepted}`, 'body', accepted);
  const unknown = Object.keys(body).find((name) => !(known as readonly string[]).includes(name));
  if (unknown === undefined) return body;
  const found = JSON.stringify(unknown.slice(0, 60));
  const message = `${found} is no member of this body; accepted are ${accepted}`;
  throw refuse(400, 'BODY_INVALID', message, unknown.slice(0, 60), accepted);
}
