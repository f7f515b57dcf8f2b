import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { detectDataplane } from '#dataplane';
import {
  type Cluster,
  compileInputOf,
  decodeIndex,
  engineVersion,
  indexInput,
  openCluster,
  type ReachabilityIndex,
} from '#engine';
import { buildModel } from '#manifests';
import type { ClusterModel } from '#model';
import type { IndexStore, SnapshotRecord, SnapshotStore } from '#store';
import type { Metrics } from '../metrics/metrics.js';
import { type Compiled, Compiler } from './compiler.js';

/** How far the index of a snapshot has come; times in milliseconds. */
export interface CompileStatus {
  readonly state: 'notCompiled' | 'compiling' | 'ready' | 'failed';
  readonly millis: number | null;
  readonly classes: number | null;
  readonly profiles: number | null;
  readonly indexBytes: number | null;
  readonly fromCache: boolean | null;
}

const notCompiled: CompileStatus = {
  state: 'notCompiled',
  millis: null,
  classes: null,
  profiles: null,
  indexBytes: null,
  fromCache: null,
};

/**
 * Snapshots opened for questions, bounded in bytes: the least recently asked goes first. A question waits for the index
 * of its snapshot; each index hash is compiled once, however many ask and from however many snapshots.
 */
export class IndexCache {
  readonly #opened: LRUCache<string, Cluster>;
  readonly #opening = new Map<string, Promise<Cluster>>();
  readonly #indexes = new Map<string, Promise<Compiled & { fromCache: boolean }>>();
  readonly #status = new LRUCache<string, CompileStatus>({ max: 10_000 });
  readonly #compiler = new Compiler();

  constructor(
    readonly snapshots: SnapshotStore,
    readonly indexStore: IndexStore,
    readonly metrics: Metrics,
    bytesMax: number,
  ) {
    this.#opened = new LRUCache({ maxSize: bytesMax, sizeCalculation: sizeOf });
  }

  status({ id }: SnapshotRecord): CompileStatus {
    return this.#status.get(id) ?? notCompiled;
  }

  /** A snapshot that is open already, without asking the database. */
  peek(id: string): Cluster | undefined {
    return this.#opened.get(id);
  }

  /** Opens a snapshot, or joins whoever is opening it. `model` saves loading it again right after ingest. */
  open(snapshot: SnapshotRecord, model?: ClusterModel): Promise<Cluster> {
    const opened = this.#opened.get(snapshot.id);
    if (opened !== undefined) return Promise.resolve(opened);
    let opening = this.#opening.get(snapshot.id);
    if (opening === undefined) {
      opening = this.#open(snapshot, model).finally(() => this.#opening.delete(snapshot.id));
      this.#opening.set(snapshot.id, opening);
    }
    return opening;
  }

  forget({ id }: SnapshotRecord): void {
    this.#opened.delete(id);
    this.#status.delete(id);
  }

  async close(): Promise<void> {
    await this.#compiler.close();
  }

  async #open(snapshot: SnapshotRecord, given?: ClusterModel): Promise<Cluster> {
    const begun = performance.now();
    this.#status.set(snapshot.id, { ...notCompiled, state: 'compiling' });
    try {
      const model = given ?? buildModel(await this.snapshots.loadObjects(snapshot), snapshot.info).model;
      const dataplane = detectDataplane(model);
      const { index, bytes, fromCache } = await this.#index(snapshot.clusterId, model, dataplane);
      const cluster = openCluster({ model, dataplane, index });
      this.#opened.set(snapshot.id, cluster);
      const { classes, profiles } = index.stats;
      this.#status.set(snapshot.id, {
        state: 'ready',
        millis: Math.round(performance.now() - begun),
        classes,
        profiles,
        indexBytes: bytes.length,
        fromCache,
      });
      return cluster;
    } catch (error) {
      this.#status.set(snapshot.id, { ...notCompiled, state: 'failed' });
      throw error;
    }
  }

  #index(
    clusterId: number,
    model: ClusterModel,
    dataplane: Cluster['dataplane'],
  ): Promise<{ index: ReachabilityIndex; bytes: Uint8Array; fromCache: boolean }> {
    const input = compileInputOf(model, dataplane);
    const hash = createHash('sha256');
    for (const line of indexInput(input)) hash.update(line);
    const indexHash = hash.digest('hex');
    const known = this.#indexes.get(indexHash);
    if (known !== undefined) return known;
    const made = this.#load({ clusterId, indexHash, engineVersion }, () => this.#compiler.compile(input)).finally(() =>
      this.#indexes.delete(indexHash),
    );
    this.#indexes.set(indexHash, made);
    return made;
  }

  async #load(
    key: { clusterId: number; indexHash: string; engineVersion: number },
    compile: () => Promise<Compiled>,
  ): Promise<Compiled & { fromCache: boolean }> {
    const stored = await this.indexStore.get(key).catch(() => null);
    if (stored !== null) {
      this.metrics.indexCacheHits.inc();
      return { index: decodeIndex(stored), bytes: stored, timings: [], fromCache: true };
    }
    const compiled = await compile();
    this.metrics.indexCompiles.inc();
    for (const { stage, millis } of compiled.timings) this.metrics.compileStage.observe({ stage }, millis / 1000);
    // Losing the cached copy loses only time.
    await this.indexStore.put(key, compiled.bytes).catch(() => undefined);
    return { ...compiled, fromCache: false };
  }
}

/** Rough bytes of an opened snapshot: measured at about half a kilobyte for each pod, policy and Service. */
function sizeOf({ model, index }: Cluster): number {
  const objects = model.pods.length + model.services.length + model.policies.length * 4 + model.namespaces.length;
  return index.stats.bytes + 512 * objects + 65_536;
}
