import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExpectations } from '../corpus/expectations.js';
import { loadSpec, manifestsOf, type SpecCase } from '../corpus/worlds.js';
import { runSql, sampleManifests, startApp, type TestApp } from './start-app.js';

let test: TestApp;
let id: string;

beforeAll(async () => {
  test = await startApp();
  id = (await test.ingest('sample', sampleManifests(), '?label=first')).body.id;
});
afterAll(() => test.stop());

/** Each fragment spreads the next one twice: sixty short ones stand for more fields than there are atoms on earth. */
const fragmentBomb = `${Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F60 on Query { __typename } { ...F0 }`;

const fragmentChain = Array.from(
  { length: 2200 },
  (_, i) => `fragment F${i} on Query { ${i < 2199 ? `...F${i + 1}` : '__typename'} }`,
);

const words: Readonly<Record<string, string>> = { A: 'allowed', D: 'denied', N: 'notApplicable', U: 'unknown' };

const ask = (query: Record<string, string>): ReturnType<ReturnType<TestApp['http']>['get']> =>
  test.http().get('/api/v1/snapshots/sample@first/verdict').query(query);

describe('one verdict', () => {
  it('says why, with the policy and the rule that allow', async () => {
    const { body } = await ask({ from: 'shop/frontend', to: 'service:shop/orders', port: '80' });
    expect(body).toMatchObject({
      verdict: 'allowed',
      reason: 'RULE_ALLOWED',
      intended: 'allowed',
      effective: 'allowed',
      resolved: { from: { kind: 'Deployment', name: 'frontend' }, to: { kind: 'Service', name: 'orders' } },
      gates: [
        {
          direction: 'Egress',
          isolated: true,
          decidedBy: [{ policy: { name: 'frontend-to-backends' }, rule: 0, action: 'Allow' }],
        },
        { direction: 'Ingress', decidedBy: [{ policy: { name: 'orders-from-frontend' } }] },
      ],
    });
    expect(body.backends).toHaveLength(2);
  });

  it('shows the mistake of the sample: a rule for the port of the Service', async () => {
    const { body } = await ask({ from: 'shop/orders', to: 'service:payments/gateway', port: '443' });
    expect(body).toMatchObject({ verdict: 'denied', reason: 'INGRESS_ISOLATED_NO_RULE_MATCHED' });
    expect(body.gates[1].considered).toContainEqual({
      policy: expect.objectContaining({ name: 'gateway-from-orders' }),
      tier: 'NetworkPolicy',
      code: 'PORTS_NOT_MATCHED',
      why: 'rule 0 matches the peer, but not TCP 8443',
    });
  });

  it.each([
    [{ from: 'shop/frontend', to: 'internet', port: '443' }, 'denied'],
    [{ from: 'ip:203.0.113.9', to: 'shop/frontend', port: 'http' }, 'allowed'],
    [
      { from: 'shop/frontend', to: 'dns:kube-dns.kube-system.svc.cluster.local', port: '53', protocol: 'udp' },
      'allowed',
    ],
    [{ from: 'namespace:shop', to: 'payments/postgres', port: '5432' }, 'denied'],
    [{ from: 'namespace:payments', to: 'payments/postgres', port: '5432' }, 'mixed'],
    [{ from: 'pods:payments{app in (ledger)}', to: 'statefulset:payments/postgres', port: '5432' }, 'allowed'],
    [{ from: 'shop/frontend', to: 'shop/frontend', port: '8080' }, 'denied'],
    [{ from: 'monitoring/prometheus', to: 'namespace:shop', port: 'http' }, 'allowed'],
    [{ from: 'shop/frontend', to: 'shop/orders', protocol: 'ICMP' }, 'denied'],
    [{ from: 'shop/frontend', to: 'shop/orders' }, 'mixed'],
    [{ from: 'node:node-1', to: 'cidr:8.8.8.0/24', port: '53' }, 'allowed'],
    [{ from: 'cronjob:shop/nightly-report', to: 'payments/ledger', port: '9090' }, 'denied'],
  ])('%j is %s', async (query, verdict) => {
    const { body } = await ask(query as Record<string, string>);
    expect(body.verdict, JSON.stringify(body).slice(0, 600)).toBe(verdict);
  });

  it('takes knobs and settings of the network into the answer', async () => {
    const denied = { from: 'shop/frontend', to: 'shop/orders', protocol: 'ICMP' };
    expect((await ask({ ...denied, semantics: 'otherProtocols:unfiltered' })).body).toMatchObject({
      verdict: 'allowed',
      assumptions: expect.arrayContaining([{ name: 'otherProtocols', value: 'unfiltered', provenance: 'configured' }]),
    });
    expect((await ask({ ...denied, dataplane: 'enforcement:no' })).body).toMatchObject({
      verdict: 'allowed',
      reason: 'NOT_ENFORCED',
      intended: 'denied',
    });
    expect((await ask({ ...denied, dataplane: 'enforcement:no', mode: 'intended' })).body.verdict).toBe('denied');
    expect((await ask({ ...denied, dataplane: 'enforcement:unknown' })).body).toMatchObject({
      verdict: 'unknown',
      reason: 'ENFORCEMENT_UNKNOWN',
    });
  });

  it('answers only the fields that are asked for', async () => {
    const { body } = await ask({ from: 'shop/frontend', to: 'shop/orders', port: '8080', fields: 'verdict,reason' });
    expect(body).toEqual({ verdict: 'allowed', reason: 'RULE_ALLOWED' });
  });

  it.each([
    [{ to: 'internet' }, 400, 'PEER_MALFORMED', 'from'],
    [{ from: 'frontend', to: 'internet' }, 400, 'PEER_MALFORMED', 'from'],
    [{ from: 'gnome:shop/x', to: 'internet' }, 400, 'PEER_MALFORMED', 'from'],
    [{ from: 'shop/frontend', to: 'ip:10.0.0.256' }, 400, 'PEER_MALFORMED', 'to'],
    [{ from: 'shop/frontend', to: 'cidr:10.0.0.0' }, 400, 'PEER_MALFORMED', 'to'],
    [{ from: 'shop/frontend', to: 'pods:shop{a~b}' }, 400, 'PEER_MALFORMED', 'to'],
    [{ from: 'shop/nobody', to: 'internet' }, 404, 'PEER_NOT_FOUND', 'from'],
    [{ from: 'node:node-9', to: 'internet' }, 404, 'PEER_NOT_FOUND', 'from'],
    [{ from: 'shop/frontend', to: 'service:shop/nobody' }, 404, 'PEER_NOT_FOUND', 'to'],
    [{ from: 'service:shop/orders', to: 'internet' }, 400, 'PEER_NOT_A_SOURCE', 'from'],
    [{ from: 'shop/frontend', to: 'shop/orders', port: '0' }, 400, 'PORT_INVALID', 'port'],
    [{ from: 'shop/frontend', to: 'shop/orders', port: '90-80' }, 400, 'PORT_INVALID', 'port'],
    [{ from: 'shop/frontend', to: 'shop/orders', port: '70000' }, 400, 'PORT_INVALID', 'port'],
    [{ from: 'shop/frontend', to: 'shop/orders', port: 'nosuch' }, 404, 'PORT_NOT_FOUND', 'port'],
    [{ from: 'shop/frontend', to: 'shop/orders', protocol: 'ICMP', port: '8' }, 400, 'PORT_INVALID', 'port'],
    [{ from: 'shop/frontend', to: 'shop/orders', protocol: 'QUIC' }, 400, 'PROTOCOL_INVALID', 'protocol'],
    [{ from: 'shop/frontend', to: 'shop/orders', family: 'IPv5' }, 400, 'FAMILY_INVALID', 'family'],
    [{ from: 'shop/frontend', to: 'shop/orders', mode: 'maybe' }, 400, 'MODE_INVALID', 'mode'],
    [{ from: 'shop/frontend', to: 'shop/orders', semantics: '__proto__:x' }, 400, 'KNOB_INVALID', 'semantics'],
    [{ from: 'shop/frontend', to: 'shop/orders', dataplane: 'constructor:x' }, 400, 'DATAPLANE_INVALID', 'dataplane'],
    [{ from: 'shop/frontend', to: 'shop/orders', fields: 'verdict,colour' }, 400, 'FIELDS_INVALID', 'fields'],
  ])('%j is refused with %i %s', async (query, status, code, path) => {
    const { status: found, body } = await ask(query as unknown as Record<string, string>);
    expect([found, body.code, body.errors[0].path]).toEqual([status, code, path]);
  });
});

describe('many verdicts', () => {
  const post = (body: object, query = ''): ReturnType<ReturnType<TestApp['http']>['post']> =>
    test.http().post(`/api/v1/snapshots/${id}/verdicts${query}`).send(body);

  it('are answered in their order', async () => {
    const flows = [
      { from: 'shop/frontend', to: 'shop/orders', port: 8080 },
      { from: 'shop/frontend', to: 'shop/search', port: '9200', protocol: 'TCP' },
    ];
    expect((await post({ flows })).body).toEqual({
      verdicts: [
        { verdict: 'allowed', reason: 'RULE_ALLOWED' },
        { verdict: 'denied', reason: 'BOTH_ISOLATED_NO_RULE_MATCHED' },
      ],
    });
    expect((await post({ flows }, '?explain=true')).body.verdicts[1].gates).toHaveLength(2);
  });

  it('name every question that cannot be answered', async () => {
    const { status, body } = await post({
      flows: [
        { from: 'a', to: 'internet' },
        { from: 'shop/orders', to: 'internet' },
        { from: 'shop/x', to: 'internet' },
        7,
      ],
    });
    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'flows[0].from',
      'flows[2].from',
      'flows[3].',
    ]);
  });

  it.each([[{}], [{ flows: [] }], [{ flows: 'x' }], [{ flows: [{ from: 'a', to: 'b', colour: 'red' }] }]])(
    '%j is refused',
    async (body) => {
      expect((await post(body)).status).toBe(400);
    },
  );

  it('over the limit are refused with the limit', async () => {
    const { status, body } = await post({ flows: Array(100_001).fill({ from: 'a/b', to: 'c/d' }) });
    expect([status, body.code, body.errors[0].accepted]).toEqual([413, 'TOO_MANY_FLOWS', '100000']);
  });
});

describe('GraphQL', () => {
  const query = (text: string, variables: object = {}): ReturnType<ReturnType<TestApp['http']>['post']> =>
    test.http().post('/graphql').send({ query: text, variables });

  it('gives the same answers as REST', async () => {
    const questions: Record<string, string>[] = [
      { from: 'shop/frontend', to: 'service:shop/orders', port: '80' },
      { from: 'shop/orders', to: 'service:payments/gateway' },
      { from: 'namespace:payments', to: 'payments/postgres', port: '5432' },
      { from: 'shop/frontend', to: 'shop/orders' },
      { from: 'node:node-1', to: 'shop/frontend', protocol: 'ICMP' },
    ];
    for (const question of questions) {
      const rest = (await ask(question)).body;
      const { body } = await query(
        `query ($from: String!, $to: String!, $port: String, $protocol: String) { snapshot(ref: "sample@first") { verdict(from: $from, to: $to, port: $port, protocol: $protocol) {
          verdict reason intended effective message implementationDefined protocol port
          resolved { from { kind namespace name } to { kind namespace name } }
          assumptions { name value provenance }
          gates { direction isolated tier decidedBy { policy { group kind namespace name } rule action } considered { policy { group kind namespace name } tier code why } }
          connections { verdict protocols { protocol ports } } counts { verdict count } backends { backend port verdict reason } ports { port verdict }
        } } }`,
        question,
      );
      const found = body.data.snapshot.verdict;
      const upper = (word: string): string => (word === 'notApplicable' ? 'NOT_APPLICABLE' : word.toUpperCase());
      for (const field of ['verdict', 'intended', 'effective']) expect(found[field]).toBe(upper(rest[field]));
      for (const field of ['reason', 'message', 'implementationDefined', 'protocol', 'port', 'resolved', 'assumptions'])
        expect(found[field]).toEqual(rest[field]);
      const gates = rest.gates.map(({ direction, isolated, tier, decidedBy, considered }: Record<string, unknown>) => ({
        direction,
        isolated,
        tier,
        decidedBy,
        considered,
      }));
      expect(found.gates).toEqual(gates);
      expect(
        Object.fromEntries(
          found.counts.map(({ verdict, count }: { verdict: string; count: number }) => [verdict, count]),
        ),
      ).toEqual(Object.fromEntries(Object.entries(rest.counts ?? {}).map(([word, count]) => [upper(word), count])));
      expect(found.backends.map(({ backend }: { backend: string }) => backend)).toEqual(
        (rest.backends ?? []).map(({ backend }: { backend: string }) => backend),
      );
      expect(found.connections).toHaveLength(Object.keys(rest.connections ?? {}).length);
    }
  });

  it('gives the same gates as REST where tiers decide', async () => {
    const policies = [
      `{"apiVersion":"policy.networking.k8s.io/v1alpha2","kind":"ClusterNetworkPolicy","metadata":{"name":"first"},"spec":{"tier":"Admin","priority":1,"subject":{"namespaces":{}},"ingress":[{"action":"Pass","from":[{"namespaces":{}}]}]}}`,
      `{"apiVersion":"policy.networking.k8s.io/v1alpha1","kind":"BaselineAdminNetworkPolicy","metadata":{"name":"default"},"spec":{"subject":{"namespaces":{}},"ingress":[{"action":"Deny","from":[{"namespaces":{}}]}]}}`,
      ...['a', 'b'].map(
        (name, i) =>
          `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"${name}","namespace":"x"},"spec":{"containers":[]},"status":{"phase":"Running","podIPs":[{"ip":"10.0.0.${i + 1}"}]}}`,
      ),
    ].join('\n');
    await test.http().post('/api/v1/clusters/tiers/snapshots').type('application/x-ndjson').send(policies).expect(201);
    const flow = 'from=x/a&to=x/b&port=80';
    const rest = (await test.http().get(`/api/v1/snapshots/tiers@latest/verdict?${flow}`).expect(200)).body;
    expect(rest).toMatchObject({ verdict: 'denied', reason: 'RULE_DENIED_INGRESS' });
    expect(rest.gates[1]).toMatchObject({
      tier: 'Baseline',
      decidedBy: [{ policy: { name: 'default' }, rule: 0, action: 'Deny' }],
      considered: [{ policy: { name: 'first' }, tier: 'Admin', code: 'PASSED' }],
    });
    const { body } = await query(
      '{ snapshot(ref: "tiers@latest") { verdict(from: "x/a", to: "x/b", port: "80") { reason gates { direction isolated tier decidedBy { policy { group kind namespace name } rule action } considered { policy { group kind namespace name } tier code why } notUnderstood { name } } } } }',
    );
    const { reason, gates } = body.data.snapshot.verdict;
    expect(reason).toBe(rest.reason);
    expect(gates).toEqual(rest.gates.map(({ verdict: _, ...gate }: Record<string, unknown>) => gate));
  });

  it('gives the same lists as REST', async () => {
    const { body } = await query(
      '{ snapshot(ref: "sample@first") { counts { name count } pods(first: 1000) { edges { node { namespace name labels { key value } ports { port } } } } nodes { edges { node { name labels { key value } } } } namespaces { edges { node { name implicit labels { key value } } } } workloads { edges { node { kind name } } } policies { edges { node { name } } } services { edges { node { name } } } dataplane { primary { value } } podPolicies(namespace: "payments", name: "postgres-0") { policy { name } } policyPods(kind: "NetworkPolicy", namespace: "payments", name: "postgres-from-ledger") { name } } }',
    );
    const { snapshot } = body.data;
    const list = async (path: string): Promise<Record<string, string>[]> =>
      (await test.http().get(`/api/v1/snapshots/${id}/${path}`)).body.items;
    const names = (edges: { node: { name: string } }[]): string[] => edges.map(({ node }) => node.name);
    for (const kind of ['pods', 'workloads', 'policies', 'services', 'nodes', 'namespaces']) {
      expect(names(snapshot[kind].edges), kind).toEqual((await list(`${kind}?limit=1000`)).map(({ name }) => name));
    }
    for (const kind of ['pods', 'nodes', 'namespaces']) {
      const labels = (await list(`${kind}?limit=1000`)).map((item) => Object.entries(item.labels));
      const found = snapshot[kind].edges as { node: { labels: { key: string; value: string }[] } }[];
      expect(
        found.map(({ node }) => node.labels.map(({ key, value }) => [key, value])),
        kind,
      ).toEqual(labels);
    }
    expect(snapshot.podPolicies.map(({ policy }: { policy: { name: string } }) => policy.name)).toEqual([
      'allow-dns',
      'default-deny',
      'postgres-from-ledger',
    ]);
    expect(snapshot.policyPods).toEqual([{ name: 'postgres-0' }]);
    expect(snapshot.dataplane.primary.value).toBe('canal');
  });

  it('ingests, labels and deletes', async () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}';
    const made = await query(
      'mutation ($text: String!) { ingest(cluster: "gql", text: $text, label: "x") { id label } }',
      { text },
    );
    const { id: made_ } = made.body.data.ingest;
    const labelled = await query('mutation ($id: String!) { setLabel(ref: $id, label: "y") { label } }', { id: made_ });
    expect(labelled.body.data.setLabel.label).toBe('y');
    expect(
      (
        await query(
          '{ cluster(name: "gql") { snapshots(first: 1) { edges { node { label } } pageInfo { hasNextPage } } } }',
        )
      ).body.data.cluster.snapshots,
    ).toEqual({ edges: [{ node: { label: 'y' } }], pageInfo: { hasNextPage: false } });
    expect(
      (await query('mutation ($id: String!) { deleteSnapshot(ref: $id) }', { id: made_ })).body.data.deleteSnapshot,
    ).toBe(true);
  });

  const refusals: [string, string][] = [
    ['{ snapshot(ref: "nope@latest") { id } }', 'CLUSTER_NOT_FOUND'],
    ['{ snapshot(ref: "sample@first") { verdict(from: "a", to: "b") { verdict } } }', 'PEER_MALFORMED'],
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ clusters { ', 'GRAPHQL_PARSE_FAILED'],
    [
      `{ snapshot(ref: "sample@first") { ${Array.from({ length: 200 }, (_, i) => `v${i}: verdict(from: "a/b", to: "c/d") { verdict }`).join(' ')} } }`,
      'QUERY_TOO_COSTLY',
    ],
    ['mutation { ingest(cluster: "g", text: "{") { id } }', 'MALFORMED'],
    [`{ ${'... on Query { '.repeat(1000)} __typename ${'} '.repeat(1000)} }`, 'QUERY_TOO_DEEP'],
    [`query ($a: ${'['.repeat(7000)}Int${']'.repeat(7000)}) { __typename }`, 'QUERY_TOO_DEEP'],
    [`{ a(x: ${'['.repeat(201)}`, 'QUERY_TOO_DEEP'],
    [`{ a(x: ${'['.repeat(100)}`, 'GRAPHQL_PARSE_FAILED'],
    [`${fragmentChain.join(' ')} { ...F0 }`, 'QUERY_TOO_DEEP'],
    [`{ ...F0 } ${[...fragmentChain].reverse().join(' ')}`, 'QUERY_TOO_DEEP'],
    [`{ clusters { ${'snapshots { edges { node { '.repeat(4)} id ${'} } } '.repeat(4)} } }`, 'QUERY_TOO_DEEP'],
    [`{ ${'clusters { name } '.repeat(1500)} }`, 'QUERY_TOO_COSTLY'],
    [`{ a(x: [${'1 '.repeat(30_000)}]) }`, 'GRAPHQL_PARSE_FAILED'],
    ['fragment A on Query { ...B } fragment B on Query { ...A } { ...A }', 'GRAPHQL_VALIDATION_FAILED'],
    [fragmentBomb, 'QUERY_TOO_COSTLY'],
    ['query ($ref: String!) { snapshot(ref: $ref) { id } }', 'BAD_USER_INPUT'],
    ['subscription { x }', 'BAD_REQUEST'],
  ];
  it.each(refusals.map(([text, code]) => [text.slice(0, 80), code, text]))(
    'refuses %s with %s',
    async (_, code, text) => {
      const { body } = await query(text);
      expect(body.errors[0].extensions.code).toBe(code);
      expect(JSON.stringify(body)).not.toContain('node_modules');
    },
  );
});

describe('cases of the specification over HTTP', () => {
  const cases = ['seed', 'ip-block', 'ports'].flatMap((file) => loadSpec<SpecCase[]>(file));

  it.each(cases.map((specCase) => [specCase.id, specCase] as const))('%s', async (caseId, specCase) => {
    const text = manifestsOf(specCase)
      .map((object) => JSON.stringify(object))
      .join('\n');
    const { body: snapshot } = await test.ingest('cases', text);
    const { body: pods } = await test.http().get(`/api/v1/snapshots/${snapshot.id}/pods?limit=1000`);
    const ordinary = pods.items
      .filter(
        (pod: { hostNetwork: boolean; addresses: string[]; phase: string }) =>
          !pod.hostNetwork && pod.addresses.length > 0 && !['Succeeded', 'Failed'].includes(pod.phase),
      )
      .map(({ namespace, name }: { namespace: string; name: string }) => `${namespace}/${name}`);
    const expectations = parseExpectations(specCase.expect, ordinary);
    const flows = expectations.map(({ from, to, protocol, port, family }) => ({ from, to, protocol, port, family }));
    const { body } = await test.http().post(`/api/v1/snapshots/${snapshot.id}/verdicts`).send({ flows });
    const found = expectations.map(({ line }, i) => `${line} = ${body.verdicts?.[i].verdict}`);
    expect(found, caseId).toEqual(
      expectations.map(({ line, letter }) => `${line} = ${words[letter.replace('*', '')]}`),
    );
  });
});

describe('the index', () => {
  it('is compiled once however many ask, and again found in the database', async () => {
    const text = manifestsOf(loadSpec<SpecCase[]>('combination')[0])
      .map((object) => JSON.stringify(object))
      .join('\n');
    const metric = async (): Promise<number> =>
      Number(/canreach_index_compiles_total (\d+)/.exec((await test.http().get('/metrics')).text)?.[1]);
    const before = await metric();
    const { body: snapshot } = await test.ingest('once', text);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        test.http().get(`/api/v1/snapshots/${snapshot.id}/verdict?from=x/a&to=y/a&port=80`),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.verdict)).size).toBe(1);
    const again = await test.ingest('once', text);
    await test.http().get(`/api/v1/snapshots/${again.body.id}/verdict?from=x/a&to=y/a&port=80`);
    expect((await metric()) - before).toBe(1);
    const { body } = await test.http().get(`/api/v1/snapshots/${again.body.id}`);
    expect(body.compile).toMatchObject({ state: 'ready', fromCache: true });
  });
});

describe('the database goes away', () => {
  it('is said, questions that are open already are answered, and all comes back', async () => {
    await ask({ from: 'shop/frontend', to: 'shop/orders', port: '8080' });
    await test.http().get(`/api/v1/snapshots/${id}`);
    const name = new URL(test.databaseUrl).pathname.slice(1);
    const server = test.databaseUrl.replace(`/${name}`, '/postgres');
    await runSql(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await runSql(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    expect((await test.http().get('/readyz')).status).toBe(503);
    expect((await test.http().get('/healthz')).status).toBe(200);
    expect(
      (await test.http().get(`/api/v1/snapshots/${id}/verdict?from=shop/frontend&to=shop/orders&port=8080`)).body
        .verdict,
    ).toBe('allowed');
    const refused = await test.ingest('sample', sampleManifests());
    expect([refused.status, refused.body.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
    await runSql(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    expect((await test.http().get('/readyz')).status).toBe(200);
  });
});
