import fc from 'fast-check';
import { expect, it } from 'vitest';
import { detectDataplane } from '#dataplane';
import { answerVerdict, type Cluster, compileInputOf, indexInput, openCluster, parseVerdictQuestion } from '#engine';
import { PackedModel, packModel } from '#manifests';
import type { ClusterModel, Pod } from '#model';
import { openText } from '../corpus/open.js';
import { asManifests, randomCluster } from '../generate/random-cluster.js';

const seed = Number(process.env.CANREACH_SEED ?? Math.floor(Math.random() * 2 ** 31));

function plainPod(pod: Pod): Pod {
  const { namespace, name, labels, addresses, node, hostNetwork, phase, ready } = pod;
  const { serviceAccount, ports, workload, annotations, origin } = pod;
  return {
    namespace,
    name,
    labels,
    addresses,
    node,
    hostNetwork,
    phase,
    ready,
    serviceAccount,
    ports,
    workload,
    annotations,
    origin,
  };
}

/** A model as plain values, whatever it lies in. */
function plain(model: ClusterModel): unknown {
  const { namespaces, nodes, workloads, services, entries, policies, notUnderstood, components, networkObjects, info } =
    model;
  const pods = [...model.pods].map(plainPod);
  return {
    pods,
    namespaces,
    nodes,
    workloads,
    services,
    entries,
    policies,
    notUnderstood,
    components,
    networkObjects,
    info,
  };
}

/** Full answers for pairs of pods, workloads, Services, nodes and addresses. */
function answers(cluster: Cluster): unknown[] {
  const { pods, services, workloads } = cluster.model;
  const ends = [
    ...[...pods].map(({ namespace, name }) => `pod:${namespace}/${name}`),
    ...[...pods].flatMap(({ addresses }) => addresses.map((address) => `ip:${address}`)),
    ...workloads.map(({ kind, namespace, name }) => `${kind.toLowerCase()}:${namespace}/${name}`),
    'namespace:a',
    'pods:*{app=x}',
    'cidr:10.0.0.0/24',
  ];
  const targets = [...ends, ...services.map(({ namespace, name }) => `service:${namespace}/${name}`)];
  return ends.flatMap((from, i) =>
    targets
      .filter((_, k) => (i + k) % 3 === 0)
      .map((to) => {
        try {
          return answerVerdict(cluster, parseVerdictQuestion({ from, to, protocol: 'TCP' }));
        } catch (error) {
          return String(error);
        }
      }),
  );
}

it(
  `a packed model is the model, and every question gets the same answer (seed ${seed})`,
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(randomCluster, async (objects) => {
        const cluster = await openText(asManifests(objects));
        const bytes = packModel(cluster.model, { said: 'beside' });
        const model = new PackedModel(bytes);
        expect(model.extra).toEqual({ said: 'beside' });
        expect(plain(model)).toEqual(plain(cluster.model));
        expect(packModel(model, { said: 'beside' })).toEqual(bytes);
        const dataplane = detectDataplane(model);
        expect(dataplane).toEqual(cluster.dataplane);
        expect([...indexInput(compileInputOf(model, dataplane))]).toEqual([
          ...indexInput(compileInputOf(cluster.model, cluster.dataplane)),
        ]);
        expect(answers(openCluster({ model, dataplane }))).toEqual(answers(cluster));
      }),
      { seed, numRuns: 100 },
    );
  },
);

it('a model that is cut short or of another version is refused', async () => {
  const { model } = await openText(asManifests([{ kind: 'Namespace', metadata: { name: 'a' } }]));
  const bytes = packModel(model);
  expect(() => new PackedModel(bytes.slice(0, bytes.length - 4))).toThrow('end inside');
  const other = Buffer.from(bytes.slice());
  other.set(Buffer.from('0'), other.indexOf('"version":') + '"version":'.length);
  expect(() => new PackedModel(other)).toThrow('version 0');
});
