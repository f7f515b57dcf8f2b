import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { buildModel, readManifests, type ReadResult } from '#manifests';
import { formatObjectRef } from '#model';
import { clusterText, type TextOptions } from './cluster-text.js';
import { generatedModel } from './generated-model.js';
import { type ProfileName, profiles, scaled } from './profiles.js';

const small = { profile: 'small', format: 'list' } as const;

function read(options: TextOptions): Promise<ReadResult> {
  return readManifests(Readable.from(clusterText(options)), { strict: 'strict' });
}

function text(options: TextOptions): string {
  return Buffer.concat([...clusterText(options)]).toString();
}

describe('a generated cluster', () => {
  it('is read without complaint, and has the size of its profile', async () => {
    for (const profile of Object.keys(profiles) as ProfileName[]) {
      const scale = profile === 'small' ? 1 : 0.004;
      const { objects, info, diagnostics } = await read({ ...small, profile, scale });
      const built = buildModel(objects, info);
      expect([...diagnostics, ...built.diagnostics]).toEqual([]);
      const wanted = scaled(profiles[profile], scale);
      const { pods, nodes, namespaces, policies, services } = built.model;
      expect({
        nodes: nodes.length,
        namespaces: namespaces.length,
        policies: policies.length,
        services: services.length,
        pods: pods.length,
      }).toEqual({
        nodes: wanted.nodes,
        namespaces: wanted.namespaces,
        policies: wanted.policies,
        services: wanted.services,
        pods: wanted.pods,
      });
    }
  });

  it('is the same for the same seed and another for another', () => {
    expect(text(small)).toBe(text({ ...small, seed: 1 }));
    expect(text(small)).not.toBe(text({ ...small, seed: 2 }));
  });

  it('has the same content in every format', async () => {
    const lean = await read(small);
    expect(await read({ ...small, format: 'ndjson' })).toEqual(lean);
    expect(await read({ ...small, pretty: true })).toEqual(lean);
    const bulky = await read({ ...small, bulk: true, pretty: true });
    expect(bulky).toEqual(lean);
    expect(generatedModel(small)).toEqual(buildModel(lean.objects, lean.info).model);
  });

  it('is written as kubectl indents it', () => {
    const pretty = text({ ...small, bulk: true, pretty: true });
    expect(pretty).toBe(`${JSON.stringify(JSON.parse(pretty), null, 4)}\n`);
  });

  it('loses and gains about the share of pods that a mutation says', async () => {
    const before = await read({ profile: 'ceiling', scale: 0.02, format: 'list' });
    const after = await read({ profile: 'ceiling', scale: 0.02, format: 'list', mutate: 5, generation: 1 });
    const names = (result: ReadResult): string[] =>
      result.objects.filter(({ ref }) => ref.kind === 'Pod').map(({ uid }) => uid as string);
    const kept = new Set(names(after));
    const gone = names(before).filter((uid) => !kept.has(uid));
    expect(names(after)).toHaveLength(names(before).length);
    expect(gone.length / names(before).length).toBeGreaterThan(0.03);
    expect(gone.length / names(before).length).toBeLessThan(0.07);
    const policies = (result: ReadResult): Map<string, string> =>
      new Map(
        result.objects
          .filter(({ ref }) => ref.kind === 'NetworkPolicy')
          .map(({ ref, hash }) => [formatObjectRef(ref), hash]),
      );
    const edited = [...policies(after)].filter(([ref, hash]) => policies(before).get(ref) !== hash);
    expect(edited.length).toBeGreaterThan(0);
    expect(edited.length).toBeLessThan(policies(before).size * 0.03);
  });
});
