import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Put,
  Query,
  Res,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { noSnapshotInfo, type StoredObject, type SnapshotInfo } from '#model';
import { Access } from '../auth/access.js';
import type { IngestRequest } from '../ingest/ingest-request.js';
import { refuse } from '../problems/problem.js';
import { readBody } from '../read-body.js';
import { readBoolean, readLimit, readQuery } from '../read-query.js';
import type { SnapshotView } from './snapshot-view.js';
import { SnapshotsService } from './snapshots.service.js';

@Controller('api/v1')
export class SnapshotsController {
  constructor(private readonly snapshots: SnapshotsService) {}

  @Get('clusters')
  @Access('viewer')
  async clusters(@Query() query: unknown): Promise<unknown> {
    readQuery(query, []);
    return { items: await this.snapshots.clusters(), nextCursor: null };
  }

  @Post('clusters/:cluster/snapshots')
  @Access('ingester')
  async ingest(
    @Param('cluster') cluster: string,
    @Query() query: unknown,
    @Headers() headers: Record<string, string | undefined>,
    @Body() body: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SnapshotView> {
    const { label, takenAt, strict } = readQuery(query, ['label', 'takenAt', 'strict']);
    const request: IngestRequest = {
      cluster,
      label: label ?? null,
      takenAt: takenAt ?? null,
      strict: readBoolean(strict, 'strict'),
      contentType: headers['content-type'] ?? null,
      contentEncoding: headers['content-encoding'] ?? null,
      idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
    };
    const { view, replayed } = await this.snapshots.ingest(
      request,
      body instanceof Readable ? body : Readable.from([]),
    );
    void reply.status(replayed ? 200 : 201).header('Location', `/api/v1/snapshots/${view.id}`);
    return view;
  }

  @Get('clusters/:cluster/snapshots')
  @Access('viewer')
  async list(@Param('cluster') cluster: string, @Query() query: unknown): Promise<unknown> {
    const { cursor, limit } = readQuery(query, ['cursor', 'limit']);
    const { items, nextCursor } = await this.snapshots.list(cluster, {
      cursor: cursor ?? null,
      limit: readLimit(limit),
    });
    return { items: items.map((snapshot) => this.snapshots.view(snapshot)), nextCursor };
  }

  @Get('snapshots/:ref')
  @Access('viewer')
  async read(@Param('ref') ref: string, @Query() query: unknown): Promise<SnapshotView> {
    readQuery(query, []);
    return this.snapshots.view(await this.snapshots.resolve(ref));
  }

  @Delete('snapshots/:ref')
  @Access('admin')
  @HttpCode(204)
  async remove(@Param('ref') ref: string, @Query() query: unknown): Promise<void> {
    readQuery(query, []);
    await this.snapshots.delete(ref);
  }

  @Put('snapshots/:ref/label')
  @Access('ingester')
  setLabel(@Param('ref') ref: string, @Query() query: unknown, @Body() body: unknown): Promise<SnapshotView> {
    readQuery(query, []);
    const { label } = readBody(body, ['label']);
    if (label !== null && typeof label !== 'string') {
      throw refuse(
        400,
        'LABEL_INVALID',
        'the body must be {"label": "a-label"}, or {"label": null} to take it away',
        'label',
      );
    }
    return this.snapshots.setLabel(ref, label);
  }

  /** The normalised objects as NDJSON, which can be ingested again elsewhere. */
  @Get('snapshots/:ref/bundle')
  @Access('viewer')
  async bundle(@Param('ref') ref: string, @Query() query: unknown): Promise<StreamableFile> {
    readQuery(query, []);
    const snapshot = await this.snapshots.resolve(ref);
    const objects = await this.snapshots.objects(snapshot);
    return new StreamableFile(Readable.from(bundleOf(snapshot.info, snapshot.takenAt, objects)), {
      type: 'application/x-ndjson',
      disposition: `attachment; filename="${snapshot.cluster}-${snapshot.number}.ndjson"`,
    });
  }
}

function* bundleOf(info: SnapshotInfo, takenAt: Date, objects: readonly StoredObject[]): Iterable<string> {
  const said = { ...noSnapshotInfo, ...info, takenAt: info.takenAt ?? takenAt.toISOString() };
  yield `${JSON.stringify({ apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', ...said })}\n`;
  for (const { body } of objects) yield `${body}\n`;
}

function readIdempotencyKey(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  throw refuse(
    400,
    'IDEMPOTENCY_KEY_INVALID',
    'Idempotency-Key must be 1 to 200 visible ASCII characters',
    'Idempotency-Key',
  );
}
