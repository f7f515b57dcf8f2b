import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { blockedBackends } from '#engine';
import { openText } from './open.js';

const manifests = (name: string): string =>
  readFileSync(new URL(`entries/${name}/manifests/all.yaml`, import.meta.url), 'utf8');

it('names each backend that policies keep from the controller of its entry, and no other', async () => {
  const cluster = await openText(manifests('route-backends'));
  expect(blockedBackends(cluster).map(({ entry, ...blocked }) => ({ entry: entry.ref.name, ...blocked }))).toEqual(
    ['both', 'only-two'].map((entry) => ({
      entry,
      target: { group: '', kind: 'Service', namespace: 'shop', name: 'two' },
      port: 'http',
      backend: 'pod:shop/two',
      targetPort: 8000,
      reason: 'INGRESS_ISOLATED_NO_RULE_MATCHED',
    })),
  );
});

it('says nothing of what is unknown, differs between pods of the controller, or lets nothing in', async () => {
  const said = async (name: string): Promise<string[]> =>
    blockedBackends(await openText(manifests(name))).map(({ entry }) => entry.ref.name);
  expect(await said('ports-of-a-service')).toEqual([]);
  expect(await said('controller-nobody-knows')).toEqual(['label', 'named', 'pods']);
  expect(await said('controller-by-labels')).toEqual(['not-labelled', 'own-namespace', 'wrong-port']);
});
