import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSpec, manifestsOf, type SpecCase } from '../corpus/worlds.js';
import { type CalicoCase, calicoObjectsOf } from '../corpus/calico-objects.js';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;
let id: string;
let diagnostics: { code: string; object?: string }[];

beforeAll(async () => {
  test = await startApp();
  const cases = loadSpec<(SpecCase & CalicoCase)[]>('calico');
  const specCase = cases.find((one) => one.id === 'CAL-01') as SpecCase & CalicoCase;
  const objects = [...manifestsOf(specCase), ...calicoObjectsOf(specCase)];
  const { body } = await test.ingest('calico', objects.map((object) => JSON.stringify(object)).join('\n'));
  id = body.id;
  diagnostics = body.diagnostics;
});
afterAll(() => test.stop());

const ask = async (query: Record<string, string>): Promise<Record<string, unknown>> =>
  (await test.http().get(`/api/v1/snapshots/${id}/verdict`).query(query)).body;

describe("where Calico is in charge, Calico's policies", () => {
  const denied = { from: 'y/a', to: 'x/a', port: '80' };

  it('decide, and the answer names them', async () => {
    expect(await ask(denied)).toMatchObject({
      verdict: 'denied',
      reason: 'RULE_DENIED_INGRESS',
      gates: [
        { direction: 'Egress' },
        {
          direction: 'Ingress',
          tier: 'default',
          decidedBy: [
            { policy: { group: 'projectcalico.org', kind: 'GlobalNetworkPolicy', name: 'd' }, action: 'Deny' },
          ],
        },
      ],
    });
  });

  it('are not called doubtful', () => {
    expect(diagnostics.filter(({ code }) => code === 'NOT_UNDERSTOOD')).toEqual([]);
  });

  it('mean nothing to another engine', async () => {
    expect(await ask({ ...denied, dataplane: 'policyEngine:cilium' })).toMatchObject({ verdict: 'allowed' });
    expect(await ask({ ...denied, dataplane: 'policyEngine:calico' })).toMatchObject({ verdict: 'denied' });
  });
});

describe('a diff where Calico is in charge', () => {
  const object = (kind: string, name: string, spec: object, labels = {}): object => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name, labels },
    spec,
  });
  const pod = (name: string, ip: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'n', labels: { app: name } },
    spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] },
    status: { phase: 'Running', podIPs: [{ ip }] },
  });
  const snapshot = async (backend: string, host: string): Promise<string> => {
    const objects = [
      {
        apiVersion: 'canreach.dev/v1',
        kind: 'SnapshotInfo',
        dataplane: { policyEngine: 'calico', enforcement: 'yes' },
      },
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: 'n1' },
        status: { addresses: [{ type: 'InternalIP', address: '192.168.0.1' }] },
      },
      pod('a', '10.0.0.1'),
      pod('b', '10.0.0.2'),
      pod('c', '10.0.0.3'),
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'n' }, spec: { ports: [{ port: 80 }] } },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 's', namespace: 'n', labels: { 'kubernetes.io/service-name': 's' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [backend] }],
        ports: [{ protocol: 'TCP', port: 80 }],
      },
      object('GlobalNetworkPolicy', 'out', {
        selector: "app == 'a'",
        types: ['Egress'],
        egress: [{ action: 'Allow', destination: { services: { name: 's', namespace: 'n' } } }],
      }),
      object(
        'HostEndpoint',
        'h',
        { node: 'n1', interfaceName: '*', profiles: ['projectcalico-default-allow'] },
        { host: 'h' },
      ),
      object('GlobalNetworkPolicy', 'hosts', { selector: `host == '${host}'`, types: ['Ingress'] }),
    ];
    return (await test.ingest('calico-diff', objects.map((one) => JSON.stringify(one)).join('\n'))).body.id;
  };
  const changes = async (from: string, to: string): Promise<string[]> => {
    const query = { from, to, level: 'pod', include: 'nodes' };
    const { body } = await test.http().get('/api/v1/diff').query(query);
    // Rows of address blocks say the same of the pods' addresses.
    return body.changes
      .filter(({ destination }: { destination: { name?: string } }) => destination.name !== undefined)
      .map(
        ({ change, source, destination }: Record<string, { name?: string }>) =>
          `${String(change)} ${source.name} ${destination.name}`,
      );
  };

  it('finds what another object than a policy changes in what the policy says', async () => {
    const [before, after] = [await snapshot('10.0.0.2', 'none'), await snapshot('10.0.0.3', 'none')];
    expect((await changes(before, after)).sort()).toEqual(['gained a c', 'lost a b']);
  });

  it('finds what a policy for host endpoints changes for nodes', async () => {
    const [before, after] = [await snapshot('10.0.0.2', 'none'), await snapshot('10.0.0.2', 'h')];
    expect(await changes(before, after)).toEqual(['changed b n1', 'changed c n1']);
  });
});
