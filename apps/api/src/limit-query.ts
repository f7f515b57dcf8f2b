import type { FastifyReply, FastifyRequest } from 'fastify';
import { type DocumentNode, Lexer, parse, Source, TokenKind } from 'graphql';
import { costOfQuestion, measureQuery, nestingMax } from './measure-query.js';

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
  if (typeof given?.query !== 'string') return;
  if (isNestedTooDeep(given.query)) {
    await refuse(reply, 'QUERY_TOO_DEEP', `the query has more than ${nestingMax} brackets inside of each other`);
    return;
  }
  const document = parsed(given.query);
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

const opening: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Whether brackets of any kind lie more than `nestingMax` deep: in selections, values and the types of variables. The
 * parser and every rule of validation recurse, and which of them runs out of stack first depends on how warm the
 * process is; so the words are counted before. At most `tokensMax` are looked at, and a query ends at its first fault.
 */
function isNestedTooDeep(query: string): boolean {
  const lexer = new Lexer(new Source(query));
  let nesting = 0;
  try {
    for (let tokens = 0; tokens < tokensMax; tokens++) {
      const { kind } = lexer.advance();
      if (opening.has(kind) && ++nesting > nestingMax) return true;
      if (closing.has(kind)) nesting--;
      if (kind === TokenKind.EOF) break;
    }
  } catch {
    // Apollo says where the fault is.
  }
  return false;
}

function parsed(query: string): DocumentNode | null {
  try {
    return parse(query, { maxTokens: tokensMax, noLocation: true });
  } catch {
    return null;
  }
}

async function refuse(reply: FastifyReply, code: string, message: string): Promise<void> {
  await reply.status(400).send({ errors: [{ message, extensions: { code, status: 400 } }] });
}
