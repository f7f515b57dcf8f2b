import { detectDataplane } from '#dataplane';
import { type Cluster, DiffWalk, noChanges, openCluster, parseConnectivityQuestion, summaryOf } from '#engine';
import { buildModel } from '#manifests';
import {
  type ClusterModel,
  editsBetween,
  noSnapshotInfo,
  type ObjectEdit,
  type Policy,
  type StoredObject,
} from '#model';
import { generatedStoredObjects } from '../generate/generated-model.js';
import type { GenerateOptions } from '../generate/cluster-plan.js';
import type { BenchOptions, Figure } from './figure.js';
import { median } from './median.js';

interface Opened {
  readonly cluster: Cluster;
  readonly objects: readonly StoredObject[];
}

/** Comparing a ceiling cluster with what became of it: one policy, one percent of the pods, everything. */
export async function* benchDiffing({ scale, runs }: BenchOptions): AsyncIterable<Figure> {
  const base = opened({ profile: 'ceiling', scale });
  const measured = { unit: 'ms', runs, profile: 'ceiling', scale } as const;
  yield {
    figure: 'diff.policy',
    ...timedDiff(base, withoutRules(base), runs),
    target: { atMost: 200 },
    ...measured,
  };
  yield {
    figure: 'diff.mutated',
    ...timedDiff(base, opened({ profile: 'ceiling', scale, mutate: 1 }), runs),
    ...measured,
  };
  yield {
    figure: 'diff.unrelated',
    ...timedDiff(base, opened({ profile: 'ceiling', scale, seed: 2 }), 1),
    target: { atMost: 5000 },
    ...measured,
    runs: 1,
  };
}

function opened(options: GenerateOptions): Opened {
  const objects = [...generatedStoredObjects(options)].sort((a, b) => compare(a, b));
  const { model } = buildModel(objects, noSnapshotInfo);
  return { cluster: openCluster({ model, dataplane: detectDataplane(model) }), objects };
}

function compare({ ref: a }: StoredObject, { ref: b }: StoredObject): number {
  const key = ({ group, kind, namespace, name }: StoredObject['ref']): string =>
    `${group}\0${kind}\0${namespace ?? ''}\0${name}`;
  return key(a) < key(b) ? -1 : 1;
}

/** The same cluster, in which a policy in the middle of the list allows nothing any more. */
function withoutRules({ cluster, objects }: Opened): Opened & { edits: ObjectEdit[] } {
  const { policies } = cluster.model;
  const at = policies.findIndex(({ ingress }, i) => i > policies.length / 2 && ingress.length > 0);
  const edited: Policy = { ...policies[at], ingress: [] };
  const model: ClusterModel = { ...cluster.model, policies: policies.with(at, edited) };
  return {
    cluster: openCluster({ model, dataplane: cluster.dataplane }),
    objects,
    edits: [{ object: edited.ref, edit: 'modified' }],
  };
}

/** From opened snapshots and known edits to the summary and the first page; what two snapshots share is made before. */
function timedDiff(
  before: Opened,
  after: Opened & { edits?: ObjectEdit[] },
  runs: number,
): Pick<Figure, 'value' | 'details'> {
  const edits = after.edits ?? editsBetween(before.objects, after.objects);
  const question = parseConnectivityQuestion({ level: 'workload' });
  DiffWalk.open(before.cluster, after.cluster, [], question);
  const times: number[] = [];
  let details: Record<string, number> = {};
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    const walk = DiffWalk.open(before.cluster, after.cluster, edits, question);
    const made = performance.now();
    const summary = summaryOf(walk);
    const counted = performance.now();
    let page = 0;
    for (const change of walk.changes()) {
      if (change === null) continue;
      walk.view(change);
      if (++page === 100) break;
    }
    times.push(performance.now() - begun);
    details = {
      ...noChanges(),
      ...summary,
      edits: edits.length,
      targeted: walk.isTargeted ? 1 : 0,
      candidatesMillis: made - begun,
      summaryMillis: counted - made,
    };
  }
  return { value: median(times), details };
}
