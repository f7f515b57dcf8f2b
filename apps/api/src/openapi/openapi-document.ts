import { ref, type Schema, schemas } from './schemas.js';

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** Query parameters, by name, with what they mean. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly required?: readonly string[];
  /** Media types and schemas of the body. */
  readonly body?: Readonly<Record<string, Schema>>;
  /** Schema of the answer by media type; none for an empty one. */
  readonly answer: Readonly<Record<string, Schema>> | null;
  readonly status?: number;
}

const peer =
  'ns/name, pod:ns/name, workload:ns/name (deployment:, statefulset:, daemonset:, job:, cronjob:, replicaset:), service:ns/name, dns:name.ns.svc.cluster.local, node:name, ip:10.1.2.3, cidr:10.0.0.0/8, namespace:ns, internet, pods:ns{app=web}';
const entries = 'ingress:ns/name, route:, gateway:, httproute:, grpcroute:, tlsroute:, tcproute:, udproute:';
const settings = {
  family: 'IPv4 or IPv6; absent: every family that both ends have',
  mode: 'effective (what this cluster does, the default) or intended (what the policies say)',
  semantics:
    'knob:value,… for what upstream leaves to the implementation; preset:k8s, preset:calico or preset:cilium for all of it, and for whose policies decide',
  dataplane: 'key:value,… for what the snapshot does not show of its network',
};
const staged = 'true answers as if staged policies of Calico were in force';
const listing = {
  namespace: 'only this namespace',
  cursor: 'nextCursor of the page before',
  limit: '1 to 1000, 100 unless said',
};
const paging = { cursor: listing.cursor, limit: listing.limit };
const json = (name: string): Readonly<Record<string, Schema>> => ({ 'application/json': ref(name) });
const bytes: Schema = { type: 'string', format: 'binary' };
const connectivity = {
  level: 'namespace, workload (the default), class or pod',
  from: `only sources that belong to this peer: ${peer}; no Service`,
  to: 'only destinations that belong to this peer',
  protocol: 'only TCP, UDP, SCTP or ICMP; rows are cut to it',
  port: 'only a number or a range first-last, of TCP unless protocol says otherwise; rows are cut to it',
  include:
    'nodes: nodes are ends as well; ingress: rows tell what controllers of Ingresses, Routes and Gateways may open (not in readings and diffs); several joined by a comma',
  ...settings,
  semantics: 'preset:k8s, preset:calico or preset:cilium: the knobs of an engine, and its policies decide',
  format: 'json, ndjson, csv, md, dot or text; else what Accept prefers, else json',
  limit: '1 to 10000 on a page of JSON, 1000 unless said',
  cursor: listing.cursor,
  maxRows: 'an answer of more rows is refused with their count; 5000000 unless said, and no bound for pages of rows',
};
const { from: _from, to: _to, ...shared } = connectivity;
/** An answer in every format of a table. */
const tables = (name: string): Readonly<Record<string, Schema>> => ({
  ...json(name),
  ...Object.fromEntries(
    ['application/x-ndjson', 'text/csv', 'text/markdown', 'text/vnd.graphviz', 'text/plain'].map((type) => [
      type,
      { type: 'string' },
    ]),
  ),
});

/** Every route of the contract. A test compares this table with the routes that are served. */
export const operations: readonly Operation[] = [
  { method: 'get', path: '/api/v1/clusters', summary: 'Clusters by name', answer: json('ClusterPage') },
  {
    method: 'post',
    path: '/api/v1/clusters/{cluster}/snapshots',
    summary:
      'Stores manifests as a new snapshot, all or nothing. The body is streamed; its format is recognised where the content type does not say it.',
    query: {
      label: 'name of the snapshot, unique in the cluster',
      takenAt: 'RFC 3339; now unless said here or in a SnapshotInfo',
      strict: 'true refuses unknown kinds; false stores an invalid policy as not understood',
    },
    headers: { 'Idempotency-Key': 'the same key gives the first snapshot again, for 24 hours' },
    body: {
      'application/yaml': bytes,
      'application/json': bytes,
      'application/x-ndjson': bytes,
      'application/x-tar': bytes,
      'application/gzip': bytes,
    },
    status: 201,
    answer: json('Snapshot'),
  },
  {
    method: 'get',
    path: '/api/v1/clusters/{cluster}/snapshots',
    summary: 'Snapshots of a cluster, newest first',
    query: paging,
    answer: json('SnapshotPage'),
  },
  { method: 'get', path: '/api/v1/snapshots/{ref}', summary: 'One snapshot', answer: json('Snapshot') },
  { method: 'delete', path: '/api/v1/snapshots/{ref}', summary: 'Deletes a snapshot', status: 204, answer: null },
  {
    method: 'put',
    path: '/api/v1/snapshots/{ref}/label',
    summary: 'Gives a snapshot a label, moves it there from another snapshot of the cluster, or takes it away',
    body: json('LabelChange'),
    answer: json('Snapshot'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/bundle',
    summary: 'The normalised objects, to be ingested again elsewhere',
    answer: { 'application/x-ndjson': bytes },
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/verdict',
    summary: 'May `from` open connections to `to`, and why?',
    query: {
      from: peer,
      to: `${peer}, ${entries}`,
      protocol: 'TCP (the default), UDP, SCTP or ICMP',
      port: 'a number, a range first-last, or a name; absent: all',
      sourcePort: 'the port the connection is opened from, a number; absent: any',
      fields: 'only these fields; verdict,reason is the fastest',
      ...settings,
      staged,
    },
    required: ['from', 'to'],
    answer: json('Verdict'),
  },
  {
    method: 'post',
    path: '/api/v1/snapshots/{ref}/verdicts',
    summary: 'Many questions, answered in their order',
    query: { explain: 'true answers in full', ...settings, staged },
    body: json('Flows'),
    answer: json('Verdicts'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/connectivity',
    summary:
      'All connections, by source and destination. JSON comes in pages; every other format is streamed whole, and counted before the first byte.',
    query: connectivity,
    answer: tables('Connectivity'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/connectivity/unreached',
    summary: 'Ends made of pods that nobody else reaches, not even perhaps',
    query: connectivity,
    answer: tables('EndPage'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/connectivity/unreaching',
    summary: 'Ends made of pods that reach nobody else, not even perhaps',
    query: connectivity,
    answer: tables('EndPage'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/connectivity/bidirectional',
    summary: 'Pairs of ends that talk both ways',
    query: connectivity,
    answer: tables('MutualPairPage'),
  },
  {
    method: 'get',
    path: '/api/v1/diff',
    summary:
      'What became of connections from one snapshot to another, by source and destination. JSON comes in pages with the summary of the whole; every other format is streamed.',
    query: {
      from: 'the earlier snapshot, as a reference',
      to: 'the later snapshot',
      ...shared,
      source: `only sources that belong to this peer in either snapshot: ${peer}; no Service`,
      destination: 'only destinations that belong to this peer in either snapshot',
      maxRows: 'a diff of more changes is refused with their count; 5000000 unless said',
    },
    required: ['from', 'to'],
    answer: tables('Diff'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/trace',
    summary: 'How packets from `from` to `to` travel, hop by hop, and whether they arrive',
    query: {
      from: peer,
      to: `${peer}; a NodePort is node:name with the node port`,
      protocol: 'TCP (the default), UDP, SCTP or ICMP',
      port: 'a number, a range first-last, or a name; absent: all',
      ...settings,
    },
    required: ['from', 'to'],
    answer: json('Trace'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/findings',
    summary: 'What is wrong with the network and its policies, errors first',
    query: {
      severity: 'error, warning or info: only findings that are at least as bad',
      dataplane: settings.dataplane,
    },
    answer: json('Findings'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/exposure',
    summary:
      'What the outside can reach, by workload, then by way. JSON comes in pages; every other format is written whole.',
    query: {
      to: `only workloads that belong to this peer: ${peer}; no Service`,
      family: settings.family,
      mode: settings.mode,
      semantics: connectivity.semantics,
      dataplane: settings.dataplane,
      format: connectivity.format,
      limit: connectivity.limit,
      cursor: listing.cursor,
    },
    answer: tables('Exposure'),
  },
  { method: 'get', path: '/api/v1/snapshots/{ref}/pods', summary: 'Pods', query: listing, answer: json('PodPage') },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/workloads',
    summary: 'Workloads',
    query: listing,
    answer: json('WorkloadPage'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/services',
    summary: 'Services',
    query: listing,
    answer: json('ServicePage'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/policies',
    summary: 'Policies of every kind',
    query: listing,
    answer: json('PolicyPage'),
  },
  { method: 'get', path: '/api/v1/snapshots/{ref}/nodes', summary: 'Nodes', query: listing, answer: json('NodePage') },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/namespaces',
    summary: 'Namespaces',
    query: listing,
    answer: json('NamespacePage'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/dataplane',
    summary: 'Which network the cluster runs, as far as its objects tell',
    query: { provenance: 'true says where each value comes from', dataplane: settings.dataplane },
    answer: json('Dataplane'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/pods/{namespace}/{name}/policies',
    summary: 'The policies that apply to a pod',
    answer: json('SelectingPolicyPage'),
  },
  {
    method: 'get',
    path: '/api/v1/snapshots/{ref}/policies/{kind}/{namespace}/{name}/pods',
    summary: 'The pods that a policy applies to; kind is Kind or Kind.group',
    answer: json('PodPage'),
  },
  { method: 'get', path: '/healthz', summary: 'The process runs', answer: json('Health') },
  { method: 'get', path: '/readyz', summary: 'The database answers', answer: json('Health') },
  { method: 'get', path: '/metrics', summary: 'Prometheus metrics', answer: { 'text/plain': { type: 'string' } } },
];

const parameterMeanings: Readonly<Record<string, string>> = {
  ref: 'a snapshot id, cluster@latest, cluster@label, or cluster@2026-11-22T10:00:00Z (the newest at or before)',
  cluster: 'a name like prod-eu: [a-z0-9]([a-z0-9._-]*[a-z0-9])?, up to 63 characters',
};

/** OpenAPI 3.1. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Canreach',
      version: '1',
      description: 'Can A reach B in a Kubernetes cluster, and why?',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas },
  };
}

function describe({
  method,
  path,
  summary,
  query = {},
  headers = {},
  required = [],
  body,
  answer,
  status = 200,
}: Operation): Record<string, unknown> {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: parameterMeanings[name],
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    description,
    schema: { type: 'string' },
  }));
  const inHeader = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return {
    operationId: operationId(method, path),
    summary,
    parameters: [...inPath, ...inQuery, ...inHeader],
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      [status]: { description: 'OK', ...(answer === null ? {} : { content: contentOf(answer) }) },
      default: {
        description: 'A problem (RFC 9457)',
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    },
  };
}

function contentOf(media: Readonly<Record<string, Schema>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(media).map(([type, schema]) => [type, { schema }]));
}

function operationId(method: string, path: string): string {
  const words = path
    .replace('/api/v1', '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => part.replace(/[{}]/g, ''));
  return method + words.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
}
