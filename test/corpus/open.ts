import { detectDataplane } from '#dataplane';
import { type Cluster, openCluster } from '#engine';
import { buildModel, readManifests, type ReadOptions, underEngine } from '#manifests';
import type { KubernetesObject } from './worlds.js';

/** Reads objects as a user would send them and opens the cluster they make. */
export async function openObjects(objects: readonly KubernetesObject[], options: OpenOptions = {}): Promise<Cluster> {
  return openText(objects.map((object) => JSON.stringify(object)).join('\n'), options);
}

/** How objects are read, and whether staged policies are in force. */
export interface OpenOptions extends ReadOptions {
  readonly staged?: boolean;
}

export async function openText(text: string, options: OpenOptions = {}): Promise<Cluster> {
  const { objects, info } = await readManifests(bytesOf(text), options);
  const built = buildModel(objects, info);
  const dataplane = detectDataplane(built.model);
  return openCluster({ model: underEngine(built, dataplane.policyEngine.value, options).model, dataplane });
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
