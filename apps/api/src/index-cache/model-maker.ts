import { Worker } from 'node:worker_threads';
import { isConnectionError, type SnapshotRecord, type SnapshotStore, StoreError } from '#store';
import { madeModel } from './made-model.js';
import type { ModelOrder } from './model-worker.js';
import type { Reading } from './reading.js';
import { workerUrl } from '../worker-url.js';

/** Snapshots of at most so many objects are read on the thread that answers: another would not have started before. */
const objectsHereMax = 2_000;

/** Makes the models of snapshots again from their objects; those of large ones one after another, each in a thread. */
export class ModelMaker {
  #last: Promise<unknown> = Promise.resolve();
  #worker: Worker | null = null;
  #isClosed = false;

  constructor(
    readonly snapshots: SnapshotStore,
    readonly databaseUrl: string,
  ) {}

  /** @throws StoreError DATABASE_UNAVAILABLE */
  make(snapshot: SnapshotRecord, reading: Reading | null): Promise<Uint8Array> {
    const objects = Object.values(snapshot.counts).reduce((sum, count) => sum + count, 0);
    if (objects <= objectsHereMax) return madeModel(this.snapshots, snapshot, reading);
    const made = this.#last.then(() => this.#inThread({ databaseUrl: this.databaseUrl, snapshot, reading }));
    this.#last = made.catch(() => undefined);
    return made;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
  }

  #inThread(order: ModelOrder): Promise<Uint8Array> {
    return new Promise<Uint8Array>((resolve, reject) => {
      if (this.#isClosed) throw new Error('the service is closing');
      const worker = new Worker(workerUrl(import.meta.url, 'model-worker'), { execArgv: [], workerData: order });
      this.#worker = worker;
      worker.unref();
      worker.on('message', resolve);
      worker.on('error', (error) =>
        reject(
          isConnectionError(error) || (error as Partial<StoreError>).code === 'DATABASE_UNAVAILABLE'
            ? new StoreError('DATABASE_UNAVAILABLE', 'the database cannot be reached; try again later', 'database')
            : (error as Error),
        ),
      );
      worker.on('exit', () => reject(new Error('the thread that makes models ended')));
    }).finally(() => (this.#worker = null));
  }
}
