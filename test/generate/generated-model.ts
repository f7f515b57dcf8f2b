import { type BuiltModel, buildModel } from '#manifests';
import type { ClusterModel, StoredObject } from '#model';
import { normalise } from '../../libs/manifests/src/normalise.js';
import { noSnapshotInfo } from '../../libs/model/src/snapshot-info.js';
import type { GenerateOptions } from './cluster-plan.js';
import { generateObjects } from './generate-objects.js';
import { asMixedKind } from './mixed-policies.js';

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

/** A generated cluster whose policies are of several kinds, as it is before an engine reads its own. */
export function generatedMixed(options: GenerateOptions): BuiltModel {
  return buildModel(mixedObjects(options), noSnapshotInfo);
}

function* mixedObjects(options: GenerateOptions): Iterable<StoredObject> {
  let policies = 0;
  for (const object of generateObjects(options)) {
    const normalised = normalise(object.kind === 'NetworkPolicy' ? asMixedKind(object, policies++) : object);
    if (normalised.outcome === 'Stored') yield normalised.object;
    else throw new Error(`the generator made ${JSON.stringify(object)}: ${JSON.stringify(normalised)}`);
  }
}
