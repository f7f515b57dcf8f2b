import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { chooseFormat } from '#report';
import { Access } from '../auth/access.js';
import { CONFIG, type Config } from '../config.js';
import { streamedTable } from '../connectivity/streamed-table.js';
import { readLimit, readQuery } from '../read-query.js';
import { exposureLimitMax, ExposureService } from './exposure.service.js';

@Controller('api/v1/snapshots/:ref/exposure')
@Access('viewer')
export class ExposureController {
  constructor(
    private readonly exposures: ExposureService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async exposure(
    @Param('ref') ref: string,
    @Query() query: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const parameters = ['to', 'family', 'mode', 'semantics', 'dataplane', 'format', 'limit', 'cursor'] as const;
    const { format: name, limit, cursor, ...question } = readQuery(query, parameters);
    const format = chooseFormat(name, accept);
    if (format.name !== 'json') {
      return streamedTable(await this.exposures.rows(ref, question), format, reply, this.config.stallMillisMax);
    }
    return this.exposures.page(ref, question, { cursor, limit: readLimit(limit, 1000, exposureLimitMax) });
  }
}
