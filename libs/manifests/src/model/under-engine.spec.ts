import { expect, it } from 'vitest';
import { readManifests } from '../read-manifests.js';
import { buildModel } from './build-model.js';
import { underEngine } from './under-engine.js';

const calico = (kind: string, name: string, spec: unknown): unknown => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
});
const cilium = (name: string, spec: unknown): unknown => ({
  apiVersion: 'cilium.io/v2',
  kind: 'CiliumClusterwideNetworkPolicy',
  metadata: { name },
  spec,
});
const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1' },
  status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
};

/** What is said of the objects, by object, once an engine is in charge. */
async function said(engine: string, ...objects: readonly unknown[]): Promise<Record<string, string>> {
  const source = async function* (): AsyncIterable<Uint8Array> {
    yield Buffer.from(objects.map((object) => JSON.stringify(object)).join('\n'));
  };
  const read = await readManifests(source());
  const { diagnostics } = underEngine(buildModel(read.objects, read.info), engine);
  return Object.fromEntries(
    diagnostics.flatMap(({ code, object, message }) => (code === 'NOT_UNDERSTOOD' ? [[String(object), message]] : [])),
  );
}

const deny = { selector: 'all()', types: ['Ingress'], ingress: [{ action: 'Deny' }] };
const objects = [
  node,
  calico('GlobalNetworkPolicy', 'plain', deny),
  calico('GlobalNetworkPolicy', 'new', { ...deny, novelty: 1 }),
  calico('HostEndpoint', 'eth0', { node: 'n1', interfaceName: 'eth0' }),
  cilium('plain', { endpointSelector: {}, ingress: [{}] }),
  cilium('new', { endpointSelector: {}, ingress: [{ novelty: 1 }] }),
];
const calicos = [
  'GlobalNetworkPolicy.projectcalico.org/-/new',
  'GlobalNetworkPolicy.projectcalico.org/-/plain',
  'HostEndpoint.projectcalico.org/-/eth0',
];
const ciliums = ['CiliumClusterwideNetworkPolicy.cilium.io/-/new', 'CiliumClusterwideNetworkPolicy.cilium.io/-/plain'];
const ofAnother = /^it decides only where (calico|cilium) is in charge/;

it('says of policies of every engine that they count where it is in charge, as long as none is', async () => {
  const found = await said('k8s', ...objects);
  expect(Object.keys(found)).toEqual([...ciliums, ...calicos]);
  for (const message of Object.values(found)) expect(message).toMatch(ofAnother);
});

it.each([
  ['calico', calicos, ciliums],
  ['cilium', ciliums, calicos],
])('says of the policies of %s, which is in charge, only why one is not understood', async (engine, own, others) => {
  const found = await said(engine, ...objects);
  const doubted = own.filter((ref) => !ref.endsWith('/plain'));
  expect(Object.keys(found).toSorted()).toEqual([...doubted, ...others].toSorted());
  for (const ref of others) expect(found[ref]).toMatch(ofAnother);
  for (const ref of doubted)
    expect(found[ref]).toMatch(/(novelty|not modelled).*: verdicts it could change are unknown$/);
});
