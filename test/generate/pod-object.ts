import { type ClusterPlan, type PlannedWorkload, systemNamespace } from './cluster-plan.js';
import type { GeneratedObject } from './generated-object.js';
import { Random } from './random.js';

/** One pod, as it is in the plan's generation. */
export interface PlannedPod {
  readonly number: number;
  readonly workload: PlannedWorkload;
  readonly name: string;
  readonly uid: string;
  readonly node: number;
  readonly ip: string;
  readonly finished: boolean;
}

/** The nth pod of a workload. */
export function planPod(plan: ClusterPlan, workload: PlannedWorkload, nth: number): PlannedPod {
  const { seed, mutate } = plan.options;
  const number = workload.firstPod + nth;
  const isDaemon = workload.kind === 'DaemonSet';
  const generation = isDaemon ? 0 : plan.generationOf('pod', number, mutate);
  const random = new Random(seed, 'pod', number, generation);
  const { nodes } = plan.profile;
  // 7919 is prime: pods next to each other are far apart, and a round over the nodes meets each once.
  const node = isDaemon ? nth : (number * (nodes % 7919 === 0 ? 7907 : 7919)) % nodes;
  const name =
    workload.kind === 'StatefulSet'
      ? `${workload.name}-${nth}`
      : workload.kind === 'Deployment'
        ? `${workload.name}-${templateHash(workload)}-${random.suffix(5)}`
        : `${workload.name}-${random.suffix(5)}`;
  // Each generation takes its addresses from another part of the node's range, so that none is used twice.
  const perNode = Math.ceil(plan.podCount / nodes);
  const parts = Math.max(1, Math.floor(250 / perNode));
  const slot = Math.floor(number / nodes) + perNode * (generation % parts);
  return {
    number,
    workload,
    name,
    uid: random.uid(),
    node,
    ip: workload.hostNetwork ? nodeAddress(node) : `${podRange(node)}.${2 + slot}`,
    finished: isFinished(workload),
  };
}

export function podObject(plan: ClusterPlan, pod: PlannedPod): GeneratedObject {
  const { workload } = pod;
  const namespace = plan.namespaces[workload.namespace].name;
  const labels: Record<string, string> = { ...workload.labels };
  if (workload.kind === 'Deployment') labels['pod-template-hash'] = templateHash(workload);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      labels,
      name: pod.name,
      namespace,
      ownerReferences: [ownerOf(workload)],
      uid: pod.uid,
    },
    spec: {
      containers: [{ image: workload.image, name: 'app', ports: workload.ports }],
      ...(workload.hostNetwork ? { hostNetwork: true } : {}),
      nodeName: nodeName(pod.node),
      serviceAccountName: workload.namespace === systemNamespace ? workload.name : 'default',
    },
    status: {
      conditions: [{ status: pod.finished ? 'False' : 'True', type: 'Ready' }],
      phase: pod.finished ? 'Succeeded' : 'Running',
      podIP: pod.ip,
      podIPs: [{ ip: pod.ip }],
    },
  };
}

function ownerOf(workload: PlannedWorkload): Record<string, unknown> {
  const kind = workload.kind === 'Deployment' ? 'ReplicaSet' : workload.kind;
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    blockOwnerDeletion: true,
    controller: true,
    kind,
    name: kind === 'ReplicaSet' ? replicaSetName(workload) : workload.name,
    uid: workloadUid(workload, kind),
  };
}

export function workloadUid({ name, number }: PlannedWorkload, kind: string): string {
  return new Random(kind, name, number).uid();
}

export function templateHash({ name, number }: PlannedWorkload): string {
  return new Random('template', name, number).suffix(9);
}

export function replicaSetName(workload: PlannedWorkload): string {
  return `${workload.name}-${templateHash(workload)}`;
}

export function nodeName(number: number): string {
  return `node-${String(number).padStart(4, '0')}`;
}

export function nodeAddress(number: number): string {
  return `192.168.${number >> 8}.${number & 255}`;
}

/** The first three bytes of a node's pod range, which is a /24. */
export function podRange(node: number): string {
  return `10.${64 + (node >> 8)}.${node & 255}`;
}

/** Four of five Jobs are over, with all of their pods. */
export function isFinished({ kind, number }: PlannedWorkload): boolean {
  return kind === 'Job' && new Random('finished', number).chance(80);
}
