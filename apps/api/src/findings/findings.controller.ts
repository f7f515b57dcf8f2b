import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '../auth/access.js';
import { jsonOfList } from '../json/json-of-list.js';
import { readQuery } from '../read-query.js';
import { FindingsService } from './findings.service.js';

@Controller('api/v1/snapshots/:ref')
export class FindingsController {
  constructor(private readonly audits: FindingsService) {}

  @Get('findings')
  @Access('viewer')
  async findings(
    @Param('ref') ref: string,
    @Query() query: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { severity, dataplane } = readQuery(query, ['severity', 'dataplane']);
    const findings = await this.audits.findings(ref, severity, dataplane);
    reply.header('content-type', 'application/json; charset=utf-8');
    return jsonOfList('findings', findings);
  }
}
