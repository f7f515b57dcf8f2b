import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { Cluster } from '#engine';
import type { StoredObject } from '#model';
import {
  AuditLog,
  checkClusterName,
  checkLabel,
  type ClusterRecord,
  type SnapshotPage,
  type SnapshotRecord,
  SnapshotStore,
  StoreError,
} from '#store';
import { IndexCache } from '../index-cache/index-cache.js';
import { Ingester } from '../ingest/ingester.js';
import type { IngestRequest } from '../ingest/ingest-request.js';
import { LOGGER } from '../logger.js';
import { Metrics } from '../metrics/metrics.js';
import { asSaid, type Extent, type Said, saysNothing } from './as-said.js';
import { RecentRefs } from './recent-refs.js';
import { snapshotView, type SnapshotView } from './snapshot-view.js';

/** Where ingest, the store and the index cache meet. */
@Injectable()
export class SnapshotsService {
  readonly #seen = new Map<string, SnapshotRecord>();
  readonly #recent = new RecentRefs();

  constructor(
    private readonly store: SnapshotStore,
    private readonly audit: AuditLog,
    private readonly cache: IndexCache,
    private readonly ingester: Ingester,
    private readonly metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Reads, checks and stores an input, all or nothing, and starts to compile it. */
  async ingest(
    request: IngestRequest,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ view: SnapshotView; replayed: boolean }> {
    const finished = this.metrics.ingest.startTimer();
    checkClusterName(request.cluster);
    if (request.label !== null) checkLabel(request.label);
    const { snapshot, replayed, packed } = await this.ingester.ingest(request, body);
    this.#recent.forget();
    if (!replayed)
      await this.record('snapshot.create', snapshot, { label: request.label, contentHash: snapshot.contentHash });
    this.cache
      .open(snapshot, packed)
      .catch((error: unknown) => this.logger.error({ err: error, snapshot: snapshot.id }, 'a compile failed'));
    finished();
    return { view: this.view(snapshot), replayed };
  }

  clusters(): Promise<ClusterRecord[]> {
    return this.store.listClusters();
  }

  list(cluster: string, page: { cursor: string | null; limit: number }): Promise<SnapshotPage> {
    return this.store.listSnapshots(cluster, page);
  }

  /** A snapshot by reference; one that was asked for by id before is known even while the database is away. */
  resolve(ref: string): Promise<SnapshotRecord> {
    return this.#recent.resolve(ref, (text) => this.#resolveNow(text));
  }

  async #resolveNow(ref: string): Promise<SnapshotRecord> {
    try {
      const snapshot = await this.store.resolve(ref);
      this.#remember(snapshot);
      return snapshot;
    } catch (error) {
      const known = this.#seen.get(ref);
      if (known !== undefined && error instanceof StoreError && error.code === 'DATABASE_UNAVAILABLE') return known;
      throw error;
    }
  }

  /** A snapshot opened for questions. */
  async open(ref: string): Promise<Cluster> {
    return this.cache.open(await this.resolve(ref));
  }

  /** A snapshot opened as a question wants it read. @throws QuestionError DATAPLANE_INVALID, KNOB_INVALID */
  async openAs(ref: string, said: Said, extent: Extent): Promise<Cluster> {
    const snapshot = await this.resolve(ref);
    if (saysNothing(said)) return this.cache.open(snapshot);
    return asSaid(await this.cache.open(snapshot), said, extent, (reading) => this.cache.openAs(snapshot, reading));
  }

  objects(snapshot: SnapshotRecord): Promise<StoredObject[]> {
    return this.store.loadObjects(snapshot);
  }

  async setLabel(ref: string, label: string | null): Promise<SnapshotView> {
    const snapshot = await this.store.setLabel(await this.#resolveNow(ref), label);
    this.#recent.forget();
    await this.record('snapshot.label', snapshot, { label });
    return this.view(snapshot);
  }

  async delete(ref: string): Promise<void> {
    const snapshot = await this.#resolveNow(ref);
    await this.store.delete(snapshot);
    this.#recent.forget();
    this.cache.forget(snapshot);
    this.#seen.delete(snapshot.id);
    await this.record('snapshot.delete', snapshot, { contentHash: snapshot.contentHash });
  }

  view(snapshot: SnapshotRecord): SnapshotView {
    return snapshotView(snapshot, this.cache.status(snapshot));
  }

  #remember(snapshot: SnapshotRecord): void {
    this.#seen.delete(snapshot.id);
    this.#seen.set(snapshot.id, snapshot);
    if (this.#seen.size > 1000) this.#seen.delete(this.#seen.keys().next().value as string);
  }

  private record(action: string, { id, cluster }: SnapshotRecord, details: Record<string, unknown>): Promise<void> {
    return this.audit.append({ who: 'local', action, cluster, subject: id, details });
  }
}
