import { readFileSync } from 'node:fs';
import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { auditCluster } from '#audit';
import { detectDataplane } from '#dataplane';
import { type Cluster, openCluster, parseVerdictQuestion } from '#engine';
import { PackedModel, packModel } from '#manifests';
import { answerTrace, type Route, type Trace } from '#trace';
import { openObjects } from './open.js';
import type { KubernetesObject } from './worlds.js';

/** What a trace of a case is compared in; only what is written is compared. */
interface ExpectedTrace {
  /** `from to port`, with a protocol behind where it is not TCP; `-` for no port. */
  readonly ask: string;
  readonly delivery?: string;
  /** Names of devices in their order, `fabric` for the network between nodes. */
  readonly devices?: readonly string[];
  readonly nodes?: readonly string[];
  /** `type port outer source -> outer destination overhead`, or `none`. */
  readonly encap?: string;
  readonly seenByPolicy?: string;
  readonly seenByPod?: string;
  readonly pathMtu?: number;
  readonly forwards?: number;
  /** `direction@device`. */
  readonly gates?: readonly string[];
  /** What the first gate sees: `source -> destination:port`. */
  readonly seen?: string;
  /** Chain or hook of each gate. */
  readonly hooks?: readonly string[];
  /** Code of the first reason. */
  readonly reason?: string;
  /** Part of the `when` of the route that is compared; the first route where none is given. */
  readonly route?: string;
  readonly connection?: number;
  /** What becomes of that route alone. */
  readonly arrives?: string;
  readonly verdict?: string;
  /** Name of an assumption that the trace rests on, with a part of its value: `dns: may not`. */
  readonly assumes?: string;
  /** Number of routes. */
  readonly routes?: number;
}

interface Case {
  readonly id: string;
  readonly title: string;
  /** A file of worlds/, or several that are put together, `plain cilium`. */
  readonly world: string;
  readonly netConf?: string;
  /** The type that nodes are annotated with, where the case changes it. */
  readonly backendType?: string;
  readonly annotate?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Labels of nodes. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly addresses?: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, readonly string[]>>;
  readonly containers?: Readonly<Record<string, readonly object[]>>;
  /** Environment of the first container. */
  readonly env?: Readonly<Record<string, readonly object[]>>;
  readonly spec?: Readonly<Record<string, object>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly add?: readonly KubernetesObject[];
  /** The same, for what several cases share. */
  readonly more?: readonly KubernetesObject[];
  readonly remove?: readonly string[];
  /** Policies that deny all ingress of their namespace. */
  readonly policies?: readonly string[];
  readonly info?: object;
  /** What a user says of the network, as `dataplane=` takes it. */
  readonly said?: string;
  readonly primary?: string;
  readonly policyEngine?: string;
  readonly enforcement?: string;
  readonly proxy?: string;
  readonly podMtu?: number | null;
  /** `mode nodes podsPerNode`. */
  readonly capacity?: string;
  /** Ids that must be among the findings. */
  readonly findings?: readonly string[];
  /** Ids that must not. */
  readonly without?: readonly string[];
  /** A part of some finding's message. */
  readonly says?: string;
  readonly traces?: readonly ExpectedTrace[];
}

/** As much of an object as cases change. */
interface Editable {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  readonly data?: Record<string, string>;
  readonly spec: { readonly template: { readonly spec: { readonly containers: { args?: readonly string[]; env?: readonly object[] }[] } } };
  readonly status: { readonly addresses: { address: string }[] };
}

const folder = new URL('./dataplane/', import.meta.url);
const worlds = new Map<string, string>();

function worldNamed(name: string): Editable[] {
  return name.split(' ').flatMap((file) => {
    const text = worlds.get(file) ?? readFileSync(new URL(`worlds/${file}.yaml`, folder), 'utf8');
    worlds.set(file, text);
    return loadAll(text).filter((object) => object !== null && object !== undefined) as Editable[];
  });
}

function keyOf({ kind, metadata }: Editable): string {
  return `${kind}/${metadata.namespace ?? '-'}/${metadata.name}`;
}

/** The objects of a world, changed as a case says. */
function objectsOf(one: Case): KubernetesObject[] {
  const objects = worldNamed(one.world).filter((object) => !(one.remove ?? []).includes(keyOf(object)));
  const named = (key: string): Editable => {
    const object = objects.find((candidate) => keyOf(candidate) === key);
    if (object === undefined) throw new Error(`${one.id}: the world has no ${key}`);
    return object;
  };
  for (const object of objects) {
    if (one.netConf !== undefined && object.data?.['net-conf.json'] !== undefined)
      object.data['net-conf.json'] = one.netConf;
    const annotations = object.metadata.annotations;
    if (one.backendType !== undefined && annotations?.['flannel.alpha.coreos.com/backend-type'] !== undefined)
      annotations['flannel.alpha.coreos.com/backend-type'] = one.backendType;
  }
  for (const [name, values] of Object.entries(one.annotate ?? {})) {
    const { metadata } = named(`Node/-/${name}`);
    metadata.annotations = { ...metadata.annotations, ...values };
  }
  for (const [name, values] of Object.entries(one.labels ?? {})) {
    const { metadata } = named(`Node/-/${name}`);
    metadata.labels = { ...metadata.labels, ...values };
  }
  for (const [name, address] of Object.entries(one.addresses ?? {}))
    named(`Node/-/${name}`).status.addresses[0].address = address;
  for (const [key, args] of Object.entries(one.args ?? {})) named(key).spec.template.spec.containers[0].args = args;
  for (const [key, more] of Object.entries(one.containers ?? {}))
    named(key).spec.template.spec.containers.push(...more);
  for (const [key, env] of Object.entries(one.env ?? {})) named(key).spec.template.spec.containers[0].env = env;
  for (const [key, values] of Object.entries(one.spec ?? {})) Object.assign(named(key).spec, values);
  for (const [key, values] of Object.entries(one.data ?? {})) Object.assign(named(key).data ?? {}, values);
  const policies = (one.policies ?? []).map((path) => {
    const [namespace, name] = path.split('/');
    const spec = { podSelector: {}, policyTypes: ['Ingress'] };
    return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { namespace, name }, spec };
  });
  const info =
    one.info === undefined ? [] : [{ apiVersion: 'canreach.dev/v1', kind: 'SnapshotInfo', ...one.info }];
  return [...info, ...objects, ...policies, ...(one.add ?? []), ...(one.more ?? [])] as unknown as KubernetesObject[];
}

function seen({ delivery, verdict, routes, assumptions }: Trace, route: Route, expected: ExpectedTrace): ExpectedTrace {
  const { hops } = route;
  const wrapped = hops.find(({ encap }) => encap !== null)?.encap;
  const all: Required<ExpectedTrace> = {
    ask: expected.ask,
    delivery,
    devices: hops.flatMap(({ device, kind }) => (kind === 'fabric' ? ['fabric'] : device === null ? [] : [device])),
    nodes: hops.map(({ node }) => node ?? '-'),
    encap:
      wrapped == null
        ? 'none'
        : `${wrapped.type} ${wrapped.port ?? '-'} ${wrapped.outerSource} -> ${wrapped.outerDestination} ${wrapped.overheadBytes}`,
    seenByPolicy: route.sourceSeenByPolicy ?? 'nobody',
    seenByPod: route.sourceSeenByPod ?? 'nobody',
    pathMtu: route.pathMtu ?? 0,
    forwards: route.forwards,
    gates: hops.flatMap(({ gate, device }) => (gate === undefined ? [] : [`${gate.direction}@${device}`])),
    seen: seenAt(hops.find(({ gate }) => gate !== undefined)?.gate),
    hooks: hops.flatMap(({ gate }) => (gate === undefined ? [] : [gate.hook])),
    reason: route.reasons[0]?.split(':')[0] ?? '',
    routes: routes.length,
    route: route.when.includes(expected.route ?? '') ? (expected.route ?? '') : route.when,
    connection: route.connection,
    arrives: route.delivery,
    verdict,
    assumes: assumedAs(expected.assumes ?? '', assumptions),
  };
  return Object.fromEntries(
    Object.entries(all).filter(([key]) => Object.hasOwn(expected, key)),
  ) as unknown as ExpectedTrace;
}

function seenAt(gate: Route['hops'][number]['gate']): string {
  return gate === undefined ? 'nothing' : `${gate.seen.source} -> ${gate.seen.destination}:${gate.seen.destinationPort}`;
}

function traced(cluster: Cluster, expected: ExpectedTrace): ExpectedTrace {
  const [from, to, port, protocol] = expected.ask.split(' ');
  const asked = { from, to, protocol, ...(port === '-' ? {} : { port }) };
  const trace = answerTrace(cluster, parseVerdictQuestion(asked));
  const { routes } = trace;
  return seen(trace, routes.find(({ when }) => when.includes(expected.route ?? '')) ?? routes[0], expected);
}

/** The expectation where an assumption meets it, else what there is under that name. */
function assumedAs(expected: string, assumptions: Trace['assumptions']): string {
  const [name, part] = expected.split(': ');
  const values = assumptions.filter((one) => one.name === name).map(({ value }) => value);
  return values.some((value) => value.includes(part ?? '')) ? expected : `${name}: ${values.join('; ')}`;
}

const cases = ['vectors', 'cases', 'checks', 'entries', 'services', 'others', 'masquerading', 'dns'].flatMap(
  (file) => load(readFileSync(new URL(`${file}.yaml`, folder), 'utf8')) as Case[],
);

describe('networks', () => {
  it.each(cases.map((one) => [`${one.id}: ${one.title}`, one] as const))('%s', async (_, one) => {
    const plain = await openObjects(objectsOf(one));
    // As it lies in the store: nothing that detection and traces read may be lost there.
    const packed = new PackedModel(packModel(plain.model));
    const cluster = openCluster({ model: packed, dataplane: detectDataplane(packed, one.said) });
    expect(detectDataplane(packed)).toEqual(plain.dataplane);
    const { primary, policyEngine, enforcement, proxy, podMtu, capacity } = cluster.dataplane;
    const found = {
      primary: primary.value,
      policyEngine: policyEngine.value,
      enforcement: enforcement.value,
      proxy: proxy.value,
      podMtu: podMtu.value,
      capacity: capacity.value === null ? null : Object.values(capacity.value).join(' '),
    };
    const wanted = Object.fromEntries(
      Object.keys(found)
        .filter((key) => Object.hasOwn(one, key))
        .map((key) => [key, one[key as keyof Case]]),
    );
    expect(found).toMatchObject(wanted);
    expect((one.traces ?? []).map((trace) => traced(cluster, trace))).toEqual(one.traces ?? []);
    const findings = auditCluster(cluster);
    const ids = new Set(findings.map(({ id }) => id));
    expect([...ids]).toEqual(expect.arrayContaining([...(one.findings ?? [])]));
    expect((one.without ?? []).filter((id) => ids.has(id))).toEqual([]);
    if (one.says !== undefined) expect(findings.map(({ message }) => message).join('\n')).toContain(one.says);
  });
});
