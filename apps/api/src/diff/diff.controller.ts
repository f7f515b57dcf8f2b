import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { chooseFormat } from '#report';
import { Access } from '../auth/access.js';
import { CONFIG, type Config } from '../config.js';
import { limitMax, rowsMax } from '../connectivity/connectivity.service.js';
import { streamedTable } from '../connectivity/streamed-table.js';
import { refuse } from '../problems/problem.js';
import { readLimit, readMaxRows, readQuery } from '../read-query.js';
import { DiffService } from './diff.service.js';

const filters = [
  'level',
  'source',
  'destination',
  'protocol',
  'port',
  'include',
  'family',
  'mode',
  'semantics',
  'dataplane',
] as const;
const paging = ['format', 'limit', 'cursor', 'maxRows'] as const;

/** Changes on a page unless the question says otherwise. */
const limitUnlessSaid = 1000;

@Controller('api/v1/diff')
@Access('viewer')
export class DiffController {
  constructor(
    private readonly diffs: DiffService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async diff(
    @Query() query: unknown,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const known = ['from', 'to', ...filters, ...paging] as const;
    const { from, to, format: name, limit, cursor, maxRows, ...question } = readQuery(query, known);
    const [before, after] = [required(from, 'from'), required(to, 'to')];
    const format = chooseFormat(name, accept);
    const most = readMaxRows(maxRows) ?? rowsMax;
    if (format.name !== 'json') {
      const found = await this.diffs.changes(before, after, question, most);
      return streamedTable(found, format, reply, this.config.stallMillisMax);
    }
    const size = readLimit(limit, limitUnlessSaid, limitMax);
    const { cursorOf: _, ...page } = await this.diffs.page(before, after, question, {
      cursor,
      limit: size,
      maxRows: most,
    });
    return page;
  }
}

function required(ref: string | undefined, name: string): string {
  if (ref !== undefined && ref !== '') return ref;
  const accepted = 'a snapshot id, cluster@latest, cluster@label or cluster@time';
  throw refuse(400, 'REF_MALFORMED', `${name} is missing; ${accepted} is accepted`, name, accepted);
}
