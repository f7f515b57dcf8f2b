import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredObject } from '#model';
import type { ManifestError } from './manifest-error.js';
import { defaultReadLimits } from './read-limits.js';
import { contentHash, readManifests, type ReadOptions, type ReadResult } from './read-manifests.js';

/** The text in pieces of some length, as a socket might bring it. */
async function* pieces(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = (text: string, options: ReadOptions = {}, size = 65_536): Promise<ReadResult> =>
  readManifests(pieces(text, size), options);

const objects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', labels: { team: 'red' } } },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'a',
      labels: { app: 'x' },
      annotations: { note: 'quoted "text" with { brackets ] and ünïcode 😀' },
    },
    spec: {
      nodeName: 'n',
      containers: [
        {
          name: 'c',
          image: 'secret/image',
          env: [{ name: 'A', value: 'hunter2' }],
          args: ['--password=hunter2'],
          ports: [{ containerPort: 80 }],
        },
      ],
    },
    status: { phase: 'Running', podIP: 'FD00:0::1' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'np', namespace: 'a' },
    spec: { egress: [{ to: [{ ipBlock: { cidr: '10.1.2.3/8' } }], ports: [{}] }] },
  },
  {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'c', namespace: 'a' },
    spec: { endpointSelector: {} },
    status: { x: 1 },
  },
];
const list = JSON.stringify({ kind: 'List', apiVersion: 'v1', items: objects }, null, 1);

describe('reading', () => {
  it('refuses values that no cluster could hold, each with its path', async () => {
    const odd = [
      { apiVersion: 'v1', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a.b' } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { ports: [{ port: 65536 }, { port: 0 }, {}] },
      },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ ports: [{ name: 'UP' }] }] } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q' }, status: { podIPs: [{ ip: '10.0.0.256' }] } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { replicas: -1 } },
      { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'e' }, ports: [{ port: 70000 }] },
    ];
    const text = odd.map((object) => JSON.stringify(object)).join('\n');
    const error = await read(text).catch((thrown: unknown) => thrown);
    const complaints = (error as ManifestError).errors.map(({ object, path }) => `${object} ${path}`);
    expect(complaints).toEqual([
      '(no kind) kind',
      'Namespace/-/a.b metadata.name',
      'Service/default/s spec.ports[0].port',
      'Service/default/s spec.ports[1].port',
      'Service/default/s spec.ports[2].port',
      'Pod/default/p spec.containers[0].ports[0].name',
      'Pod/default/p spec.containers[0].ports[0].name',
      'Pod/default/p spec.containers[0].ports[0].containerPort',
      'Pod/default/q status.podIPs[0].ip',
      'Deployment.apps/default/d spec.replicas',
      'EndpointSlice.discovery.k8s.io/default/e ports[0].port',
    ]);
  });

  it('keeps images of what runs the network only, and passes over kinds and groups it does not know', async () => {
    const spec = { containers: [{ name: 'c', image: 'registry.example/shop:1' }] };
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'logs', controller: true };
    const { objects: found, skipped } = await read(
      [
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'shop' }, spec: { template: { spec } } },
        { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'logs' }, spec: { template: { spec } } },
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'logs-1', ownerReferences: [owner] }, spec },
        { apiVersion: 'example.com/v1', kind: 'NetworkThing', metadata: { name: 'x' } },
      ]
        .map((object) => JSON.stringify(object))
        .join('\n'),
    );
    expect(found).toHaveLength(3);
    expect(JSON.stringify(found)).not.toContain('registry.example');
    expect(skipped).toEqual({ 'NetworkThing.example.com': 1 });
  });

  it('takes YAML for YAML, with directives before it and in its flow style', async () => {
    const flow = '{apiVersion: v1, kind: Namespace, metadata: {name: a}}';
    const texts = ['%YAML 1.1', '# why', '---', flow, '...', '%TAG ! !x', '---', flow.replace('name: a', 'name: b')];
    expect((await read(texts.join('\n'))).objects.map(({ ref }) => ref.name)).toEqual(['a', 'b']);
    expect((await read(flow)).objects).toHaveLength(1);
    expect((await read(`{ \n ${JSON.stringify(objects[0]).slice(1)}`)).objects).toHaveLength(1);
  });

  it('does not depend on where the stream is cut', async () => {
    const whole = await read(list);
    expect(whole.objects).toHaveLength(4);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), async (size) => {
        expect((await read(list, {}, size)).objects).toEqual(whole.objects);
      }),
      { numRuns: 70 },
    );
  });

  it('reads what it has stored to the very same again', async () => {
    const first = await read(list);
    const again = await read(first.objects.map(({ body }) => body).join('\n'));
    expect(again.objects).toEqual(first.objects);
    expect(contentHash(again.objects)).toBe(contentHash(first.objects));
  });

  it('writes defaults out and keeps nothing secret', async () => {
    const { objects: stored } = await read(list);
    const body = (kind: string): unknown =>
      JSON.parse((stored.find(({ ref }) => ref.kind === kind) as StoredObject).body);
    expect(body('NetworkPolicy')).toMatchObject({
      spec: {
        policyTypes: ['Ingress', 'Egress'],
        egress: [{ ports: [{ protocol: 'TCP' }], to: [{ ipBlock: { cidr: '10.0.0.0/8', except: [] } }] }],
      },
    });
    expect(body('Pod')).toMatchObject({
      spec: { serviceAccountName: 'default' },
      status: { podIPs: [{ ip: 'fd00::1' }] },
    });
    const text = JSON.stringify(stored);
    for (const secret of ['hunter2', 'secret/image', 'brackets', '"x":1']) expect(text).not.toContain(secret);
  });

  it('is the same whatever the order of the input', async () => {
    const { objects: stored } = await read(list);
    const reversed = await read(JSON.stringify({ kind: 'List', apiVersion: 'v1', items: objects.toReversed() }));
    expect(reversed.objects).toEqual(stored);
  });

  it('names the line of what it cannot read', async () => {
    await expect(
      read('{"apiVersion":"v1",\n"kind":"Namespace",\n"metadata":{"name":"a"}}\n{"apiVersion":"v1",}'),
    ).rejects.toMatchObject({ code: 'MALFORMED', errors: [{ line: 4 }] });
    await expect(read('a: 1\n---\nb: 2\nc: [')).rejects.toMatchObject({
      code: 'MALFORMED',
      errors: [{ line: expect.any(Number) }],
    });
  });

  it('notes what is odd about policies, at most so often, and counts the others', async () => {
    const policy = (n: number): unknown => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `p-${n}`, namespace: 'a' },
      spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.1/8', except: ['10.1.0.0/16'] } }] }] },
    });
    const text = Array.from({ length: 103 }, (_, n) => JSON.stringify(policy(n))).join('\n');
    const { diagnostics } = await read(text);
    const noted = diagnostics.filter(({ code }) => code === 'CIDR_HOST_BITS');
    expect(noted.length).toBe(101);
    expect(noted[0]).toMatchObject({
      severity: 'info',
      object: 'NetworkPolicy.networking.k8s.io/a/p-0',
      path: 'spec.ingress[0].from[0].ipBlock.cidr',
    });
    expect(noted[0].message).toContain('10.0.0.0/8 is meant (found "10.0.0.1/8")');
    expect(noted[100]).toEqual({ code: 'CIDR_HOST_BITS', severity: 'info', message: '3 more of these are not listed' });
    const threaded = await read(text, {
      threads: 2,
      threadsAfterBytes: 0,
      batchBytes: 2000,
      contentType: 'application/json',
    });
    expect(threaded.diagnostics).toEqual(diagnostics);
  });

  it('puts policies of old API groups where they belong now', async () => {
    const { objects: stored } = await read(
      JSON.stringify({
        apiVersion: 'extensions/v1beta1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { template: {} },
      }),
    );
    expect(stored[0].ref).toEqual({ group: 'apps', kind: 'Deployment', namespace: 'default', name: 'd' });
  });

  it.each(Object.entries({ bytesMax: 100, documentBytesMax: 60, objectsMax: 1, podsMax: 0, depthMax: 3 }))(
    'stops at %s and names it',
    async (limit, max) => {
      await expect(read(list, { limits: { [limit]: max } })).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
        httpClass: 'tooLarge',
        message: expect.stringContaining(`${limit} is ${max}`),
      });
      expect(defaultReadLimits[limit as keyof typeof defaultReadLimits]).toBeGreaterThan(max);
    },
  );

  it('cuts YAML at its document lines, whatever pieces it comes in', async () => {
    const text = [
      '# none yet\r\n---\r\n# nor here\n...\n--- # first\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n',
      "\n\n...\n%YAML 1.2\n# with a directive\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b, annotations: {x: '---'}}\n",
      '--- {apiVersion: v1, kind: Namespace, metadata: {name: c}}\n---\n---',
    ].join('');
    const whole = await read(text);
    expect(whole.objects.map(({ ref }) => ref.name)).toEqual(['a', 'b', 'c']);
    for (const size of [1, 2, 3, 7, 64]) expect((await read(text, {}, size)).objects).toEqual(whole.objects);
  });

  it('reads what it has stored to the very same again', async () => {
    const first = await read(list);
    const again = await read(first.objects.map(({ body }) => body).join('\n'));
    expect(again.objects).toEqual(first.objects);
    expect(contentHash(again.objects)).toBe(contentHash(first.objects));
  });

  it('writes defaults out and keeps nothing secret', async () => {
    const { objects: stored } = await read(list);
    const body = (kind: string): unknown =>
      JSON.parse((stored.find(({ ref }) => ref.kind === kind) as StoredObject).body);
    expect(body('NetworkPolicy')).toMatchObject({
      spec: {
        policyTypes: ['Ingress', 'Egress'],
        egress: [{ ports: [{ protocol: 'TCP' }], to: [{ ipBlock: { cidr: '10.0.0.0/8', except: [] } }] }],
      },
    });
    expect(body('Pod')).toMatchObject({
      spec: { serviceAccountName: 'default' },
      status: { podIPs: [{ ip: 'fd00::1' }] },
    });
    const text = JSON.stringify(stored);
    for (const secret of ['hunter2', 'secret/image', 'brackets', '"x":1']) expect(text).not.toContain(secret);
  });

  it('is the same whatever the order of the input', async () => {
    const { objects: stored } = await read(list);
    const reversed = await read(JSON.stringify({ kind: 'List', apiVersion: 'v1', items: objects.toReversed() }));
    expect(reversed.objects).toEqual(stored);
  });

  it('names the line of what it cannot read', async () => {
    await expect(
      read('{"apiVersion":"v1",\n"kind":"Namespace",\n"metadata":{"name":"a"}}\n{"apiVersion":"v1",}'),
    ).rejects.toMatchObject({ code: 'MALFORMED', errors: [{ line: 4 }] });
    await expect(read('a: 1\n---\nb: 2\nc: [')).rejects.toMatchObject({
      code: 'MALFORMED',
      errors: [{ line: expect.any(Number) }],
    });
  });

  it('puts policies of old API groups where they belong now', async () => {
    const { objects: stored } = await read(
      JSON.stringify({
        apiVersion: 'extensions/v1beta1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { template: {} },
      }),
    );
    expect(stored[0].ref).toEqual({ group: 'apps', kind: 'Deployment', namespace: 'default', name: 'd' });
  });

  it.each(Object.entries({ bytesMax: 100, documentBytesMax: 60, objectsMax: 1, podsMax: 0, depthMax: 3 }))(
    'stops at %s and names it',
    async (limit, max) => {
      await expect(read(list, { limits: { [limit]: max } })).rejects.toMatchObject({
        code: 'LIMIT_EXCEEDED',
        httpClass: 'tooLarge',
        message: expect.stringContaining(`${limit} is ${max}`),
      });
      expect(defaultReadLimits[limit as keyof typeof defaultReadLimits]).toBeGreaterThan(max);
    },
  );

  it('cuts YAML at its document lines, whatever pieces it comes in', async () => {
    const text = [
      '# none yet\r\n---\r\n# nor here\n...\n--- # first\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: a\n',
      "\n\n...\n%YAML 1.2\n# with a directive\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b, annotations: {x: '---'}}\n",
      '--- {apiVersion: v1, kind: Namespace, metadata: {name: c}}\n---\n---',
    ].join('');
    const whole = await read(text);
    expect(whole.objects.map(({ ref }) => ref.name)).toEqual(['a', 'b', 'c']);
    for (const size of [1, 2, 3, 7, 64]) expect((await read(text, {}, size)).objects).toEqual(whole.objects);
  });

  it('stops at more documents than a limit, be they empty', async () => {
    await expect(read('---\n'.repeat(6), { limits: { documentsMax: 5 } })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('documentsMax is 5'),
    });
  });

  it('takes a long text of short lines, or of directives, in little time', async () => {
    await expect(read('---\n'.repeat(300_000))).rejects.toMatchObject({ code: 'EMPTY_INPUT' });
    await expect(read('%x\n...\n# c\n'.repeat(100_000))).rejects.toMatchObject({ code: 'MALFORMED' });
    await expect(read(`a: b\n${'\n'.repeat(3_000_000)}`)).rejects.toMatchObject({ code: 'INVALID_OBJECT' });
  }, 10_000);

  it('warns of fields that the server would drop, and refuses them where it is strict', async () => {
    const policy = JSON.stringify({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'a' },
      spec: { podSelecter: {}, ingress: [{ form: [] }] },
    });
    expect((await read(policy)).diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['UNKNOWN_FIELD', 'spec.podSelecter'],
      ['UNKNOWN_FIELD', 'spec.ingress[0].form'],
    ]);
    await expect(read(policy, { strict: 'strict' })).rejects.toMatchObject({ code: 'INVALID_OBJECT' });
  });
});
