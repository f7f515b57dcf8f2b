import { createHash } from 'node:crypto';
import { engineVersion } from '#engine';
import { packedModelVersion } from '#manifests';
import { canonicalText } from '#model';
import type { IndexKey, SnapshotRecord } from '#store';
import type { Reading } from './reading.js';

/** A packed model is a function of the objects, of what the input said about itself, and of the versions. */
export function modelKeyOf(
  { clusterId, contentHash, info, normaliserVersion }: SnapshotRecord,
  reading: Reading | null,
): IndexKey {
  const said = canonicalText([
    contentHash,
    info,
    normaliserVersion,
    engineVersion,
    ...(reading === null ? [] : [reading]),
  ]);
  const hash = createHash('sha256').update(`packed model ${said}`).digest('hex');
  return { clusterId, indexHash: hash, engineVersion: packedModelVersion };
}
