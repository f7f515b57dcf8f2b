import {
  type ClusterPlan,
  type GenerateOptions,
  type PlannedService,
  type PlannedWorkload,
  planCluster,
} from './cluster-plan.js';
import type { GeneratedObject } from './generated-object.js';
import {
  isFinished,
  nodeAddress,
  nodeName,
  planPod,
  podObject,
  podRange,
  replicaSetName,
  templateHash,
  workloadUid,
} from './pod-object.js';
import { policyObjects } from './policy-objects.js';
import { Random } from './random.js';

const endpointsPerSliceMax = 100;

/**
 * Every object of a cluster, one at a time, kind after kind in the order of `kubectl get`; lean: without what ingest
 * drops, which `withBulk` adds. Memory: the plan, and one object.
 */
export function* generateObjects(options: GenerateOptions): Iterable<GeneratedObject> {
  const plan = planCluster(options);
  for (const { name, labels } of plan.namespaces)
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: { labels, name, uid: new Random('namespace', name).uid() } };
  for (let i = 0; i < plan.profile.nodes; i++) yield nodeObject(i);
  for (const workload of plan.workloads)
    for (let nth = 0; nth < workload.replicas; nth++) yield podObject(plan, planPod(plan, workload, nth));
  for (const workload of plan.workloads) yield* workloadObjects(plan, workload);
  for (const service of plan.services) yield serviceObject(plan, service);
  for (const service of plan.services) yield* endpointSlices(plan, service);
  for (let i = 0; i < plan.namespaces.length; i++) yield* policyObjects(plan, i);
}

function nodeObject(number: number): GeneratedObject {
  const name = nodeName(number);
  const podCidr = `${podRange(number)}.0/24`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${number % 3}` },
      name,
      uid: new Random('node', number).uid(),
    },
    spec: { podCIDR: podCidr, podCIDRs: [podCidr] },
    status: {
      addresses: [
        { address: nodeAddress(number), type: 'InternalIP' },
        { address: name, type: 'Hostname' },
      ],
      conditions: [{ status: 'True', type: 'Ready' }],
      nodeInfo: { kubeletVersion: 'v1.33.2' },
    },
  };
}

/** The controller, and the ReplicaSet of a Deployment. */
function* workloadObjects(plan: ClusterPlan, workload: PlannedWorkload): Iterable<GeneratedObject> {
  const { kind, name, labels, replicas, ports, image, hostNetwork } = workload;
  const namespace = plan.namespaces[workload.namespace].name;
  const template = {
    metadata: { labels },
    spec: { containers: [{ image, name: 'app', ports }], ...(hostNetwork ? { hostNetwork } : {}) },
  };
  const counted = kind === 'Deployment' || kind === 'StatefulSet' ? { replicas } : {};
  const selector = { matchLabels: labels };
  yield {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { labels: { ...labels }, name, namespace, uid: workloadUid(workload, kind) },
    spec: { ...counted, selector, template },
    status: statusOf(workload),
  };
  if (kind !== 'Deployment') return;
  const hashed = { ...labels, 'pod-template-hash': templateHash(workload) };
  const owner = { apiVersion: 'apps/v1', controller: true, kind, name, uid: workloadUid(workload, kind) };
  yield {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      labels: hashed,
      name: replicaSetName(workload),
      namespace,
      ownerReferences: [owner],
      uid: workloadUid(workload, 'ReplicaSet'),
    },
    spec: { replicas, selector: { matchLabels: hashed }, template: { ...template, metadata: { labels: hashed } } },
  };
}

function statusOf(workload: PlannedWorkload): Record<string, unknown> {
  const { kind, replicas } = workload;
  if (kind === 'DaemonSet') return { desiredNumberScheduled: replicas, numberReady: replicas };
  return isFinished(workload) ? { conditions: [{ type: 'Complete', status: 'True' }] } : {};
}

function serviceObject(plan: ClusterPlan, { number, name, workload }: PlannedService): GeneratedObject {
  const clusterIP = `172.${20 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      labels: { ...workload.labels },
      name,
      namespace: plan.namespaces[workload.namespace].name,
      uid: new Random('service', number).uid(),
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      ports: workload.ports.map(({ name: port, containerPort, protocol }) => ({
        name: port,
        port: containerPort === 53 ? 53 : port === 'http' ? 80 : containerPort,
        protocol,
        targetPort: port,
      })),
      selector: identity(workload),
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  };
}

function identity({ labels }: PlannedWorkload): Record<string, string> {
  return 'app' in labels ? { app: labels.app } : { 'k8s-app': labels['k8s-app'] };
}

function* endpointSlices(plan: ClusterPlan, { number, name, workload }: PlannedService): Iterable<GeneratedObject> {
  for (let first = 0; first < workload.replicas; first += endpointsPerSliceMax) {
    const count = Math.min(endpointsPerSliceMax, workload.replicas - first);
    const pods = Array.from({ length: count }, (_, i) => planPod(plan, workload, first + i));
    const namespace = plan.namespaces[workload.namespace].name;
    const random = new Random('slice', number, first);
    yield {
      addressType: 'IPv4',
      apiVersion: 'discovery.k8s.io/v1',
      endpoints: pods.map(({ ip, node, name: pod, uid }) => ({
        addresses: [ip],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: nodeName(node),
        targetRef: { kind: 'Pod', name: pod, namespace, uid },
      })),
      kind: 'EndpointSlice',
      metadata: {
        labels: { 'kubernetes.io/service-name': name },
        name: `${name}-${random.suffix(5)}`,
        namespace,
        uid: random.uid(),
      },
      ports: workload.ports.map(({ name: port, containerPort, protocol }) => ({
        name: port,
        port: containerPort,
        protocol,
      })),
    };
  }
}
