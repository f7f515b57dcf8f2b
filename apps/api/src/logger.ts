import type { LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** Injection token of the pino logger. */
export const LOGGER = Symbol('Logger');

/** Structured lines on standard error; never with payloads. */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** What Nest itself has to say, at a level below our own. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug(String(message));
  }
  warn(message: unknown): void {
    this.logger.warn(String(message));
  }
  error(message: unknown, ...details: unknown[]): void {
    this.logger.error({ details }, String(message));
  }
}
