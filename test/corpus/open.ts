import { detectDataplane } from '#dataplane';
import { type Cluster, openCluster } from '#engine';
import { buildModel, readManifests, type ReadOptions, underEngine } from '#manifests';
import type { KubernetesObject } from './worlds.js';

/** Reads objects as a user would send them and opens the cluster they make. */
export async function openObjects(objects: readonly KubernetesObject[], options: ReadOptions = {}): Promise<Cluster> {
  return openText(objects.map((object) => JSON.stringify(object)).join('\n'), options);
}

export async function openText(text: string, options: ReadOptions = {}): Promise<Cluster> {
  const { objects, info } = await readManifests(bytesOf(text), options);
  const built = buildModel(objects, info);
  const dataplane = detectDataplane(built.model);
  return openCluster({ model: underEngine(built, dataplane.policyEngine.value).model, dataplane });
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
