import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { LOGGER } from '../logger.js';
import { problemOf } from './problem.js';
import { problemOfError } from './problem-of-error.js';

/** Turns every error of a route into application/problem+json; GraphQL's are formatted by Apollo. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() === 'graphql') throw error;
    sendProblem(host.switchToHttp().getResponse<FastifyReply>(), error, this.logger);
    return undefined;
  }
}

export function sendProblem(reply: FastifyReply, error: unknown, logger: Logger): void {
  const known = problemOfError(error);
  if (known === null) logger.error({ err: error }, 'a request failed');
  const problem = known ?? problemOf(500, 'INTERNAL', 'something went wrong here; the log of the server says what');
  // An answer that has begun cannot become another one: the connection is cut, so that it is not taken for whole.
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}
