import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { chooseFormat } from '#report';
import { Access } from '../auth/access.js';
import { CONFIG, type Config } from '../config.js';
import { readLimit, readMaxRows, readQuery } from '../read-query.js';
import { ConnectivityService, limitMax, type Reading, rowsMax } from './connectivity.service.js';
import { streamedTable } from './streamed-table.js';

const filters = [
  'level',
  'from',
  'to',
  'protocol',
  'port',
  'include',
  'family',
  'mode',
  'semantics',
  'dataplane',
] as const;
const paging = ['format', 'limit', 'cursor', 'maxRows'] as const;

/** Rows on a page unless the question says otherwise. */
const limitUnlessSaid = 1000;

@Controller('api/v1/snapshots/:ref/connectivity')
@Access('viewer')
export class ConnectivityController {
  constructor(
    private readonly connectivity: ConnectivityService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async rows(
    @Param('ref') ref: string,
    @Query() query: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { format: name, limit, cursor, maxRows, ...question } = readQuery(query, [...filters, ...paging]);
    const format = chooseFormat(name, accept);
    const { stallMillisMax } = this.config;
    const most = readMaxRows(maxRows);
    if (format.name !== 'json') {
      return streamedTable(await this.connectivity.rows(ref, question, most ?? rowsMax), format, reply, stallMillisMax);
    }
    const size = readLimit(limit, limitUnlessSaid, limitMax);
    const page = await this.connectivity.page(ref, question, { cursor, limit: size, maxRows: most });
    const { level, mode } = page.walk.question;
    const rows = page.rows.map((row) => page.walk.view(row));
    return { snapshot: page.snapshot, level, mode, rows, nextCursor: page.nextCursor, assumptions: page.assumptions };
  }

  @Get('unreached')
  unreached(
    @Param('ref') ref: string,
    @Query() query: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.#reading(ref, 'unreached', query, accept, reply);
  }

  @Get('unreaching')
  unreaching(
    @Param('ref') ref: string,
    @Query() query: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.#reading(ref, 'unreaching', query, accept, reply);
  }

  @Get('bidirectional')
  bidirectional(
    @Param('ref') ref: string,
    @Query() query: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    return this.#reading(ref, 'bidirectional', query, accept, reply);
  }

  async #reading(
    ref: string,
    reading: Reading,
    query: unknown,
    accept: string | undefined,
    reply: FastifyReply,
  ): Promise<unknown> {
    const { format: name, limit, cursor, maxRows, ...question } = readQuery(query, [...filters, ...paging]);
    const format = chooseFormat(name, accept);
    const { stallMillisMax } = this.config;
    const most = readMaxRows(maxRows) ?? rowsMax;
    if (format.name !== 'json') {
      return streamedTable(
        await this.connectivity.reading(ref, question, reading, most),
        format,
        reply,
        stallMillisMax,
      );
    }
    const size = readLimit(limit, limitUnlessSaid, limitMax);
    const page = await this.connectivity.readingPage(ref, question, reading, { cursor, limit: size, maxRows: most });
    return { ...page.head, items: page.items, nextCursor: page.nextCursor };
  }
}
