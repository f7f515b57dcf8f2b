import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  answerVerdict,
  type Cluster,
  compactVerdict,
  DiffWalk,
  parseConnectivityQuestion,
  parseVerdictQuestion,
  type VerdictQuestion,
} from '#engine';
import { readManifests } from '#manifests';
import { editsBetween, type StoredObject } from '#model';
import { openObjects } from '../corpus/open.js';
import type { KubernetesObject } from '../corpus/worlds.js';
import { type CiliumRule, type CiliumWorld, ciliumWorld } from '../generate/random-cilium.js';
import {
  ciliumApiServer,
  ciliumNamespaces,
  ciliumNodes,
  CiliumOracle,
  ciliumPods,
  ciliumServices,
} from '../oracle/cilium-oracle.js';

/** Seed of this run; CANREACH_SEED repeats one. */
const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(process.env.CANREACH_RUNS ?? 2000);

/** Each pair is asked about a third of these, in turn. */
const asked = [
  ['TCP', 80],
  ['TCP', 81],
  ['TCP', 443],
  ['UDP', 53],
  ['UDP', 81],
  ['ICMP', 0],
] as const;
/** Types of ICMP that some rule names, and one that none does. */
const icmpTypes = [0, 8, 99, 128];
const outside = ['203.0.113.7', '203.0.113.9', '8.8.8.8', '2001:db8::1'];
const addresses = [
  ...ciliumPods.flatMap(({ ips }) => ips),
  ...Object.values(ciliumNodes).flatMap(({ ips }) => ips),
  ...outside,
];

it(
  `engine and a literal reading of Cilium agree on ${Math.ceil(runs / 4)} random clusters (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(ciliumWorld, async (world) => {
        const cluster = await openObjects(manifestsOf(world));
        const oracle = new CiliumOracle(world);
        let turn = 0;
        for (const source of addresses) {
          for (const destination of addresses) {
            if (source.includes(':') !== destination.includes(':')) continue;
            turn++;
            for (const [protocol, port] of asked.filter((_, i) => (i + turn) % 3 === 0)) {
              const types = protocol === 'ICMP' ? icmpTypes : [port];
              const judged = types.map((type) => oracle.judge({ source, destination, protocol, port: type }));
              const words = new Set(judged.map(({ allowed }) => (allowed ? 'allowed' : 'denied')));
              const wanted = words.size > 1 ? 'mixed' : [...words][0];
              const question = ask(`ip:${source}`, `ip:${destination}`, protocol, port);
              const found = compactVerdict(cluster, question);
              // What is required beside other policies is not followed.
              if (found.verdict === 'unknown' && hasRequires(world)) continue;
              if (found.verdict !== wanted) fail(world, question, `${found.verdict}, the reading ${wanted}`);
              if (turn % 7 !== 0) continue;
              const { verdict, reason, restrictedAtL7 } = answerVerdict(cluster, question);
              expect({ verdict, reason }, 'the full form says the same').toEqual(found);
              const restricted = judged.some((one) => one.restricted) ? 'http' : undefined;
              if (restrictedAtL7?.join() !== restricted)
                fail(world, question, `restricted: ${restrictedAtL7?.join()}, the reading ${restricted}`);
            }
          }
        }
      }),
      { seed, numRuns: Math.ceil(runs / 4) },
    );
  },
);

it(
  `index and replay agree under Cilium on ${Math.ceil(runs / 8)} random clusters (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(ciliumWorld, async (world) => {
        const cluster = await openObjects([...manifestsOf(world), ...templates]);
        const ends = [
          ...ciliumPods.map(({ namespace, name }) => `pod:${namespace}/${name}`),
          'pod:a/t',
          'pod:b/ht',
          'pod:b/pinned',
          'pod:a/agent',
          'node:n1',
          'node:n2',
          'ip:8.8.8.8',
        ];
        for (const from of ends) {
          for (const to of ends) {
            for (const protocol of ['TCP', 'ICMP'] as const) {
              const question = ask(from, to, protocol, 80);
              const replayed = compactVerdict(cluster, { ...question, semantics: { hairpin: 'exempt' } });
              const indexed = verdictOf(cluster, question);
              if (indexed !== replayed.verdict) fail(world, question, `${indexed}, the replay ${replayed.verdict}`);
            }
          }
        }
      }),
      { seed, numRuns: Math.ceil(runs / 8) },
    );
  },
);

it(
  `what edits may concern is all that changes under Cilium, in ${Math.ceil(runs / 10)} pairs of clusters (seed ${seed})`,
  { timeout: 600_000 },
  async () => {
    const pairs = fc
      .tuple(ciliumWorld, ciliumWorld, fc.boolean(), fc.boolean())
      .map(([one, other, isEdited, isMoved]) => ({
        before: manifestsOf(one),
        // One policy comes or goes, or Services lead elsewhere, or both.
        after: manifestsOf(
          isEdited
            ? { ...one, policies: [...one.policies.slice(1), ...other.policies.slice(0, 1)].filter(isFirst) }
            : one,
          isMoved ? movedServices : ciliumServices,
        ),
      }));
    await fc.assert(
      fc.asyncProperty(pairs, async ({ before, after }) => {
        const [from, to] = [await openWithObjects(before), await openWithObjects(after)];
        expect(changesBetween(from, to, 'edits')).toEqual(changesBetween(from, to, 'no edits'));
      }),
      { seed, numRuns: Math.ceil(runs / 10) },
    );
  },
);

it('a Service that leads elsewhere changes what a policy says that nobody edited', async () => {
  const rule = { Services: [{ k8sService: { serviceName: 'web', namespace: 'a' } }] };
  const policy = { name: 'p', namespace: 'c', sets: [{ endpointSelector: {}, egress: [rule] }] };
  const world: CiliumWorld = { policies: [policy], kubernetes: [] };
  const [from, to] = [
    await openWithObjects(manifestsOf(world)),
    await openWithObjects(manifestsOf(world, movedServices)),
  ];
  const changes = changesBetween(from, to, 'edits');
  expect(changes).toHaveLength(2);
  expect(changes).toEqual(changesBetween(from, to, 'no edits'));
});

interface Opened {
  readonly cluster: Cluster;
  readonly objects: readonly StoredObject[];
}

function changesBetween(before: Opened, after: Opened, known: 'edits' | 'no edits'): unknown[] {
  const edits = known === 'edits' ? editsBetween(before.objects, after.objects) : null;
  const question = parseConnectivityQuestion({ level: 'pod', include: 'nodes' });
  const walk = DiffWalk.open(before.cluster, after.cluster, edits, question);
  return [...walk.changes()].flatMap((change) => (change === null ? [] : [walk.view(change)]));
}

const movedServices: typeof ciliumServices = [
  { namespace: 'a', name: 'web', selector: { app: 'y' }, addresses: [] },
  { namespace: 'b', name: 'web', selector: { role: 'x' }, addresses: [] },
  { namespace: 'b', name: 'ext', selector: null, addresses: ['203.0.113.7'] },
];

/** Two policies of one name would be one object. */
function isFirst<T extends { readonly name: string; readonly namespace: string | null }>(
  { name, namespace }: T,
  i: number,
  all: readonly T[],
): boolean {
  return all.findIndex((one) => one.name === name && one.namespace === namespace) === i;
}

async function openWithObjects(objects: readonly KubernetesObject[]): Promise<Opened> {
  async function* bytes(): AsyncIterable<Uint8Array> {
    yield Buffer.from(objects.map((object) => JSON.stringify(object)).join('\n'));
  }
  return { cluster: await openObjects(objects), objects: (await readManifests(bytes())).objects };
}

function ask(from: string, to: string, protocol: string, port: number): VerdictQuestion {
  return parseVerdictQuestion({ from, to, protocol, port: protocol === 'ICMP' ? undefined : port });
}

function verdictOf(cluster: Cluster, question: VerdictQuestion): string {
  return compactVerdict(cluster, question).verdict;
}

function fail(world: CiliumWorld, { from, to, protocol, port }: VerdictQuestion, what: string): never {
  const objects = [...manifestsOf(world), ...templates].map((object) => JSON.stringify(object));
  const isPolicy = (text: string): boolean => text.includes('Policy');
  expect.fail(
    `${from} ${to} ${protocol} ${JSON.stringify(port)}: the engine says ${what}\n${objects.filter(isPolicy).join('\n')}`,
  );
}

/** Pods of which nobody knows the address, two of them on their node's network, and one such that is seen. */
const templates: readonly KubernetesObject[] = [
  deployment('a', 't', { app: 'x' }, {}),
  deployment('b', 'ht', { app: 'x' }, { hostNetwork: true }),
  deployment('b', 'pinned', { app: 'y' }, { hostNetwork: true, nodeName: 'n1' }),
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'a', name: 'agent', labels: { app: 'x' } },
    spec: { hostNetwork: true, nodeName: 'n2', containers: [{ name: 'c' }] },
    status: { phase: 'Running' },
  },
];

function deployment(namespace: string, name: string, labels: object, spec: object): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...spec, containers: [{ name: 'c' }] } },
    },
  };
}

function manifestsOf({ policies, kubernetes }: CiliumWorld, services = ciliumServices): KubernetesObject[] {
  return [
    { apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', dataplane: { policyEngine: 'cilium', enforcement: 'yes' } },
    ...Object.entries(ciliumNamespaces).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
    ...Object.entries(ciliumNodes).map(([name, { ips, labels }]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      status: { addresses: ips.map((address) => ({ type: 'InternalIP', address })) },
    })),
    ...ciliumPods.map(({ namespace, name, labels, ips, node, account, ports }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: {
        nodeName: node,
        serviceAccountName: account,
        containers: [
          {
            name: 'c',
            ports: Object.entries(ports).map(([port, [protocol, containerPort]]) => ({
              name: port,
              protocol,
              containerPort,
            })),
          },
        ],
      },
      status: { phase: 'Running', podIPs: ips.map((ip) => ({ ip })) },
    })),
    ...[...services, { namespace: 'default', name: 'kubernetes', selector: null, addresses: ciliumApiServer }].flatMap(
      ({ namespace, name, selector, addresses: behind }) => [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { namespace, name },
          spec: { selector: selector ?? undefined, ports: [{ port: 80 }] },
        },
        ...(behind.length === 0
          ? []
          : [
              {
                apiVersion: 'discovery.k8s.io/v1',
                kind: 'EndpointSlice',
                metadata: { namespace, name, labels: { 'kubernetes.io/service-name': name } },
                addressType: 'IPv4',
                endpoints: behind.map((address) => ({ addresses: [address] })),
                ports: [{ port: 80 }],
              },
            ]),
      ],
    ),
    ...policies.map(({ name, namespace, sets: [first, ...others] }) => ({
      apiVersion: 'cilium.io/v2',
      kind: namespace === null ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy',
      metadata: { name, namespace: namespace ?? undefined },
      spec: ruleSetOf(first),
      specs: others.length === 0 ? undefined : others.map(ruleSetOf),
    })),
    ...kubernetes.map(({ name, namespace, direction, app, peer, port }) => {
      const labels = { 'kubernetes.io/metadata.name': peer !== null && 'namespace' in peer ? peer.namespace : '' };
      const peers =
        peer === null ? [] : ['namespace' in peer ? { namespaceSelector: { matchLabels: labels } } : { ipBlock: peer }];
      return {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace },
        spec: {
          podSelector: app === null ? {} : { matchLabels: { app } },
          policyTypes: [direction],
          [direction.toLowerCase()]: [
            { [direction === 'Ingress' ? 'from' : 'to']: peers, ports: port === null ? [] : [{ port }] },
          ],
        },
      };
    }),
  ];
}

function ruleSetOf(set: CiliumWorld['policies'][number]['sets'][number]): unknown {
  const rules = (list: readonly CiliumRule[] | undefined, side: 'from' | 'to'): unknown =>
    list?.map(({ toPorts, icmps, ...peers }) => ({
      ...Object.fromEntries(Object.entries(peers).map(([name, value]) => [side + name, value as unknown])),
      toPorts,
      icmps,
    }));
  return {
    ...set,
    ingress: rules(set.ingress, 'from'),
    ingressDeny: rules(set.ingressDeny, 'from'),
    egress: rules(set.egress, 'to'),
    egressDeny: rules(set.egressDeny, 'to'),
  };
}

function hasRequires({ policies }: CiliumWorld): boolean {
  return JSON.stringify(policies).includes('"Requires"');
}
