import { buildModel } from '#manifests';
import type { ClusterModel, StoredObject } from '#model';
import { normalise } from '../../libs/manifests/src/normalise.js';
import { noSnapshotInfo } from '../../libs/model/src/snapshot-info.js';
import type { GenerateOptions } from './cluster-plan.js';
import { generateObjects } from './generate-objects.js';

/** A generated cluster as ingest would store it. */
export function* generatedStoredObjects(options: GenerateOptions): Iterable<StoredObject> {
  for (const object of generateObjects(options)) {
    const normalised = normalise(object);
    if (normalised.outcome === 'Stored') yield normalised.object;
    else throw new Error(`the generator made ${JSON.stringify(object)}: ${JSON.stringify(normalised)}`);
  }
}

/** A generated cluster as a model, for benchmarks of what comes after reading. */
export function generatedModel(options: GenerateOptions): ClusterModel {
  return buildModel(generatedStoredObjects(options), noSnapshotInfo).model;
}
