import { buildModel } from '#manifests';
import type { SnapshotRecord, SnapshotStore } from '#store';
import { packSnapshot } from './pack-snapshot.js';
import { readAs, type Reading } from './reading.js';

/** The packed model of a snapshot, made again from its stored objects. Cost: linear in them, most of it in one go. */
export async function madeModel(
  store: SnapshotStore,
  snapshot: SnapshotRecord,
  reading: Reading | null,
): Promise<Uint8Array> {
  const built = buildModel(await store.loadObjects(snapshot), snapshot.info);
  const { model, dataplane } = readAs(built, reading);
  return packSnapshot(model, dataplane);
}
