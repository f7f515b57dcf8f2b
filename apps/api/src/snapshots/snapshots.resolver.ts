import { Readable } from 'node:stream';
import { Args, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { cursorOf } from '#store';
import { Access } from '../auth/access.js';
import type { IngestRequest } from '../ingest/ingest-request.js';
import { readLimit } from '../read-query.js';
import type { SnapshotView } from './snapshot-view.js';
import { SnapshotsService } from './snapshots.service.js';

interface IngestArguments {
  readonly cluster: string;
  readonly text: string;
  readonly label?: string | null;
  readonly takenAt?: string | null;
  readonly strict?: boolean | null;
}

@Resolver()
export class SnapshotsResolver {
  constructor(private readonly snapshots: SnapshotsService) {}

  @Query()
  @Access('viewer')
  clusters(): Promise<unknown> {
    return this.snapshots.clusters();
  }

  @Query()
  @Access('viewer')
  async cluster(@Args('name') name: string): Promise<unknown> {
    return (await this.snapshots.clusters()).find((cluster) => cluster.name === name) ?? null;
  }

  @Query()
  @Access('viewer')
  async snapshot(@Args('ref') ref: string): Promise<SnapshotView> {
    return this.snapshots.view(await this.snapshots.resolve(ref));
  }

  @Mutation()
  @Access('ingester')
  async ingest(@Args() { cluster, text, label, takenAt, strict }: IngestArguments): Promise<SnapshotView> {
    const request: IngestRequest = {
      cluster,
      label: label ?? null,
      takenAt: takenAt ?? null,
      strict: strict ?? null,
      contentType: null,
      contentEncoding: null,
      idempotencyKey: null,
    };
    const { view } = await this.snapshots.ingest(request, Readable.from([Buffer.from(text)]));
    return view;
  }

  @Mutation()
  @Access('ingester')
  setLabel(@Args('ref') ref: string, @Args('label') label?: string | null): Promise<SnapshotView> {
    return this.snapshots.setLabel(ref, label ?? null);
  }

  @Mutation()
  @Access('admin')
  async deleteSnapshot(@Args('ref') ref: string): Promise<boolean> {
    await this.snapshots.delete(ref);
    return true;
  }
}

@Resolver('Cluster')
export class ClusterResolver {
  constructor(private readonly snapshots: SnapshotsService) {}

  @ResolveField('snapshots')
  async page(
    @Parent() { name }: { name: string },
    @Args('first') first: number,
    @Args('after') after?: string | null,
  ): Promise<unknown> {
    const { items, nextCursor } = await this.snapshots.list(name, {
      cursor: after ?? null,
      limit: readLimit(String(first)),
    });
    const edges = items.map((snapshot) => ({ node: this.snapshots.view(snapshot), cursor: cursorOf(snapshot) }));
    return { edges, pageInfo: { hasNextPage: nextCursor !== null, endCursor: edges.at(-1)?.cursor ?? null } };
  }
}

@Resolver('Snapshot')
export class SnapshotResolver {
  @ResolveField()
  counts(@Parent() { counts }: SnapshotView): unknown {
    return countList(counts);
  }

  @ResolveField()
  skipped(@Parent() { skipped }: SnapshotView): unknown {
    return countList(skipped);
  }
}

function countList(counts: Readonly<Record<string, number>>): { name: string; count: number }[] {
  return Object.entries(counts).map(([name, count]) => ({ name, count }));
}
