import { detectDataplane } from '#dataplane';
import { type Cluster, openCluster } from '#engine';
import { buildModel, readManifests, type ReadOptions, underEngine } from '#manifests';
import type { Diagnostic } from '#model';
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
  return (await openWithDiagnostics(text, options)).cluster;
}

/** A cluster with what was odd about the text, as a snapshot of it has. */
export async function openWithDiagnostics(
  text: string,
  options: OpenOptions = {},
): Promise<{ cluster: Cluster; diagnostics: readonly Diagnostic[] }> {
  const read = await readManifests(bytesOf(text), options);
  const built = buildModel(read.objects, read.info);
  const dataplane = detectDataplane(built.model);
  const { model, diagnostics } = underEngine(built, dataplane.policyEngine.value, options);
  return { cluster: openCluster({ model, dataplane }), diagnostics: [...read.diagnostics, ...diagnostics] };
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
