import { parentPort, workerData } from 'node:worker_threads';
import { createDataSource, type SnapshotRecord, SnapshotStore } from '#store';
import { goInBackground } from '../go-in-background.js';
import { sharedBytes } from '../shared-bytes.js';
import { madeModel } from './made-model.js';
import type { Reading } from './reading.js';

goInBackground();

export interface ModelOrder {
  readonly databaseUrl: string;
  readonly snapshot: SnapshotRecord;
  readonly reading: Reading | null;
}

/** Makes the model of one snapshot, off the thread that answers, and ends. What fails ends the thread with its error. */
const { databaseUrl, snapshot, reading } = workerData as ModelOrder;
const dataSource = await createDataSource(databaseUrl, { poolMax: 1 }).initialize();
try {
  const bytes = await madeModel(new SnapshotStore(dataSource), snapshot, reading);
  // The thread that compiles reads it too.
  parentPort?.postMessage(new Uint8Array(sharedBytes(bytes)));
} finally {
  await dataSource.destroy();
}
