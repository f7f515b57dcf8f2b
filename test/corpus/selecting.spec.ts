import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { podsSelectedBy, policiesSelecting } from '#engine';
import { buildModel, readManifests } from '#manifests';
import { openText } from './open.js';

const manifests = (name: string): string =>
  readFileSync(new URL(`./tiers/${name}/manifests/all.yaml`, import.meta.url), 'utf8');

it('a hostNetwork pod is selected by NetworkPolicy where it is a pod to it, and never by policies of other tiers', async () => {
  const cluster = await openText(manifests('host-network-as-pod'));
  expect(policiesSelecting(cluster, 'b', 'agent').map(({ policy }) => policy.kind)).toEqual(['NetworkPolicy']);
  const [ref] = cluster.model.policies.map((policy) => policy.ref).filter(({ kind }) => kind === 'AdminNetworkPolicy');
  const names = podsSelectedBy(cluster, ref).map((number) => cluster.model.pods.at(number)?.name);
  expect(names).toEqual(['db', 'web', 'client']);
});

it('a peer that nobody knows is reported with its path', async () => {
  async function* bytes(): AsyncIterable<Uint8Array> {
    yield Buffer.from(manifests('fails-closed'));
  }
  const { objects, info, diagnostics } = await readManifests(bytes());
  const found = buildModel(objects, info).diagnostics.filter(({ code }) => code === 'UNKNOWN_PEER');
  expect(found.map(({ message }) => message.split(' ')[0])).toEqual([
    'spec.ingress[0].from[1]',
    'spec.ingress[1].from[0]',
  ]);
  expect(diagnostics.map(({ code, path }) => [code, path])).toContainEqual([
    'UNKNOWN_FIELD',
    'spec.ingress[0].from[1].future',
  ]);
});

it('a policy that was refused stays refused, though what is left of it looks valid', async () => {
  const policy = {
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    metadata: { name: 'labelled', labels: { 'a b': 'c' } },
    spec: { tier: 'Admin', priority: 1, subject: { namespaces: {} } },
  };
  const { model } = await openText(JSON.stringify(policy), { strict: 'lenient' });
  expect(model.policies).toEqual([]);
  expect(model.notUnderstood).toMatchObject([{ ref: { kind: 'ClusterNetworkPolicy', name: 'labelled' } }]);
});
