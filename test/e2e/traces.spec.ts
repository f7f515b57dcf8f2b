import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '#model';
import type { Hop, Trace } from '#trace';
import { sampleManifests, startApp, type TestApp } from './start-app.js';

let test: TestApp;

beforeAll(async () => {
  test = await startApp();
  await test.ingest('sample', sampleManifests(), '?label=first').expect(201);
});
afterAll(() => test.stop());

const base = '/api/v1/snapshots/sample@first';

type Answer = Record<string, unknown>;

async function rest<T>(path: string, query: Record<string, string | undefined>): Promise<{ status: number; body: T }> {
  return test.http().get(`${base}/${path}`).query(query);
}

/** Asks for fields of the snapshot; `header` declares the variables. */
async function overGraphql<T>(fields: string, header = '', variables: object = {}): Promise<T> {
  const query = `${header} { snapshot(ref: "sample@first") { ${fields} } }`;
  const { body } = await test.http().post('/graphql').send({ query, variables });
  expect(body.errors).toBeUndefined();
  return body.data.snapshot as T;
}

const upper = (word: string): string => word.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

describe('a trace', () => {
  const questions: Record<string, string>[] = [
    { from: 'shop/frontend', to: 'service:shop/orders', port: '80' },
    { from: 'shop/orders', to: 'dns:gateway.payments.svc.cluster.local' },
    { from: 'internet', to: 'shop/frontend', port: '8080' },
    { from: 'shop/frontend', to: 'ip:127.0.0.1', port: '8080' },
  ];

  it.each(questions)('is the same over REST and GraphQL: %j', async (question) => {
    const { body } = await rest<Trace>('trace', question);
    const { trace } = await overGraphql<{ trace: Trace }>(
      `trace(from: $from, to: $to, port: $port) {
        verdict reason delivery suggestion routesTotal assumptions { name value provenance }
        routes { when network connection delivery reasons sourceSeenByPolicy sourceSeenByPod pathMtu forwards
          hops { n node netns device deviceNameSource kind action mtu source destination destinationPort
            encap { type outerSource outerDestination port overheadBytes }
            nat { type by }
            gate { direction verdict engine hook enforcement denyAction } } } }`,
      'query ($from: String!, $to: String!, $port: String)',
      question,
    );
    expect([trace.verdict, trace.delivery]).toEqual([upper(body.verdict), upper(body.delivery)]);
    for (const field of ['reason', 'suggestion', 'routesTotal', 'assumptions'] as const)
      expect(trace[field]).toEqual(body[field]);
    const plain = body.routes.map((route) => ({
      ...route,
      delivery: upper(route.delivery),
      hops: route.hops.map((hop) => ({
        destinationPort: null,
        ...hop,
        kind: upper(hop.kind),
        nat: natOf(hop),
        gate: gateOf(hop),
      })),
    }));
    expect(trace.routes).toEqual(plain);
    expect(body.routes.length).toBeGreaterThan(0);
  });

  function natOf({ nat }: Hop): Answer | null {
    return nat === undefined ? null : { type: nat.type, by: nat.by };
  }

  function gateOf({ gate }: Hop): Answer | null {
    if (gate === undefined) return null;
    const { direction, verdict, engine, hook, enforcement, denyAction } = gate;
    return { direction, verdict: upper(verdict), engine, hook, enforcement, denyAction };
  }

  it('takes what a question says of the network', async () => {
    const question = { from: 'shop/frontend', to: 'payments/ledger', port: '8080' };
    const { body } = await rest<Trace>('trace', { ...question, dataplane: 'hostMTU:9000,nodeInterface:ens3' });
    const nics = body.routes.flatMap(({ hops }) => hops).filter(({ kind }) => kind === 'nic');
    for (const { device, mtu } of nics) expect([device, mtu]).toEqual(['ens3', 9000]);
    expect(body.assumptions).toContainEqual({ name: 'hostMTU', value: '9000', provenance: 'configured' });
  });

  it.each([
    [{ from: 'shop/frontend' }, 400, 'PEER_MALFORMED'],
    [{ from: 'shop/frontend', to: 'shop/nobody' }, 404, 'PEER_NOT_FOUND'],
    [{ from: 'shop/frontend', to: 'shop/orders', dataplane: 'hostMTU:big' }, 400, 'DATAPLANE_INVALID'],
    [{ from: 'shop/frontend', to: 'shop/orders', dataplane: 'nodeSubnets:1.2.3' }, 400, 'DATAPLANE_INVALID'],
    [{ from: 'shop/frontend', to: 'shop/orders', colour: 'red' }, 400, 'PARAMETER_UNKNOWN'],
  ] as [Record<string, string>, number, string][])('refuses %j', async (question, status, code) => {
    const answer = await rest<{ code: string }>('trace', question);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe('findings', () => {
  it('are the same over REST and GraphQL', async () => {
    const { body } = await rest<{ findings: Finding[] }>('findings', { dataplane: 'enforcement:no' });
    expect(body.findings.map(({ id }) => id)).toContain('POL-001');
    const { findings } = await overGraphql<{ findings: Answer[] }>(
      'findings(dataplane: "enforcement:no") { id severity message subjects { group kind namespace name } evidence { key value } advice }',
    );
    const plain = body.findings.map((finding) => ({
      ...finding,
      severity: upper(finding.severity),
      evidence: Object.entries(finding.evidence).map(([key, value]) => ({
        key,
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
    }));
    expect(findings).toEqual(plain);
  });

  it('are worked out once, however many ask', async () => {
    const audits = async (): Promise<number> =>
      Number(/canreach_audits_total (\d+)/.exec((await test.http().get('/metrics')).text)?.[1]);
    const before = await audits();
    const query = { dataplane: 'hostMTU:1400' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => rest<{ findings: Finding[] }>('findings', query)),
    );
    answers.push(await rest<{ findings: Finding[] }>('findings', { ...query, severity: 'info' }));
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0].body]);
    expect(await audits()).toBe(before + 1);
  });

  it('tell what was odd about the input, and what is wrong with a question', async () => {
    const policy = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: p }\n';
    const one = `${policy}spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 203.0.113.7/24 } }] }] }\n`;
    await test.ingest('odd', `${policy}spec: { podSelector: {} }\n---\n${one}`, '?label=first').expect(201);
    const { body } = await test.http().get('/api/v1/snapshots/odd@first/findings');
    const ids = (body as { findings: Finding[] }).findings.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['DUPLICATE_OBJECT', 'CIDR_HOST_BITS', 'NAMESPACE_IMPLICIT']));
    const wrong = await rest<{ code: string }>('findings', { dataplane: 'hostMTU:none' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'DATAPLANE_INVALID']);
  });

  it('can be asked for by severity', async () => {
    const all = (await rest<{ findings: Finding[] }>('findings', {})).body.findings;
    const warnings = (await rest<{ findings: Finding[] }>('findings', { severity: 'warning' })).body.findings;
    expect(warnings).toEqual(all.filter(({ severity }) => severity !== 'info'));
    expect(all.length).toBeGreaterThan(warnings.length);
    expect((await rest<{ code: string }>('findings', { severity: 'bad' })).body.code).toBe('SEVERITY_INVALID');
  });
});

describe('the dataplane', () => {
  it('says how traffic is carried, and takes what is said of it', async () => {
    const { body } = await rest<Answer>('dataplane', {});
    expect(body).toMatchObject({ primary: 'canal', backend: { type: 'vxlan', device: 'flannel.1' } });
    expect(body).not.toHaveProperty('network');
    const { body: told } = await rest<Answer>('dataplane', { provenance: 'true', dataplane: 'primary:calico' });
    expect(told.primary).toEqual({ value: 'calico', provenance: 'configured' });
    const { dataplane } = await overGraphql<{ dataplane: Record<string, { value: unknown }> }>(
      'dataplane { backend { value { type device overheadBytes } } podMtu { value } capacity { value { mode nodes podsPerNode } } candidates { name score state } }',
    );
    expect(dataplane.capacity.value).toEqual(body.capacity);
    expect(dataplane.podMtu.value).toBe(body.podMtu);
    expect(body.candidates).toMatchObject(dataplane.candidates);
  });
});
