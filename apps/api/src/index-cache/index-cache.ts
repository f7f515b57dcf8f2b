import { LRUCache } from 'lru-cache';
import { type Cluster, compileInputOf, decodeIndex, engineVersion, openCluster, prepareConnectivity } from '#engine';
import { PackedModel } from '#manifests';
import { canonicalText, type Dataplane } from '#model';
import type { IndexKey, IndexStore, SnapshotRecord } from '#store';
import type { Metrics } from '../metrics/metrics.js';
import { type Compiled, Compiler } from './compiler.js';
import { Turn } from '../turn.js';
import { modelKeyOf } from './model-key.js';
import type { ModelMaker } from './model-maker.js';
import type { ModelExtra } from './pack-snapshot.js';
import type { Reading } from './reading.js';

/** How far the index of a snapshot has come; times in milliseconds. */
export interface CompileStatus {
  readonly state: 'notCompiled' | 'compiling' | 'ready' | 'failed';
  readonly millis: number | null;
  readonly classes: number | null;
  readonly profiles: number | null;
  readonly indexBytes: number | null;
  readonly fromCache: boolean | null;
}

/** Other readings of snapshots that are kept at most. */
const readingsMax = 16;

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
  /** Snapshots read in other ways, by id and reading. */
  readonly #readings: LRUCache<string, Cluster>;
  readonly #opening = new Map<string, Promise<Cluster>>();
  readonly #indexes = new Map<string, Promise<Compiled & { fromCache: boolean }>>();
  readonly #status = new LRUCache<string, CompileStatus>({ max: 10_000 });
  readonly #compiler = new Compiler();
  readonly #writing = new Set<Promise<void>>();

  constructor(
    readonly models: ModelMaker,
    readonly indexStore: IndexStore,
    readonly metrics: Metrics,
    bytesMax: number,
  ) {
    this.#opened = new LRUCache({ maxSize: bytesMax, sizeCalculation: sizeOf });
    this.#readings = new LRUCache({
      max: readingsMax,
      maxSize: Math.ceil(bytesMax / 4),
      sizeCalculation: sizeOf,
    });
  }

  status({ id }: SnapshotRecord): CompileStatus {
    return this.#status.get(id) ?? notCompiled;
  }

  /** A snapshot that is open already, without asking the database. */
  peek(id: string): Cluster | undefined {
    return this.#opened.get(id);
  }

  /** Opens a snapshot, or joins whoever is opening it. `packed` saves making it again right after ingest. */
  open(snapshot: SnapshotRecord, packed?: Promise<Uint8Array>): Promise<Cluster> {
    const opened = this.#opened.get(snapshot.id);
    if (opened !== undefined) return Promise.resolve(opened);
    let opening = this.#opening.get(snapshot.id);
    if (opening === undefined) {
      opening = this.#open(snapshot, packed).finally(() => this.#opening.delete(snapshot.id));
      this.#opening.set(snapshot.id, opening);
    }
    return opening;
  }

  /**
   * Opens a snapshot in another reading, compiled once for each. Cost of the first time: reading the objects again and a
   * compile; few readings are kept, in a quarter of the bytes that snapshots may take.
   */
  openAs(snapshot: SnapshotRecord, reading: Reading): Promise<Cluster> {
    const key = `${snapshot.id} ${canonicalText(reading)}`;
    const opened = this.#readings.get(key);
    if (opened !== undefined) return Promise.resolve(opened);
    let opening = this.#opening.get(key);
    if (opening === undefined) {
      opening = this.#made(snapshot, undefined, reading)
        .then(({ cluster }) => {
          this.#readings.set(key, cluster);
          return cluster;
        })
        .finally(() => this.#opening.delete(key));
      this.#opening.set(key, opening);
    }
    return opening;
  }

  forget({ id }: SnapshotRecord): void {
    for (const key of [...this.#readings.keys()]) if (key.startsWith(`${id} `)) this.#readings.delete(key);
    this.#opened.delete(id);
    this.#status.delete(id);
  }

  async close(): Promise<void> {
    await this.models.close();
    await this.#compiler.close();
    await Promise.all(this.#writing);
  }

  async #open(snapshot: SnapshotRecord, given?: Promise<Uint8Array>): Promise<Cluster> {
    const begun = performance.now();
    this.#status.set(snapshot.id, { ...notCompiled, state: 'compiling' });
    try {
      const { cluster, bytes, fromCache } = await this.#made(snapshot, given, null);
      this.#opened.set(snapshot.id, cluster);
      const { classes, profiles } = cluster.index.stats;
      this.#status.set(snapshot.id, {
        state: 'ready',
        millis: Math.round(performance.now() - begun),
        classes,
        profiles,
        indexBytes: bytes.length,
        fromCache,
      });
      // What fails here fails the question that needs it, which then says why.
      prepare(cluster).catch(() => undefined);
      return cluster;
    } catch (error) {
      this.#status.set(snapshot.id, { ...notCompiled, state: 'failed' });
      throw error;
    }
  }

  async #made(
    snapshot: SnapshotRecord,
    given: Promise<Uint8Array> | undefined,
    reading: Reading | null,
  ): Promise<{ cluster: Cluster; bytes: Uint8Array; fromCache: boolean }> {
    const model = await this.#model(snapshot, given, reading);
    const { dataplane, indexHash } = model.extra as ModelExtra;
    const series = reading === null ? '' : canonicalText(reading);
    const { index, bytes, fromCache } = await this.#index({ snapshot, indexHash, series }, model, dataplane);
    return { cluster: openCluster({ model, dataplane, index }), bytes, fromCache };
  }

  /** The packed model of a snapshot: kept beside the indexes, else made from the objects and then kept. */
  async #model(
    snapshot: SnapshotRecord,
    given: Promise<Uint8Array> | undefined,
    reading: Reading | null,
  ): Promise<PackedModel> {
    const key = modelKeyOf(snapshot, reading);
    const stored = given === undefined ? await this.indexStore.get(key).catch(() => null) : null;
    if (stored !== null) return new PackedModel(stored);
    const bytes = (await given?.catch(() => null)) ?? (await this.models.make(snapshot, reading));
    this.#keep(key, bytes);
    return new PackedModel(bytes);
  }

  #index(
    { snapshot: { clusterId }, indexHash, series }: { snapshot: SnapshotRecord; indexHash: string; series: string },
    model: PackedModel,
    dataplane: Dataplane,
  ): Promise<Compiled & { fromCache: boolean }> {
    const known = this.#indexes.get(indexHash);
    if (known !== undefined) return known;
    const compile = (): Promise<Compiled> =>
      this.#compiler.compile(`${clusterId} ${series}`, { ...compileInputOf(model, dataplane), model });
    const made = this.#load({ clusterId, indexHash, engineVersion }, compile).finally(() =>
      this.#indexes.delete(indexHash),
    );
    this.#indexes.set(indexHash, made);
    return made;
  }

  /** Puts bytes into the store while nobody waits for them: losing the copy loses only time. */
  #keep(key: IndexKey, bytes: Uint8Array): void {
    const writing = this.indexStore
      .put(key, bytes)
      .catch(() => undefined)
      .finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
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
    this.#keep(key, compiled.bytes);
    return { ...compiled, fromCache: false };
  }
}

/**
 * Rough bytes of an opened snapshot: the index, the packed model, and as much again for what questions parse of it or
 * look up in it.
 */
function sizeOf({ model, index }: Cluster): number {
  const packed = model instanceof PackedModel ? model.bytes.byteLength : 1024 * model.pods.length;
  return index.stats.bytes + 2 * packed + 65_536;
}

/** Makes, in turns and behind whatever waits already, what the first question about all connections needs. */
async function prepare(cluster: Cluster): Promise<void> {
  const turn = new Turn();
  await turn.next();
  const steps = prepareConnectivity(cluster)[Symbol.iterator]();
  while (steps.next().done !== true) await turn.next();
}
