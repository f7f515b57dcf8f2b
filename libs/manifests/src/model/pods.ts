import { compareText, type Pod, type Workload, type WorkloadRef } from '#model';
import type { Interner } from './interner.js';
import { keyOf, type Owners } from './owners.js';
import type { StoredPod, StoredTemplate, StoredWorkload } from './stored-body.js';

/** Pods and the workloads they belong to. */
export interface PodsAndWorkloads {
  readonly pods: readonly Pod[];
  readonly workloads: readonly Workload[];
}

/**
 * The pods of a snapshot. A workload of which no unfinished pod is in the input, and which would have one, gets a pod
 * made from its template: live, at an address nobody knows. A pod without a status is such a manifest too.
 */
export function podsAndWorkloads(
  observed: readonly Pod[],
  workloads: readonly StoredWorkload[],
  owners: Owners,
  interner: Interner,
): PodsAndWorkloads {
  const top = workloads.filter((workload) => owners.topOf(workload.metadata) === null);
  // Finished pods are left behind by CronJobs, and by Deployments whose pods were evicted; more will come.
  const unfinished = observed.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  const withPods = new Set(
    [...workloadsIn(unfinished)].map(({ kind, namespace, name }) => keyOf(kind, namespace, name)),
  );
  const without = top.filter(
    (workload) =>
      wouldHavePods(workload) &&
      !withPods.has(keyOf(workload.kind, workload.metadata.namespace as string, workload.metadata.name)),
  );
  const taken = new Set(without.length === 0 ? [] : observed.map(({ namespace, name }) => `${namespace}/${name}`));
  const made = without.map((workload) => templatePod(workload, interner, taken));
  const pods = [...observed, ...made].sort(byNamespaceAndName);
  return { pods, workloads: workloadsOf(top, observed) };
}

/** The workloads of pods; pods of one owner share its record. */
function workloadsIn(pods: readonly Pod[]): ReadonlySet<WorkloadRef> {
  const found = new Set<WorkloadRef>();
  for (const { workload } of pods) if (workload !== null) found.add(workload);
  return found;
}

function byNamespaceAndName(a: { namespace: string; name: string }, b: { namespace: string; name: string }): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

/** The pod of a body. */
export function observedPod({ metadata, spec, status }: StoredPod, owners: Owners, interner: Interner): Pod {
  const common = {
    namespace: metadata.namespace as string,
    name: metadata.name,
    labels: interner.labels(metadata.labels),
    node: spec.nodeName ?? null,
    hostNetwork: spec.hostNetwork,
    serviceAccount: spec.serviceAccountName,
    ports: interner.ports(spec),
    workload: owners.topOf(metadata),
    annotations: annotationsOf(metadata.annotations),
  };
  if (status === undefined) return { ...common, addresses: [], phase: 'Running', ready: true, origin: 'Template' };
  return {
    ...common,
    addresses: status.podIPs.map(({ ip }) => ip),
    phase: status.phase,
    ready: status.conditions[0]?.status === 'True',
    origin: 'Observed',
  };
}

/** Whether a workload without pods in the input is one whose pods were left out, and not one that has none. */
function wouldHavePods({ kind, spec, status }: StoredWorkload): boolean {
  if (kind === 'Job') return spec.suspend !== true && status === undefined;
  if (kind === 'DaemonSet') return status?.desiredNumberScheduled !== 0;
  return kind === 'CronJob' || spec.replicas !== 0;
}

function templatePod({ kind, metadata, spec }: StoredWorkload, interner: Interner, taken: Set<string>): Pod {
  const template = (spec.template ?? spec.jobTemplate?.spec.template) as StoredTemplate;
  const namespace = metadata.namespace as string;
  let { name } = metadata;
  while (taken.has(`${namespace}/${name}`)) name = `${name}-${kind.toLowerCase()}`;
  taken.add(`${namespace}/${name}`);
  return {
    namespace,
    name,
    labels: interner.labels(template.metadata.labels),
    addresses: [],
    node: template.spec.nodeName ?? null,
    hostNetwork: template.spec.hostNetwork,
    phase: 'Running',
    ready: true,
    serviceAccount: template.spec.serviceAccountName,
    ports: interner.ports(template.spec),
    workload: { group: groupOfKind(kind), kind, namespace, name: metadata.name },
    annotations: noAnnotations,
    origin: 'Template',
  };
}

const noAnnotations: Pod['annotations'] = {};
const ofCalico: Pod['annotations'] = { 'cni.projectcalico.org/podIP': '' };

/** Calico's annotation repeats the address: that it is there is all that counts, so that such pods share one record. */
function annotationsOf(stored: Pod['annotations'] | undefined): Pod['annotations'] {
  if (stored === undefined) return noAnnotations;
  const kept = Object.entries(stored).filter(([key]) => !key.startsWith('cni.projectcalico.org/'));
  const isCalico = kept.length < Object.keys(stored).length;
  if (kept.length === 0) return isCalico ? ofCalico : noAnnotations;
  return { ...Object.fromEntries(kept), ...(isCalico ? ofCalico : {}) };
}

function workloadsOf(top: readonly StoredWorkload[], observed: readonly Pod[]): Workload[] {
  const found = new Map<string, Workload>();
  for (const { kind, metadata, spec } of top) {
    const ref: WorkloadRef = {
      group: groupOfKind(kind),
      kind,
      namespace: metadata.namespace as string,
      name: metadata.name,
    };
    found.set(keyOf(kind, ref.namespace, ref.name), { ...ref, replicas: spec.replicas ?? null, observed: true });
  }
  for (const workload of workloadsIn(observed)) {
    const key = keyOf(workload.kind, workload.namespace, workload.name);
    if (!found.has(key)) found.set(key, { ...workload, replicas: null, observed: false });
  }
  return [...found.values()].sort(
    (a, b) => compareText(a.namespace, b.namespace) || compareText(a.kind, b.kind) || compareText(a.name, b.name),
  );
}

function groupOfKind(kind: string): string {
  if (kind === 'Job' || kind === 'CronJob') return 'batch';
  return kind === 'ReplicationController' ? '' : 'apps';
}
