import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleManifests, startApp, type TestApp } from './start-app.js';

let test: TestApp;
let id: string;

beforeAll(async () => {
  test = await startApp({ CANREACH_STALL_SECONDS: '1' });
  id = (await test.ingest('sample', sampleManifests(), '?label=first').expect(201)).body.id;
  await test.ingest('sample', `${sampleManifests()}\n---\n${namespaceText}`, '?label=second').expect(201);
});
afterAll(() => test.stop());

const namespaceText = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: extra }\n';

type Query = Record<string, string | number>;

const get = (query: Query = {}, path = '', ref = 'sample@first'): ReturnType<ReturnType<TestApp['http']>['get']> =>
  test.http().get(`/api/v1/snapshots/${ref}/connectivity${path}`).query(query);

async function allRows(query: Query, limit: number, path = '', name = 'rows'): Promise<unknown[]> {
  const rows: unknown[] = [];
  let cursor: string | null = null;
  do {
    const { body } = await get({ ...query, limit, ...(cursor === null ? {} : { cursor }) }, path).expect(200);
    expect(body[name].length).toBeLessThanOrEqual(limit);
    rows.push(...(body[name] as unknown[]));
    cursor = body.nextCursor as string | null;
  } while (cursor !== null);
  return rows;
}

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

describe('rows', () => {
  it('say who reaches whom, what is assumed, and which snapshot was asked', async () => {
    const { body } = await get({ from: 'shop/frontend' }).expect(200);
    expect(body).toMatchObject({ snapshot: id, level: 'workload', mode: 'effective', nextCursor: null });
    expect(body.rows).toContainEqual({
      source: { kind: 'Deployment', namespace: 'shop', name: 'frontend', replicas: 3 },
      destination: { kind: 'Deployment', namespace: 'shop', name: 'orders', replicas: 2 },
      connections: { all: false, protocols: { TCP: ['8080'] } },
    });
    expect(body.assumptions.map(({ name }: { name: string }) => name)).toContain('ownNode');
  });

  it.each(['namespace', 'workload', 'class', 'pod'])(
    'are on the pages of %s exactly once, whatever their size',
    async (level) => {
      const { text } = await get({ level, format: 'ndjson' }).expect(200);
      const streamed = linesOf(text);
      expect(streamed.length).toBeGreaterThan(10);
      expect(new Set(text.split('\n')).size).toBe(streamed.length + 1);
      for (const limit of [1, 7, 100, 10_000]) {
        if (limit === 1 && streamed.length > 200) continue;
        expect(await allRows({ level }, limit)).toEqual(streamed);
      }
    },
  );

  it('with filters are some of the rows without', async () => {
    const whole = new Set((await allRows({}, 1000)).map((row) => JSON.stringify(row)));
    const filters: Query[] = [
      { from: 'namespace:shop' },
      { to: 'shop/orders' },
      { to: 'internet' },
      { from: 'pods:shop{app=frontend}' },
    ];
    for (const filter of filters) {
      const rows = await allRows(filter, 1000);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThan(whole.size);
      for (const row of rows) expect(whole).toContain(JSON.stringify(row));
    }
  });

  it('are cut to a protocol and a port', async () => {
    const { body } = await get({ from: 'shop/frontend', to: 'shop/orders', port: '8000-8100' }).expect(200);
    expect(body.rows.map(({ connections }: { connections: unknown }) => connections)).toEqual([
      { all: false, protocols: { TCP: ['8080'] } },
    ]);
    expect((await get({ from: 'shop/frontend', to: 'shop/orders', protocol: 'udp' }).expect(200)).body.rows).toEqual(
      [],
    );
  });

  it('list nodes only where they are asked for', async () => {
    const kinds = async (query: Query): Promise<string[]> =>
      ((await allRows(query, 1000)) as { source: { kind: string } }[]).map(({ source }) => source.kind);
    expect(await kinds({})).not.toContain('Node');
    expect(await kinds({ include: 'nodes' })).toContain('Node');
  });

  it('differ by what is said of the network', async () => {
    const open = await get({ dataplane: 'enforcement:no', from: 'shop/frontend', to: 'payments/postgres' }).expect(200);
    expect(open.body.rows).toMatchObject([{ connections: { all: true } }]);
    const { body } = await get({ dataplane: 'policyEngine:cilium' }).expect(400);
    expect(body.code).toBe('DATAPLANE_INVALID');
  });
});

describe('formats', () => {
  it.each([
    ['ndjson', 'application/x-ndjson', /^\{"source":\{"kind":"Deployment","namespace":"shop","name":"frontend"/],
    ['csv', 'text/csv', /^source,destination,connections,some,unknown\r\nshop\/frontend\[Deployment\],/],
    ['md', 'text/markdown', /^\| source \| destination \|/],
    ['dot', 'text/vnd.graphviz', /^digraph "connectivity" \{[^]*"shop\/frontend\[Deployment\]" -> [^]*\}\n$/],
    ['text', 'text/plain', /^shop\/frontend\[Deployment\] => .* : TCP 8080$/m],
  ])('%s is asked for by name or by media type', async (format, type, wanted) => {
    const named = await get({ format, from: 'shop/frontend' }).buffer(true).parse(textOf).expect(200);
    expect(named.headers['content-type']).toContain(type);
    expect(named.body).toMatch(wanted);
    const accepted = await get({ from: 'shop/frontend' })
      .set('Accept', `${type};q=0.9, application/json;q=0.1`)
      .buffer(true)
      .parse(textOf)
      .expect(200);
    expect(accepted.body).toBe(named.body);
  });

  it('a page of JSON is what comes to whom nothing else is said', async () => {
    for (const accept of ['*/*', 'application/json', 'image/png', '']) {
      const { headers } = await get({ limit: 1 }).set('Accept', accept).expect(200);
      expect(headers['content-type']).toContain('application/json');
    }
  });
});

function textOf(given: unknown, done: (error: Error | null, text: string) => void): void {
  const response = given as NodeJS.ReadableStream;
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (piece: string) => (text += piece));
  response.on('end', () => done(null, text));
}

describe('questions that make no sense', () => {
  it.each([
    [{ level: 'cluster' }, 400, 'LEVEL_INVALID', 'namespace, workload, class, pod'],
    [{ format: 'xml' }, 400, 'FORMAT_INVALID', 'json, ndjson, csv, md, dot, text'],
    [{ mode: 'real' }, 400, 'MODE_INVALID', 'effective, intended'],
    [{ family: '4' }, 400, 'FAMILY_INVALID', 'IPv4, IPv6'],
    [{ include: 'services' }, 400, 'INCLUDE_INVALID', 'nodes'],
    [{ protocol: 'GRE' }, 400, 'PROTOCOL_INVALID', 'TCP'],
    [{ port: 'http' }, 400, 'PORT_INVALID', 'a number'],
    [{ port: '70000' }, 400, 'PORT_INVALID', '65535'],
    [{ from: 'frontend' }, 400, 'PEER_MALFORMED', 'ns/name'],
    [{ to: 'service:shop/orders' }, 400, 'PEER_MALFORMED', 'workloads'],
    [{ to: 'shop/none' }, 404, 'PEER_NOT_FOUND', 'shop/none'],
    [{ semantics: 'hairpin:subject' }, 400, 'KNOB_INVALID', 'single verdicts'],
    [{ limit: '0' }, 400, 'LIMIT_INVALID', '10000'],
    [{ maxRows: 'many' }, 400, 'MAX_ROWS_INVALID', '999999999'],
    [{ form: 'namespace:shop' }, 400, 'PARAMETER_UNKNOWN', 'from'],
    [{ cursor: 'abc' }, 400, 'CURSOR_INVALID', 'nextCursor'],
  ])('%j is refused', async (query, status, code, said) => {
    const { body } = await get(query as unknown as Query).expect(status);
    expect(body).toMatchObject({ code, status });
    expect(JSON.stringify(body)).toContain(said);
  });

  it('a cursor belongs to one snapshot and one question', async () => {
    const { nextCursor } = (await get({ limit: 1 }).expect(200)).body;
    const other = await get({ limit: 1, cursor: nextCursor }, '', 'sample@second').expect(400);
    expect(other.body).toMatchObject({ code: 'CURSOR_INVALID', detail: expect.stringContaining('another snapshot') });
    const others: Query[] = [{ level: 'pod' }, { mode: 'intended' }, { from: 'namespace:shop' }, { port: 80 }];
    for (const query of others) {
      const { body } = await get({ ...query, limit: 1, cursor: nextCursor }).expect(400);
      expect(body).toMatchObject({ code: 'CURSOR_INVALID', detail: expect.stringContaining('another question') });
    }
    await get({ limit: 5, cursor: nextCursor }, '', id).expect(200);
    await get({ limit: 1, cursor: nextCursor }, '/unreached').expect(400);
  });

  it('an answer that is too large is refused with its count before it begins', async () => {
    const rows = linesOf((await get({ level: 'pod', format: 'ndjson' }).expect(200)).text).length;
    for (const format of ['ndjson', 'csv', 'json']) {
      const { body } = await get({ level: 'pod', format, maxRows: rows - 1 }).expect(413);
      expect(body).toMatchObject({
        code: 'ANSWER_TOO_LARGE',
        detail: expect.stringContaining(`${rows} rows`),
        errors: [{ path: 'maxRows', value: String(rows), accepted: String(rows - 1) }],
      });
      expect(body.detail).toContain('from, to, protocol and port');
    }
    await get({ level: 'pod', format: 'ndjson', maxRows: rows }).expect(200);
  });
});

describe('the classic readings', () => {
  interface Row {
    readonly source: { readonly kind: string };
    readonly destination: { readonly kind: string };
    readonly connections: unknown;
  }

  it.each(['workload', 'pod', 'namespace'])('follow from the rows of %s', async (level) => {
    const rows = (await allRows({ level, port: 8080 }, 1000)) as Row[];
    const ends = new Set<string>();
    for (const end of (await allRows({ level, dataplane: 'enforcement:no' }, 1000)) as Row[]) {
      if (end.source.kind !== 'AddressBlock') ends.add(JSON.stringify(end.source));
    }
    const text = (value: unknown): string => JSON.stringify(value);
    const others = rows.filter((row) => text(row.source) !== text(row.destination));
    const unreached = [...ends].filter((end) => !others.some((row) => text(row.destination) === end));
    const unreaching = [...ends].filter((end) => !others.some((row) => text(row.source) === end));
    const both = new Set(
      others
        .filter((row) =>
          others.some(
            (back) => text(back.source) === text(row.destination) && text(back.destination) === text(row.source),
          ),
        )
        .map((row) => [text(row.source), text(row.destination)].sort().join()),
    );
    const found = async (path: string): Promise<string[]> =>
      (await allRows({ level, port: 8080 }, 3, `/${path}`, 'items')).map(text);
    expect((await found('unreached')).sort()).toEqual(unreached.sort());
    expect((await found('unreaching')).sort()).toEqual(unreaching.sort());
    const pairs = (await allRows({ level, port: 8080 }, 5, '/bidirectional', 'items')) as Row[];
    expect(pairs.map((pair) => [text(pair.source), text(pair.destination)].sort().join()).sort()).toEqual(
      [...both].sort(),
    );
  });

  it('come in every format', async () => {
    const { text } = await get({ format: 'text' }, '/unreached').expect(200);
    expect(text).toMatch(/^\S+\/\S+\[\w+\]\n/);
    const csv = await get({ format: 'csv' }, '/bidirectional').expect(200);
    expect(csv.text).toMatch(/^source,destination,connections,reverse\r\n/);
  });
});

describe('GraphQL', () => {
  const ask = async (query: string, variables: object = {}): Promise<{ data: never; errors?: unknown }> =>
    (await test.http().post('/graphql').send({ query, variables })).body as { data: never; errors?: unknown };

  it('gives the rows of REST, page by page', async () => {
    const query = `query ($after: String) { snapshot(ref: "sample@first") {
      connectivity(level: POD, port: "8080", include: NODES, first: 40, after: $after) {
        edges { cursor node { some
          source { kind namespace name replicas pods hostNetwork ranges }
          destination { kind namespace name replicas pods hostNetwork ranges }
          connections { all protocols { protocol ports } } unknown { all protocols { protocol ports } } } }
        pageInfo { hasNextPage endCursor } } } }`;
    const rows: unknown[] = [];
    let after: string | null = null;
    do {
      const { data, errors } = (await ask(query, { after })) as {
        data: { snapshot: { connectivity: Page } };
        errors?: unknown;
      };
      expect(errors).toBeUndefined();
      const { edges, pageInfo } = data.snapshot.connectivity;
      expect(edges.at(-1)?.cursor ?? null).toBe(pageInfo.endCursor);
      rows.push(...edges.map(({ node }) => node));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    const rest = await allRows({ level: 'pod', port: 8080, include: 'nodes' }, 1000);
    expect(rows).toEqual(rest.map(asGraphql));
  });

  it('gives the readings of REST, and its complaints', async () => {
    const { data } = (await ask(
      '{ snapshot(ref: "sample@first") { unreached(level: POD) { edges { node { kind namespace name } } } bidirectional { edges { node { source { kind name } reverse { all } } } } } }',
    )) as { data: { snapshot: { unreached: Page; bidirectional: Page } } };
    const unreached = (await get({ level: 'pod' }, '/unreached').expect(200)).body.items as {
      kind: string;
      namespace: string;
      name: string;
    }[];
    expect(data.snapshot.unreached.edges.map(({ node }) => node)).toEqual(
      unreached.map(({ kind, namespace, name }) => ({ kind, namespace, name })),
    );
    expect(data.snapshot.bidirectional.edges.length).toBe(
      Math.min(100, (await get({}, '/bidirectional').expect(200)).body.items.length),
    );
    const { errors } = await ask(
      '{ snapshot(ref: "sample@first") { connectivity(from: "nobody") { edges { cursor } } } }',
    );
    expect(errors).toMatchObject([{ extensions: { code: 'PEER_MALFORMED', status: 400 } }]);
  });

  interface Page {
    readonly edges: readonly { readonly node: unknown; readonly cursor: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  }

  function asGraphql(row: unknown): unknown {
    const { source, destination, connections, unknown, some } = row as Record<string, Record<string, unknown>> & {
      some?: boolean;
    };
    const end = (given: Record<string, unknown>): unknown => ({
      namespace: null,
      name: null,
      replicas: null,
      pods: null,
      hostNetwork: false,
      ranges: [],
      ...given,
    });
    const view = (given: Record<string, unknown> | undefined): unknown =>
      given === undefined
        ? null
        : {
            all: given.all,
            protocols: Object.entries(given.protocols ?? {}).map(([protocol, ports]) => ({ protocol, ports })),
          };
    return {
      source: end(source),
      destination: end(destination),
      connections: view(connections),
      unknown: view(unknown),
      some: some ?? false,
    };
  }
});

describe('a client that does not read on', () => {
  it('is let go, and ten of them keep nobody waiting', { timeout: 60_000 }, async () => {
    // Enough pods without policies that their rows fill every buffer on the way.
    const pods = Array.from({ length: 400 }, (_, i) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `pod-${i}`, namespace: 'a' },
        status: { phase: 'Running', podIP: `10.0.${i >> 8}.${i & 255}` },
      }),
    );
    await test.ingest('many', pods.join('\n')).expect(201);
    await test.http().get('/api/v1/snapshots/many@latest/connectivity?level=pod&limit=1').expect(200);
    const server = test.app.getHttpServer() as http.Server;
    if (!server.listening) server.listen(0, '127.0.0.1');
    if (!server.listening) await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = async (): Promise<http.IncomingMessage> => {
      const request = http.get({
        host: '127.0.0.1',
        port,
        path: '/api/v1/snapshots/many@latest/connectivity?level=pod&format=ndjson',
        agent: false,
      });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      response.on('error', () => undefined);
      return response;
    };
    // Ten that stop after the head, and one that goes away.
    const stalled = await Promise.all(Array.from({ length: 10 }, open));
    (await open()).destroy();
    const begun = performance.now();
    await test
      .http()
      .get('/api/v1/snapshots/sample@first/verdict?from=shop/frontend&to=shop/orders&port=8080')
      .expect(200);
    expect(performance.now() - begun).toBeLessThan(5000);
    const count = (): Promise<number> =>
      new Promise((resolve, reject) =>
        server.getConnections((error, number) => (error ? reject(error) : resolve(number))),
      );
    expect(await count()).toBeGreaterThanOrEqual(10);
    const deadline = performance.now() + 30_000;
    while ((await count()) >= 10 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await count()).toBeLessThan(10);
    for (const response of stalled) response.destroy();
    // One that reads gets everything.
    const whole = await open();
    let lines = 0;
    for await (const piece of whole) lines += (piece as Buffer).toString().split('\n').length - 1;
    expect(lines).toBe(400 * 399 + 2 * 400);
    server.close();
  });
});
