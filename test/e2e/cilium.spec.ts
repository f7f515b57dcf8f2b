import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CiliumCase, ciliumObjectsOf } from '../corpus/cilium-objects.js';
import { manifestsOf, type SpecCase } from '../corpus/worlds.js';
import { startApp, type TestApp } from './start-app.js';

let test: TestApp;
let id: string;
let diagnostics: { code: string; object?: string; message: string }[];

const http = { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ method: 'GET' }] } }] };
const specCase: Omit<SpecCase, 'cnp'> & CiliumCase = {
  id: 'e2e',
  t: '',
  world: 'W1',
  cnp: [
    {
      name: 'p',
      namespace: 'x',
      spec: {
        endpointSelector: { matchLabels: { pod: 'a' } },
        ingress: [http],
        ingressDeny: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'z' } }] }],
      },
      specs: [{ endpointSelector: { matchLabels: { pod: 'b' } }, egress: [{ toEntities: ['cluster'] }] }],
    },
    { name: 'q', namespace: 'y', spec: { endpointSelector: {}, ingress: [{ novelty: 1 }] } },
  ],
  ccnp: [{ name: 'nodes', spec: { nodeSelector: {}, ingressDeny: [{ fromEntities: ['world'] }] } }],
  np: [
    {
      name: 'k',
      namespace: 'z',
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '192.168.0.0/16' } }] }] },
    },
  ],
  expect: '',
};

beforeAll(async () => {
  test = await startApp();
  const objects = [...manifestsOf({ ...specCase, cnp: undefined }), ...ciliumObjectsOf(specCase)];
  const { body } = await test.ingest('cilium', objects.map((object) => JSON.stringify(object)).join('\n'));
  id = body.id;
  diagnostics = body.diagnostics;
});
afterAll(() => test.stop());

const get = async (path: string, query: Record<string, string> = {}): Promise<Record<string, unknown>> =>
  (await test.http().get(`/api/v1/snapshots/${id}/${path}`).query(query)).body;
const ask = (query: Record<string, string>): Promise<Record<string, unknown>> => get('verdict', query);

describe("where Cilium is in charge, Cilium's policies", () => {
  it('decide, and the answer names the list of the rule', async () => {
    expect(await ask({ from: 'z/a', to: 'x/a', port: '80' })).toMatchObject({
      verdict: 'denied',
      reason: 'RULE_DENIED_INGRESS',
      gates: [
        { direction: 'Egress' },
        {
          direction: 'Ingress',
          tier: 'Cilium',
          decidedBy: [
            {
              policy: { group: 'cilium.io', kind: 'CiliumNetworkPolicy', namespace: 'x', name: 'p' },
              list: 'spec.ingressDeny',
              rule: 0,
              action: 'Deny',
            },
          ],
        },
      ],
    });
  });

  it('say what is restricted at layer 7, in REST, GraphQL and traces', async () => {
    const question = { from: 'x/c', to: 'x/a', port: '80' };
    expect(await ask(question)).toMatchObject({ verdict: 'allowed', restrictedAtL7: ['http'] });
    expect(await ask({ ...question, fields: 'verdict,restrictedAtL7' })).toEqual({
      verdict: 'allowed',
      restrictedAtL7: ['http'],
    });
    expect(await ask({ ...question, dataplane: 'enforcement:no' })).not.toHaveProperty('restrictedAtL7');
    const query = `query($ref: String!) { snapshot(ref: $ref) { verdict(from: "x/c", to: "x/a", port: "80") {
      restrictedAtL7 gates { direction restrictedAtL7 decidedBy { list rule } } } } }`;
    const { body } = await test
      .http()
      .post('/graphql')
      .send({ query, variables: { ref: id } });
    expect(body.data.snapshot.verdict).toEqual({
      restrictedAtL7: ['http'],
      gates: [
        { direction: 'Egress', restrictedAtL7: null, decidedBy: [] },
        { direction: 'Ingress', restrictedAtL7: ['http'], decidedBy: [{ list: 'spec.ingress', rule: 0 }] },
      ],
    });
    expect(JSON.stringify(await get('trace', question))).toContain('"restrictedAtL7":["http"]');
  });

  it('are told from those that are not understood, each with the reason', () => {
    expect(diagnostics.filter(({ code }) => code === 'NOT_UNDERSTOOD')).toMatchObject([
      { object: 'CiliumClusterwideNetworkPolicy.cilium.io/-/nodes', message: expect.stringContaining('nodeSelector') },
      { object: 'CiliumNetworkPolicy.cilium.io/y/q', message: expect.stringContaining('spec.ingress[0].novelty') },
    ]);
  });

  it('are listed once, whatever they are made of, with the pods they select', async () => {
    const { items } = await get('policies', { namespace: 'x' });
    expect(items).toMatchObject([
      {
        name: 'p',
        tier: 'Cilium',
        directions: ['Ingress', 'Egress'],
        rules: { ingress: 2, egress: 1 },
        understood: true,
      },
    ]);
    const pods = (await get('policies/CiliumNetworkPolicy/x/p/pods')) as { items?: { name: string }[] };
    expect((pods.items ?? (pods as unknown as { name: string }[])).map(({ name }) => name)).toEqual(['a', 'b']);
    const policies = await get('pods/x/b/policies');
    expect(JSON.stringify(policies)).toContain('"directions":["Egress"]');
  });

  it('mean nothing to another engine, which reads ipBlocks in its own way', async () => {
    const denied = { from: 'z/a', to: 'x/a', port: '80' };
    expect(await ask({ ...denied, dataplane: 'policyEngine:calico' })).toMatchObject({ verdict: 'allowed' });
    expect(await ask({ ...denied, dataplane: 'policyEngine:cilium' })).toMatchObject({ verdict: 'denied' });
    const fromNode = { from: 'node:n1', to: 'z/a', port: '80' };
    expect(await ask(fromNode)).toMatchObject({ verdict: 'denied' });
    expect(await ask({ ...fromNode, dataplane: 'policyEngine:kube-router' })).toMatchObject({ verdict: 'allowed' });
  });
});
