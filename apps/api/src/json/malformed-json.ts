import { type ProblemError4xx, refuse } from '../problems/problem.js';

/** The refusal of a body that is no JSON, in the words of the parser. */
export function malformedJson(error: Error): ProblemError4xx {
  return refuse(400, 'MALFORMED', `the body is no JSON: ${error.message.slice(0, 200)}`, 'body');
}
