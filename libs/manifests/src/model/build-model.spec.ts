import { describe, expect, it } from 'vitest';
import { readManifests } from '../read-manifests.js';
import { buildModel, type BuiltModel } from './build-model.js';

async function build(...objects: readonly unknown[]): Promise<BuiltModel> {
  const source = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from(objects.map((object) => JSON.stringify(object)).join('\n'));
  };
  const { objects: stored, info } = await readManifests(source());
  return buildModel(stored, info);
}

describe('the model', () => {
  it('makes the namespaces that are used and not there, says so, and corrects their names', async () => {
    const { model, diagnostics } = await build(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: { 'kubernetes.io/metadata.name': 'b' } } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'p', namespace: 'c' } },
    );
    expect(model.namespaces).toEqual([
      { name: 'a', labels: { 'kubernetes.io/metadata.name': 'a' }, implicit: false },
      { name: 'c', labels: { 'kubernetes.io/metadata.name': 'c' }, implicit: true },
    ]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['NAMESPACE_LABEL_SPOOFED', 'NAMESPACE_MISSING']);
  });
});
