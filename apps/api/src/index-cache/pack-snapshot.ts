import { createHash } from 'node:crypto';
import { type CompileInput, compileInputOf, indexInput } from '#engine';
import { packModel } from '#manifests';
import type { ClusterModel, Dataplane } from '#model';

/** What is kept beside a packed model: it follows from the model and takes a pass over all pods. */
export interface ModelExtra {
  readonly dataplane: Dataplane;
  readonly indexHash: string;
}

/**
 * A model in the form in which snapshots are opened for questions. Cost: some passes over the pods, which is too much
 * for the thread that answers where the model is large.
 */
export function packSnapshot(model: ClusterModel, dataplane: Dataplane): Uint8Array<ArrayBuffer> {
  const extra: ModelExtra = { dataplane, indexHash: indexHashOf(compileInputOf(model, dataplane)) };
  return packModel(model, extra);
}

function indexHashOf(input: CompileInput): string {
  const hash = createHash('sha256');
  for (const part of indexInput(input)) hash.update(part);
  return hash.digest('hex');
}
