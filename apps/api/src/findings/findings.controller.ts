import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Finding } from '#model';
import { Access } from '../auth/access.js';
import { readQuery } from '../read-query.js';
import { FindingsService } from './findings.service.js';

@Controller('api/v1/snapshots/:ref')
export class FindingsController {
  constructor(private readonly audits: FindingsService) {}

  @Get('findings')
  @Access('viewer')
  async findings(@Param('ref') ref: string, @Query() query: unknown): Promise<{ findings: readonly Finding[] }> {
    const { severity, dataplane } = readQuery(query, ['severity', 'dataplane']);
    return { findings: await this.audits.findings(ref, severity, dataplane) };
  }
}
