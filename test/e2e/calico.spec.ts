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
