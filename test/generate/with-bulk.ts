import type { GeneratedObject } from './generated-object.js';
import { Random } from './random.js';

type Value = Readonly<Record<string, unknown>>;

/**
 * The object as `kubectl get -o json` shows it, with everything that ingest drops: field managers, status, env,
 * volumes, annotations. A pod is about 2.8 kB,
 * indented 8 kB; the ceiling is 520 MB, indented 1.5 GB.
 */
export function withBulk(object: GeneratedObject): GeneratedObject {
  const random = new Random('bulk', object.kind, object.metadata.name);
  const metadata = { ...object.metadata, ...bulkOfMetadata(object, random) };
  return object.kind === 'Pod'
    ? {
        ...object,
        metadata: inOrder(metadata),
        spec: bulkOfPodSpec(object, random),
        status: bulkOfPodStatus(object, random),
      }
    : { ...object, metadata: inOrder(metadata) };
}

/** Metadata as the API server writes it, keys by the alphabet. */
function inOrder(metadata: Value): GeneratedObject['metadata'] {
  return Object.fromEntries(
    Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
  ) as GeneratedObject['metadata'];
}

function bulkOfMetadata({ kind, metadata }: GeneratedObject, random: Random): Value {
  const time = timeOf(random);
  const labels = Object.fromEntries(
    Object.keys((metadata.labels as Value | undefined) ?? {}).map((key) => [`f:${key}`, {}]),
  );
  const manager = kind === 'Pod' ? 'kube-controller-manager' : 'kubectl-client-side-apply';
  const managedFields: unknown[] = [
    {
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, ...labels }, ...(kind === 'Pod' ? ownedMetadata(random) : {}) },
        'f:spec': kind === 'Pod' ? ownedPodSpec : { 'f:selector': {}, 'f:type': {} },
      },
      manager,
      operation: 'Update',
      time,
    },
  ];
  if (kind === 'Pod') managedFields.push(ownedStatus(time));
  const annotations =
    kind === 'Pod'
      ? podAnnotations(random)
      : { 'example.com/change': `CHG-${random.below(90_000)} "quoted" \\ \u00e4\u4e16` };
  return {
    annotations,
    creationTimestamp: time,
    ...(kind === 'Pod' ? { generateName: `${metadata.name.slice(0, -5)}` } : { generation: 1 + random.below(9) }),
    managedFields,
    resourceVersion: String(100_000 + random.below(900_000_000)),
  };
}

function podAnnotations(random: Random): Value {
  return {
    'cni.projectcalico.org/containerID': random.hex(32),
  };
}

const ownedMetadata = (random: Random): Value => ({
  'f:generateName': {},
  'f:ownerReferences': { '.': {}, [`k:{"uid":"${random.uid()}"}`]: {} },
});

const ownedPodSpec: Value = {
  'f:containers': {
    'k:{"name":"app"}': {
      '.': {},
      'f:image': {},
      'f:name': {},
      'f:resources': {},
    },
  },
};

const ownedStatus = (time: string): Value => ({
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: {
    'f:status': {
      'f:conditions': { 'k:{"type":"Ready"}': { '.': {}, 'f:status': {}, 'f:type': {} } },
      'f:phase': {},
    },
  },
  manager: 'kubelet',
  operation: 'Update',
  subresource: 'status',
  time,
});

function bulkOfPodSpec(object: GeneratedObject, random: Random): Value {
  const spec = object.spec as Value & { containers: readonly Value[] };
  const token = `kube-api-access-${random.suffix(5)}`;
  return {
    ...spec,
    containers: spec.containers.map((container) => ({
      env: [
        { name: 'LOG_LEVEL', value: random.pick(['info', 'debug', '']) },
        { name: 'FEATURES', value: `{"a": ${random.below(10)}, "note": "[{]}"}` },
        { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { key: 'url', name: 'database' } } },
      ],
      ...container,
      resources: { limits: { memory: '512Mi' } },
      volumeMounts: [{ mountPath: '/etc/app', name: 'config' }],
    })),
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    tolerations: [
      { effect: 'NoExecute', key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 },
    ],
    volumes: [
      { configMap: { defaultMode: 420, name: 'config' }, name: 'config' },
      { name: token, projected: { defaultMode: 420 } },
    ],
  };
}

function bulkOfPodStatus(object: GeneratedObject, random: Random): Value {
  const status = object.status as Value & { conditions: readonly Value[] };
  const time = timeOf(random);
  const [{ status: ready }] = status.conditions;
  const condition = (type: string, word: unknown): Value => ({ lastTransitionTime: time, status: word, type });
  return {
    ...status,
    conditions: [condition('Initialized', 'True'), condition('Ready', ready), condition('PodScheduled', 'True')],
    containerStatuses: [
      {
        containerID: `containerd://${random.hex(64)}`,
        name: 'app',
        ready: ready === 'True',
        restartCount: random.below(4),
        started: true,
        state: { running: { startedAt: time } },
      },
    ],
    qosClass: 'Burstable',
  };
}

function timeOf(random: Random): string {
  return new Date(1_760_000_000_000 + random.below(10_000_000) * 1000).toISOString().replace('.000', '');
}
