import fc from 'fast-check';
import { expect, it } from 'vitest';
import { detectDataplane } from '#dataplane';
import {
  type Cluster,
  compactVerdict,
  compileInputOf,
  decodeIndex,
  encodeIndex,
  indexInput,
  openCluster,
  parseVerdictQuestion,
} from '#engine';
import { openText } from '../corpus/open.js';
import { asManifests, randomCluster } from '../generate/random-cluster.js';
import type { RawObject, RawPolicy, RawRule } from '../oracle/objects.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** Verdicts of all pairs of pods at some ports, as text. */
function answers(cluster: Cluster): string[] {
  const pods = [...cluster.model.pods].map(({ namespace, name }) => `pod:${namespace}/${name}`);
  const ends = [...pods, 'ip:8.8.8.8', 'ip:10.0.0.200'];
  return ends.flatMap((from) =>
    ends.flatMap((to) =>
      ['53', '80', '8080'].map((port) => {
        const { verdict, reason } = compactVerdict(
          cluster,
          parseVerdictQuestion({ from, to, port, protocol: port === '53' ? 'UDP' : 'TCP' }),
        );
        return `${from} ${to} ${port} ${verdict} ${reason}`;
      }),
    ),
  );
}

/** Checks that something done to the objects leaves every answer as it was. */
function law(title: string, change: (objects: RawObject[]) => RawObject[]): void {
  it(`${title} changes no answer (seed ${seed})`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(randomCluster, async (objects) => {
        const distinct = lastOfEachName(objects);
        const before = answers(await openText(asManifests(distinct)));
        expect(answers(await openText(asManifests(change(distinct))))).toEqual(before);
      }),
      { seed, numRuns: 150 },
    );
  });
}

/** Policies of one name replace each other, so their order matters; the laws are about objects that are there. */
function lastOfEachName(objects: readonly RawObject[]): RawObject[] {
  const last = new Map(
    objects.map((object) => [`${object.kind} ${object.metadata.namespace}/${object.metadata.name}`, object]),
  );
  return [...last.values()];
}

const policies = (objects: readonly RawObject[], change: (policy: RawPolicy) => RawPolicy[]): RawObject[] =>
  objects.flatMap((object): RawObject[] => (object.kind === 'NetworkPolicy' ? change(object) : [object]));

law('reversing the objects', (objects) => objects.toReversed());

law('reversing rules, peers and ports', (objects) =>
  policies(objects, (policy) => {
    const reversed = (rules: readonly (RawRule | null)[] | null | undefined): (RawRule | null)[] | undefined =>
      rules
        ?.toReversed()
        .map((rule) =>
          rule === null
            ? null
            : { from: rule.from?.toReversed(), to: rule.to?.toReversed(), ports: rule.ports?.toReversed() },
        );
    return [
      {
        ...policy,
        spec: policy.spec && {
          ...policy.spec,
          ingress: reversed(policy.spec.ingress),
          egress: reversed(policy.spec.egress),
        },
      },
    ];
  }),
);

law('giving every peer of a rule a rule of its own', (objects) =>
  policies(objects, (policy) => {
    const split = (
      rules: readonly (RawRule | null)[] | null | undefined,
      side: 'from' | 'to',
    ): (RawRule | null)[] | undefined =>
      rules?.flatMap((rule) => {
        const peers = rule?.[side] ?? [];
        return peers.length === 0 ? [rule] : peers.map((peer) => ({ ...rule, [side]: [peer] }));
      });
    return [
      {
        ...policy,
        spec: policy.spec && {
          ...policy.spec,
          ingress: split(policy.spec.ingress, 'from'),
          egress: split(policy.spec.egress, 'to'),
        },
      },
    ];
  }),
);

law('splitting an ipBlock with exceptions into the blocks that are left', (objects) =>
  policies(objects, (policy) => {
    const split = (rules: readonly (RawRule | null)[] | null | undefined): (RawRule | null)[] | undefined =>
      rules?.map((rule) => {
        const peers = (list: RawRule['from']): RawRule['from'] =>
          list?.flatMap((peer) =>
            peer.ipBlock?.cidr === '10.0.0.0/24' && peer.ipBlock.except?.join() === '10.0.0.0/25'
              ? [{ ipBlock: { cidr: '10.0.0.128/25' } }]
              : [peer],
          );
        return rule === null ? null : { ...rule, from: peers(rule.from), to: peers(rule.to) };
      });
    return [
      {
        ...policy,
        spec: policy.spec && { ...policy.spec, ingress: split(policy.spec.ingress), egress: split(policy.spec.egress) },
      },
    ];
  }),
);

law('renaming a label key everywhere', (objects) => {
  const renamed = JSON.stringify(objects)
    .replaceAll('"app":', '"application.example/name":')
    .replaceAll('"key":"app"', '"key":"application.example/name"');
  return JSON.parse(renamed) as RawObject[];
});

it(`an index comes back from its bytes as it was (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(randomCluster, async (objects) => {
      const cluster = await openText(asManifests(objects));
      const bytes = encodeIndex(cluster.index);
      const again = openCluster({ model: cluster.model, dataplane: cluster.dataplane, index: decodeIndex(bytes) });
      expect(answers(again)).toEqual(answers(cluster));
      expect(encodeIndex(decodeIndex(bytes))).toEqual(bytes);
    }),
    { seed, numRuns: 100 },
  );
});

it('an edited image, annotation, Service or Ingress does not ask for another index; an edited label does', async () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'a', labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'one' }] },
    status: { phase: 'Running', podIP: '10.0.0.1' },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'a' },
    spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
  };
  const input = async (...objects: object[]): Promise<string> => {
    const { model } = await openText(objects.map((object) => JSON.stringify(object)).join('\n'));
    return [...indexInput(compileInputOf(model, detectDataplane(model)))].join('');
  };
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'i', namespace: 'elsewhere' },
    spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
  };
  const gateway = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'g', namespace: 'edge' },
    spec: { gatewayClassName: 'c', listeners: [{ name: 'l', port: 80, protocol: 'HTTP' }] },
  };
  const base = await input(pod, service);
  expect(await input(pod, service, ingress, gateway)).toBe(base);
  expect(
    await input(
      {
        ...pod,
        metadata: { ...pod.metadata, annotations: { a: 'b' } },
        spec: { containers: [{ name: 'c', image: 'two' }] },
      },
      service,
    ),
  ).toBe(base);
  expect(await input(pod, { ...service, spec: { ports: [{ port: 81 }] } })).toBe(base);
  expect(await input({ ...pod, metadata: { ...pod.metadata, labels: { app: 'y' } } }, service)).not.toBe(base);
  expect(await input({ ...pod, status: { ...pod.status, podIP: '10.0.0.2' } }, service)).not.toBe(base);
});

it('an edited label of a node asks for another index where rules speak of nodes, and only there', async () => {
  const input = async (labels: object, peer: object): Promise<string> => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels } };
    const policy = {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      metadata: { name: 'p' },
      spec: { priority: 1, subject: { namespaces: {} }, egress: [{ action: 'Deny', to: [peer] }] },
    };
    const { model } = await openText([node, policy].map((object) => JSON.stringify(object)).join('\n'));
    return [...indexInput(compileInputOf(model, detectDataplane(model)))].join('');
  };
  const ofNodes = { nodes: { matchLabels: { role: 'edge' } } };
  expect(await input({ role: 'edge' }, ofNodes)).not.toBe(await input({}, ofNodes));
  const ofPods = { namespaces: {} };
  expect(await input({ role: 'edge' }, ofPods)).toBe(await input({}, ofPods));
});
