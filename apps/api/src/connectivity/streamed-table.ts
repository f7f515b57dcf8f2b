import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Format } from '#report';
import type { FoundRows } from './found-rows.js';

/**
 * A table as the body of an answer, written as it is found. A reader that takes nothing for `stallMillisMax` is let go:
 * neither the answer nor the connection waits for it.
 */
export function streamedTable(
  found: Pick<FoundRows<unknown>, 'written'>,
  format: Format,
  reply: FastifyReply,
  stallMillisMax: number,
): StreamableFile {
  reply.raw.setTimeout(stallMillisMax, () => reply.raw.destroy());
  const pieces = Readable.from(found.written(format), { objectMode: true, highWaterMark: 1 });
  return new StreamableFile(pieces, { type: `${format.mediaType}; charset=utf-8` });
}
