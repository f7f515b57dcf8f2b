/** A JSON schema, as far as this document needs it. */
export type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const integer: Schema = { type: 'integer' };
const boolean: Schema = { type: 'boolean' };
const nullable = (type: string): Schema => ({ type: [type, 'null'] });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const mapOf = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties });
const words = (...values: string[]): Schema => ({ type: 'string', enum: values });
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** An object whose properties are all required but those named. */
function record(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

const page = (item: Schema): Schema => record({ items: listOf(item), nextCursor: nullable('string') });
const verdictPart = { verdict: ref('VerdictWord'), reason: text };

/** Everything that routes answer and take, by name. */
export const schemas: Readonly<Record<string, Schema>> = {
  Problem: record({
    type: text,
    title: text,
    status: integer,
    detail: text,
    code: text,
    errors: listOf(
      record({ code: text, message: text, object: text, path: text, value: text, accepted: text, line: integer }, [
        'object',
        'path',
        'value',
        'accepted',
        'line',
      ]),
    ),
  }),
  Cluster: record({ name: text, createdAt: { type: 'string', format: 'date-time' }, snapshots: integer }),
  ClusterPage: page(ref('Cluster')),
  Diagnostic: record(
    {
      code: text,
      severity: words('error', 'warning', 'info'),
      message: text,
      object: text,
      path: text,
      reason: text,
      detail: text,
      value: text,
      line: integer,
    },
    ['object', 'path', 'reason', 'detail', 'value', 'line'],
  ),
  Snapshot: record({
    id: { type: 'string', format: 'uuid' },
    cluster: text,
    number: integer,
    label: nullable('string'),
    takenAt: { type: 'string', format: 'date-time' },
    createdAt: { type: 'string', format: 'date-time' },
    contentHash: text,
    sameAs: nullable('string'),
    normaliserVersion: integer,
    counts: mapOf(integer),
    skipped: mapOf(integer),
    dataplane: mapOf(text),
    diagnostics: listOf(ref('Diagnostic')),
    compile: record({
      state: words('notCompiled', 'compiling', 'ready', 'failed'),
      millis: nullable('integer'),
      classes: nullable('integer'),
      profiles: nullable('integer'),
      indexBytes: nullable('integer'),
      fromCache: nullable('boolean'),
    }),
  }),
  SnapshotPage: page(ref('Snapshot')),
  LabelChange: record({ label: nullable('string') }),
  VerdictWord: words('allowed', 'denied', 'unknown', 'notApplicable', 'mixed'),
  ObjectRef: record({ group: text, kind: text, namespace: nullable('string'), name: text }),
  ResolvedPeer: record({ kind: text, namespace: nullable('string'), name: text, note: text }, ['note']),
  Assumption: record({ name: text, value: text, provenance: words('observed', 'derived', 'assumed', 'configured') }),
  Gate: record({
    direction: words('Ingress', 'Egress'),
    verdict: ref('VerdictWord'),
    isolated: boolean,
    tier: nullable('string'),
    decidedBy: listOf(record({ policy: ref('ObjectRef'), rule: integer, action: text })),
    considered: listOf(record({ policy: ref('ObjectRef'), why: text })),
    notUnderstood: listOf(ref('ObjectRef')),
  }),
  Connections: record({ all: boolean, protocols: mapOf(listOf(text)) }, ['protocols']),
  ConnectivityEnd: record(
    {
      kind: text,
      namespace: text,
      name: text,
      replicas: integer,
      pods: integer,
      hostNetwork: boolean,
      ranges: listOf(text),
    },
    ['namespace', 'name', 'replicas', 'pods', 'hostNetwork', 'ranges'],
  ),
  ConnectivityRow: record(
    {
      source: ref('ConnectivityEnd'),
      destination: ref('ConnectivityEnd'),
      connections: ref('Connections'),
      unknown: ref('Connections'),
      some: boolean,
    },
    ['unknown', 'some'],
  ),
  Connectivity: record({
    snapshot: text,
    level: words('namespace', 'workload', 'class', 'pod'),
    mode: words('effective', 'intended'),
    rows: listOf(ref('ConnectivityRow')),
    nextCursor: nullable('string'),
    assumptions: listOf(ref('Assumption')),
  }),
  EndPage: record({
    snapshot: text,
    level: words('namespace', 'workload', 'class', 'pod'),
    mode: words('effective', 'intended'),
    items: listOf(ref('ConnectivityEnd')),
    nextCursor: nullable('string'),
  }),
  MutualPairPage: record({
    snapshot: text,
    level: words('namespace', 'workload', 'class', 'pod'),
    mode: words('effective', 'intended'),
    items: listOf(
      record({
        source: ref('ConnectivityEnd'),
        destination: ref('ConnectivityEnd'),
        connections: ref('Connections'),
        reverse: ref('Connections'),
      }),
    ),
    nextCursor: nullable('string'),
  }),
  FlowExample: record({ from: text, to: text, protocol: text, port: nullable('integer'), family: nullable('string') }),
  BackendVerdict: record({ backend: text, port: nullable('integer'), ...verdictPart }),
  Verdict: record(
    {
      ...verdictPart,
      intended: ref('VerdictWord'),
      effective: ref('VerdictWord'),
      message: text,
      resolved: record({ from: ref('ResolvedPeer'), to: ref('ResolvedPeer') }),
      protocol: text,
      port: nullable('string'),
      implementationDefined: listOf(text),
      assumptions: listOf(ref('Assumption')),
      gates: listOf(ref('Gate')),
      notUnderstood: listOf(ref('ObjectRef')),
      connections: mapOf(ref('Connections')),
      families: mapOf(record(verdictPart)),
      counts: mapOf(integer),
      examples: mapOf(ref('FlowExample')),
      example: ref('FlowExample'),
      ports: listOf(record({ protocol: text, port: integer, ...verdictPart, backends: listOf(ref('BackendVerdict')) })),
      backends: listOf(ref('BackendVerdict')),
    },
    ['connections', 'families', 'counts', 'examples', 'example', 'ports', 'backends'],
  ),
  CompactVerdict: record(verdictPart),
  Flow: record(
    { from: text, to: text, protocol: text, port: { type: ['string', 'integer'] }, family: words('IPv4', 'IPv6') },
    ['protocol', 'port', 'family'],
  ),
  Flows: record({ flows: { type: 'array', items: ref('Flow'), minItems: 1, maxItems: 100_000 } }),
  Verdicts: record({ verdicts: listOf({ anyOf: [ref('CompactVerdict'), ref('Verdict')] }) }),
  WorkloadRef: record({ group: text, kind: text, namespace: text, name: text }),
  Pod: record({
    namespace: text,
    name: text,
    labels: mapOf(text),
    addresses: listOf(text),
    node: nullable('string'),
    hostNetwork: boolean,
    phase: text,
    ready: boolean,
    workload: { anyOf: [ref('WorkloadRef'), { type: 'null' }] },
    ports: listOf({ type: 'object' }),
    origin: words('Observed', 'Template'),
  }),
  PodPage: page(ref('Pod')),
  WorkloadPage: page(
    record({
      group: text,
      kind: text,
      namespace: text,
      name: text,
      replicas: nullable('integer'),
      pods: integer,
      observed: boolean,
    }),
  ),
  ServicePage: page(
    record({
      namespace: text,
      name: text,
      type: text,
      headless: boolean,
      families: { type: ['array', 'null'], items: text },
      clusterIps: listOf(text),
      externalIps: listOf(text),
      loadBalancerIps: listOf(text),
      externalName: nullable('string'),
      selector: { type: ['object', 'null'] },
      ports: listOf({ type: 'object' }),
      publishNotReadyAddresses: boolean,
      internalTrafficPolicy: words('Cluster', 'Local'),
      externalTrafficPolicy: words('Cluster', 'Local'),
      slices: { type: ['array', 'null'], items: { type: 'object' } },
    }),
  ),
  PolicyPage: page(
    record({
      group: text,
      kind: text,
      namespace: nullable('string'),
      name: text,
      tier: nullable('string'),
      directions: listOf(text),
      rules: record({ ingress: integer, egress: integer }),
      understood: boolean,
    }),
  ),
  NodePage: page(
    record({
      name: text,
      labels: mapOf(text),
      addresses: listOf(text),
      podCidrs: listOf(text),
      kubeletVersion: nullable('string'),
      ready: nullable('boolean'),
    }),
  ),
  NamespacePage: page(record({ name: text, labels: mapOf(text), implicit: boolean })),
  SelectingPolicyPage: page(record({ policy: ref('ObjectRef'), directions: listOf(text) })),
  Dataplane: {
    type: 'object',
    description: 'Bare values, or under provenance=true each as {value, provenance, from}',
    properties: {
      primary: {},
      policyEngine: {},
      enforcement: {},
      proxy: {},
      podCidrs: {},
      serviceCidrs: {},
      semantics: {},
      perNode: listOf(record({ node: text, primary: text, policyEngine: text, enforcement: text })),
      assumptions: listOf(ref('Assumption')),
    },
    required: [
      'primary',
      'policyEngine',
      'enforcement',
      'proxy',
      'podCidrs',
      'serviceCidrs',
      'semantics',
      'perNode',
      'assumptions',
    ],
  },
  Health: record({ status: text }),
};
