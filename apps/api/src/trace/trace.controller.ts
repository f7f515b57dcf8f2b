import { Controller, Get, Param, Query } from '@nestjs/common';
import type { Trace } from '#trace';
import { Access } from '../auth/access.js';
import { readQuery } from '../read-query.js';
import { TraceService } from './trace.service.js';

@Controller('api/v1/snapshots/:ref')
export class TraceController {
  constructor(private readonly traces: TraceService) {}

  @Get('trace')
  @Access('viewer')
  trace(@Param('ref') ref: string, @Query() query: unknown): Promise<Trace> {
    return this.traces.trace(
      ref,
      readQuery(query, ['from', 'to', 'protocol', 'port', 'family', 'mode', 'semantics', 'dataplane']),
    );
  }
}
