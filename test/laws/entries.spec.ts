import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  answerVerdict,
  type Cluster,
  compactVerdict,
  type ConnectionsView,
  ConnectivityWalk,
  type ExposureItem,
  findExposure,
  parseConnectivityQuestion,
  parseVerdictQuestion,
  type Verdict,
} from '#engine';
import { openText } from '../corpus/open.js';
import { asManifests, randomCluster } from '../generate/random-cluster.js';
import type { RawObject } from '../oracle/objects.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Math.min(Number(process.env.CANREACH_RUNS ?? 300), 300);

/** A namespace and a workload of one pod without labels, of which only the template is there. */
const bare = [
  '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"bare"}}',
  '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"none","namespace":"bare"},"spec":{"template":{"spec":{"containers":[]}}}}',
];

interface ServiceObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly ports: readonly { readonly port: number }[] };
}

/** An Ingress in front of every Service, served by a workload or pod, or by nobody who is known. */
function withIngresses(objects: readonly RawObject[], controller: string | null): Promise<Cluster> {
  const services = objects.filter(({ kind }) => (kind as string) === 'Service') as unknown as ServiceObject[];
  const ingresses = services.map(({ metadata, spec }) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata,
    spec: { defaultBackend: { service: { name: metadata.name, port: { number: spec.ports[0].port } } } },
  }));
  const dataplane = controller === null ? {} : { ingressController: controller };
  const info = { apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', dataplane };
  return openText(
    [asManifests(objects), ...bare, ...[...ingresses, info].map((one) => JSON.stringify(one))].join('\n'),
  );
}

function answers({ model }: Cluster, ask: (to: string) => Verdict): Verdict[] {
  return model.entries.map(({ ref }) => ask(`ingress:${ref.namespace}/${ref.name}`));
}

const fromInternet =
  (cluster: Cluster) =>
  (to: string): Verdict =>
    answerVerdict(cluster, parseVerdictQuestion({ from: 'internet', to }));

it(
  `what an entry says of a backend is what its controller's pod is told (seed ${seed})`,
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(randomCluster, async (objects) => {
        const pod = objects.find(({ kind, metadata }) => kind === 'Pod' && metadata.namespace !== undefined);
        if (pod === undefined) return;
        const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
        const cluster = await withIngresses(objects, name);
        const inFamily = (to: string): Verdict =>
          answerVerdict(cluster, parseVerdictQuestion({ from: 'internet', to, family: 'IPv4' }));
        for (const { entries = [] } of answers(cluster, inFamily)) {
          const [{ controller, backends }] = entries;
          // It is not live: something stands for it.
          if (controller.pods === 0) continue;
          for (const { backend, port, verdict, reason } of backends.flatMap((one) => one.backends)) {
            // A Service may have its backend in the other family only.
            if (verdict === 'notApplicable') continue;
            const question = parseVerdictQuestion({ from: `pod:${name}`, to: backend, port, family: 'IPv4' });
            expect({ backend, port, verdict, reason }).toEqual({ backend, port, ...compactVerdict(cluster, question) });
          }
        }
      }),
      { seed, numRuns },
    );
  },
);

it(
  `a stand-in is told what a pod without labels is told of which nobody knows the address (seed ${seed})`,
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(randomCluster, async (objects) => {
        const [standIn, template] = await Promise.all([
          withIngresses(objects, null),
          withIngresses(objects, 'bare/none'),
        ]);
        // A policy whose rules match nobody in the cluster is none to the index, and one to a replay.
        const shown = (reason: string): string => (reason === 'NO_RULE_MATCHED' ? 'NO_POLICY_APPLIES' : reason);
        const said = (cluster: Cluster): unknown =>
          answers(cluster, fromInternet(cluster)).map(
            ({ verdict, reason, intended, backends, implementationDefined }) => ({
              verdict,
              reason: shown(reason),
              intended,
              backends: backends?.map((part) => ({ ...part, reason: shown(part.reason) })),
              implementationDefined,
            }),
          );
        expect(said(standIn)).toEqual(said(template));
      }),
      { seed, numRuns },
    );
  },
);

it(`rows of controllers hold what some entry is let through to (seed ${seed})`, { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(randomCluster, async (objects) => {
      const cluster = await withIngresses(objects, null);
      const walk = new ConnectivityWalk(cluster, parseConnectivityQuestion({ level: 'pod', include: 'ingress' }));
      const rows = [...walk.rows()]
        .filter((row) => row !== null)
        .map((row) => walk.view(row))
        .filter(({ source }) => source.kind === 'IngressController');
      const listed = rows.flatMap(({ destination, connections }) => {
        const { namespace, name } = destination as { namespace: string; name: string };
        return portsOf(connections).map((port) => `pod:${namespace}/${name} ${port}`);
      });
      const allowed = answers(cluster, fromInternet(cluster)).flatMap(({ entries = [] }) =>
        entries.flatMap(({ backends }) =>
          backends.flatMap((one) =>
            one.backends
              .filter(({ backend, verdict }) => backend.startsWith('pod:') && verdict === 'allowed')
              .map(({ backend, port }) => `${backend} ${port}`),
          ),
        ),
      );
      expect([...new Set(listed)].filter((one) => allowed.includes(one)).sort()).toEqual([...new Set(allowed)].sort());
    }),
    { seed, numRuns },
  );
});

it(
  `a workload is exposed at its address exactly where the internet reaches it (seed ${seed})`,
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(randomCluster, async (objects) => {
        const cluster = await openText(asManifests(objects));
        const question = parseConnectivityQuestion({ family: 'IPv4' });
        const items = [...findExposure(cluster, question).items].filter((item) => item !== null);
        const workloads = [...new Set(cluster.model.pods)].map(({ namespace, name, workload }) => ({
          peer: workload === null ? `pod:${namespace}/${name}` : `workload:${namespace}/${workload.name}`,
          name: workload?.name ?? name,
          namespace,
        }));
        for (const { peer, namespace, name } of workloads) {
          const own = items.filter(
            ({ workload, via }) =>
              (via.kind === 'Address' || via.kind === 'HostNetwork') &&
              'namespace' in workload &&
              workload.namespace === namespace &&
              workload.name === name,
          );
          const { verdict } = compactVerdict(
            cluster,
            parseVerdictQuestion({ from: 'internet', to: peer, port: 80, family: 'IPv4' }),
          );
          if (verdict === 'notApplicable') continue;
          expect({ peer, verdict }).toEqual({ peer, verdict: wordAt80(own, verdict) });
        }
      }),
      { seed, numRuns },
    );
  },
);

/** What rows say of TCP 80; where some may and some may not, or nobody knows of some, the verdict is one of two. */
function wordAt80(items: readonly ExposureItem[], verdict: string): string {
  const has = (view: ConnectionsView | undefined): boolean =>
    view !== undefined && (view.all || portsOf(view).includes('80'));
  if (items.some(({ some, connections }) => some !== true && has(connections))) return 'allowed';
  if (items.some(({ connections }) => has(connections))) return 'mixed';
  if (items.some(({ unknown }) => has(unknown))) return verdict === 'mixed' ? 'mixed' : 'unknown';
  return 'denied';
}

/** Ports of TCP, single ones; of a range those that clusters are asked about. */
function portsOf({ all, protocols }: ConnectionsView): string[] {
  if (all) return ['80'];
  return (protocols?.TCP ?? []).flatMap((text) => {
    const [first, last = first] = text.split('-').map(Number);
    return last - first < 100
      ? Array.from({ length: last - first + 1 }, (_, i) => String(first + i))
      : first <= 80 && last >= 80
        ? ['80']
        : [];
  });
}
