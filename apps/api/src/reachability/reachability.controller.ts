import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Verdict } from '#engine';
import { Access } from '../auth/access.js';
import { jsonOfList } from '../json/json-of-list.js';
import { refuse } from '../problems/problem.js';
import { readBody } from '../read-body.js';
import { readBoolean, readQuery } from '../read-query.js';
import { ReachabilityService } from './reachability.service.js';

const settings = ['family', 'mode', 'semantics', 'dataplane', 'staged'] as const;

@Controller('api/v1/snapshots/:ref')
export class ReachabilityController {
  constructor(private readonly reachability: ReachabilityService) {}

  @Get('verdict')
  @Access('viewer')
  async verdict(@Param('ref') ref: string, @Query() query: unknown): Promise<unknown> {
    const { fields, staged, ...asked } = readQuery(query, [
      'from',
      'to',
      'protocol',
      'port',
      'sourcePort',
      'fields',
      ...settings,
    ]);
    const question = { ...asked, staged: readBoolean(staged, 'staged') === true };
    const wanted = fields?.split(',').map((name) => name.trim());
    if (wanted === undefined) return this.reachability.verdict(ref, question);
    const isCompact = wanted.every((name) => name === 'verdict' || name === 'reason');
    const answer = isCompact
      ? await this.reachability.compact(ref, question)
      : await this.reachability.verdict(ref, question);
    return picked(answer as Verdict, wanted);
  }

  @Post('verdicts')
  @Access('viewer')
  @HttpCode(200)
  async verdicts(
    @Param('ref') ref: string,
    @Query() query: unknown,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const { explain, staged, ...asked } = readQuery(query, ['explain', ...settings]);
    const common = { ...asked, staged: readBoolean(staged, 'staged') === true };
    const { flows } = readBody(body, ['flows']);
    const form = readBoolean(explain, 'explain') === true ? 'Full' : 'Compact';
    const verdicts = await this.reachability.verdicts(ref, flows, common, form);
    reply.header('content-type', 'application/json; charset=utf-8');
    return jsonOfList('verdicts', verdicts);
  }
}

const fieldNames: ReadonlySet<string> = new Set<keyof Verdict>([
  'verdict',
  'reason',
  'intended',
  'effective',
  'message',
  'resolved',
  'protocol',
  'port',
  'sourcePort',
  'implementationDefined',
  'assumptions',
  'gates',
  'notUnderstood',
  'restrictedAtL7',
  'connections',
  'families',
  'counts',
  'examples',
  'example',
  'ports',
  'backends',
]);

function picked(answer: Verdict, wanted: readonly string[]): Record<string, unknown> {
  const unknown = wanted.find((name) => !fieldNames.has(name));
  if (unknown !== undefined) {
    throw refuse(
      400,
      'FIELDS_INVALID',
      `${JSON.stringify(unknown.slice(0, 60))} is no field of a verdict; accepted are ${[...fieldNames].join(', ')}`,
      'fields',
      [...fieldNames].join(', '),
    );
  }
  const found: Record<string, unknown> = {};
  for (const name of wanted) if (name in answer) found[name] = answer[name as keyof Verdict];
  return found;
}
