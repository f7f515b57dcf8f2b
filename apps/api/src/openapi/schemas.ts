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

const gate = {
  direction: words('Ingress', 'Egress'),
  verdict: ref('VerdictWord'),
  isolated: boolean,
  tier: nullable('string'),
  decidedBy: listOf(record({ policy: ref('ObjectRef'), rule: integer, action: text })),
  considered: listOf(record({ policy: ref('ObjectRef'), why: text })),
  notUnderstood: listOf(ref('ObjectRef')),
};

const verdict = {
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
};
const optionalOfVerdict = ['connections', 'families', 'counts', 'examples', 'example', 'ports', 'backends'];
const hopKinds = [
  'socket',
  'loopback',
  'podInterface',
  'hostVeth',
  'bridge',
  'routing',
  'policy',
  'nat',
  'tunnelDevice',
  'nic',
  'fabric',
  'vf',
  'embeddedSwitch',
  'lb',
  'proxy',
];
const tuple = {
  source: nullable('string'),
  destination: nullable('string'),
  sourcePort: integer,
  destinationPort: integer,
};
const optionalOfTuple = ['sourcePort', 'destinationPort'];
const delivery = words('delivered', 'blockedByPolicy', 'unreachable', 'conditional', 'unknown');

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
  Gate: record(gate),
  Connections: record({ all: boolean, protocols: mapOf(listOf(text)) }, ['protocols']),
  FlowExample: record({ from: text, to: text, protocol: text, port: nullable('integer'), family: nullable('string') }),
  BackendVerdict: record({ backend: text, port: nullable('integer'), ...verdictPart }),
  Verdict: record(verdict, optionalOfVerdict),
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
      loadBalancerSourceRanges: listOf(text),
      sessionAffinity: words('None', 'ClientIP'),
      annotations: mapOf(text),
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
      backend: {},
      podMtu: {},
      podCidrs: {},
      serviceCidrs: {},
      capacity: {},
      candidates: listOf(
        record({
          name: text,
          score: integer,
          state: words('running', 'policyOnly', 'leftover'),
          signals: listOf(record({ signal: text, score: integer, from: ref('ObjectRef') }, ['from'])),
        }),
      ),
      semantics: {},
      perNode: listOf(record({ node: text, primary: text, policyEngine: text, enforcement: text })),
      assumptions: listOf(ref('Assumption')),
    },
    required: [
      'primary',
      'policyEngine',
      'enforcement',
      'proxy',
      'backend',
      'podMtu',
      'podCidrs',
      'serviceCidrs',
      'capacity',
      'candidates',
      'semantics',
      'perNode',
      'assumptions',
    ],
  },
  Tuple: record(tuple, optionalOfTuple),
  TracedGate: record({
    ...gate,
    engine: text,
    hook: text,
    enforcement: words('enforced', 'notEnforced', 'unknown'),
    denyAction: words('DROP', 'REJECT'),
    seen: ref('Tuple'),
  }),
  Encapsulation: record({
    type: words('VXLAN', 'IPIP', 'WireGuard', 'UDP', 'FOU', 'ESP', 'Geneve'),
    outerSource: nullable('string'),
    outerDestination: nullable('string'),
    port: nullable('integer'),
    overheadBytes: integer,
  }),
  Hop: record(
    {
      n: integer,
      node: nullable('string'),
      netns: words('pod', 'host', 'none'),
      device: nullable('string'),
      deviceNameSource: nullable('string'),
      kind: words(...hopKinds),
      action: text,
      encap: { anyOf: [ref('Encapsulation'), { type: 'null' }] },
      mtu: nullable('integer'),
      ...tuple,
      nat: record({ type: words('DNAT', 'SNAT'), before: ref('Tuple'), after: ref('Tuple'), by: text }),
      gate: ref('TracedGate'),
    },
    [...optionalOfTuple, 'nat', 'gate'],
  ),
  Route: record({
    when: text,
    network: text,
    delivery,
    reasons: listOf(text),
    sourceSeenByPolicy: nullable('string'),
    sourceSeenByPod: nullable('string'),
    pathMtu: nullable('integer'),
    forwards: integer,
    hops: listOf(ref('Hop')),
  }),
  Trace: record(
    { ...verdict, delivery, routes: listOf(ref('Route')), routesTotal: integer, suggestion: nullable('string') },
    optionalOfVerdict,
  ),
  Finding: record({
    id: text,
    severity: words('error', 'warning', 'info'),
    message: text,
    subjects: listOf(ref('ObjectRef')),
    evidence: { type: 'object' },
    advice: text,
  }),
  Findings: record({ findings: listOf(ref('Finding')) }),
  Health: record({ status: text }),
};
