import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DocumentNode, parse } from 'graphql';
import { costOfQuestion, measureQuery } from './measure-query.js';

/** How deep a query may go, what it may cost, and of how many words it may consist. */
export const depthMax = 12;
export const costMax = 2000;
export const tokensMax = 20_000;

/**
 * Refuses a GraphQL request that asks for too much, before Apollo sees it: some rules of validation take quadratic or
 * exponential time, and a hook of Apollo's that refuses before them is answered as a fault of the server. What cannot
 * be parsed is left to Apollo.
 */
export async function limitQuery(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.routeOptions.url !== '/graphql') return;
  const given = (request.method === 'GET' ? request.query : request.body) as { query?: unknown } | null | undefined;
  const document = parsed(given?.query);
  if (document === null) return;
  const { depth, cost } = measureQuery(document);
  if (depth > depthMax) {
    const found = depth === Infinity ? 'very deep' : `${depth} fields deep`;
    await refuse(reply, 'QUERY_TOO_DEEP', `the query is ${found}; at most ${depthMax} is answered`);
  } else if (cost > costMax) {
    const rule = `where a question costs ${costOfQuestion} and every other field 1`;
    await refuse(reply, 'QUERY_TOO_COSTLY', `the query costs ${cost}; at most ${costMax} is answered, ${rule}`);
  }
}

function parsed(query: unknown): DocumentNode | null {
  if (typeof query !== 'string') return null;
  try {
    return parse(query, { maxTokens: tokensMax, noLocation: true });
  } catch {
    return null;
  }
}

async function refuse(reply: FastifyReply, code: string, message: string): Promise<void> {
  await reply.status(400).send({ errors: [{ message, extensions: { code, status: 400 } }] });
}
