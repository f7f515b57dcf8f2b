import { readFileSync } from 'node:fs';
import { CORE_SCHEMA, loadAll } from 'js-yaml';

/** The shorthand of a world in `spec/worlds.yaml`. */
interface World {
  readonly nodes: Record<string, { ips: string[]; labels: Record<string, unknown> }>;
  readonly namespaces: Record<string, Record<string, unknown>>;
  readonly pods: Record<string, WorldPod>;
  readonly services?: Record<string, WorldService>;
}
interface WorldPod {
  readonly l: Record<string, unknown>;
  readonly ip?: string[];
  readonly node: string;
  readonly sa?: string;
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly ports?: string[];
  readonly sidecar?: string[];
  readonly init?: string[];
}
interface WorldService {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly externalName?: string;
  readonly selector?: Record<string, unknown>;
  readonly ports: { port: number; targetPort?: number | string }[];
  readonly slices?: { addresses: string[]; port: number }[];
}

/** One case of the specification's tables. */
export interface SpecCase {
  readonly id: string;
  readonly t: string;
  readonly world: string;
  readonly namespaces?: Record<string, Record<string, unknown>>;
  readonly np?: { name: string; namespace: string; spec?: unknown }[];
  readonly anp?: { name: string; spec: unknown }[];
  readonly banp?: { name: string; spec: unknown }[];
  readonly cnp?: { name: string; spec: unknown }[];
  readonly expect: string;
}

export type KubernetesObject = Record<string, unknown>;

/** Reads a data file of `spec/`. */
export function loadSpec<T>(file: string): T {
  const text = readFileSync(new URL(`./spec/${file}.yaml`, import.meta.url), 'utf8');
  return loadAll(text, { schema: CORE_SCHEMA })[0] as T;
}

/** The Kubernetes objects that a case stands for, policies in the order in which they are applied. */
export function manifestsOf(specCase: SpecCase): KubernetesObject[] {
  const world = loadSpec<Record<string, World>>('worlds')[specCase.world];
  const namespaces = { ...world.namespaces, ...specCase.namespaces };
  return [
    ...Object.entries(namespaces).map(([name, labels]) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: texts(labels) } })),
    ...Object.entries(world.nodes).map(([name, { ips, labels }]) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: texts(labels) },
      status: { addresses: ips.map((address) => ({ type: 'InternalIP', address })) },
    })),
    ...Object.entries(world.pods).map(([key, pod]) => podOf(key, pod)),
    ...Object.entries(world.services ?? {}).flatMap(([key, service]) => serviceOf(key, service)),
    ...(specCase.np ?? []).map(({ name, namespace, spec }) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      ...(spec === undefined ? {} : { spec }),
    })),
    ...clusterWide(specCase.anp, 'v1alpha1', 'AdminNetworkPolicy'),
    ...clusterWide(specCase.banp, 'v1alpha1', 'BaselineAdminNetworkPolicy'),
    ...clusterWide(specCase.cnp, 'v1alpha2', 'ClusterNetworkPolicy'),
  ];
}

function clusterWide(list: { name: string; spec: unknown }[] = [], version: string, kind: string): KubernetesObject[] {
  return list.map(({ name, spec }) => ({ apiVersion: `policy.networking.k8s.io/${version}`, kind, metadata: { name }, spec }));
}

function podOf(key: string, pod: WorldPod): KubernetesObject {
  const [namespace, name] = key.split('/');
  const ports = (list: string[] | undefined): unknown[] =>
    (list ?? []).map((text) => {
      const [portName, rest] = text.split('=');
      const [protocol, number] = rest.split('/');
      return { name: portName, protocol, containerPort: Number(number) };
    });
  const init = [
    ...(pod.sidecar === undefined ? [] : [{ name: 'sidecar', restartPolicy: 'Always', ports: ports(pod.sidecar) }]),
    ...(pod.init === undefined ? [] : [{ name: 'init', ports: ports(pod.init) }]),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: texts(pod.l) },
    spec: {
      nodeName: pod.node,
      hostNetwork: pod.hostNetwork,
      serviceAccountName: pod.sa ?? 'default',
      containers: [{ name: 'main', ports: ports(pod.ports) }],
      initContainers: init,
    },
    status: { phase: pod.phase ?? 'Running', podIPs: (pod.ip ?? []).map((ip) => ({ ip })) },
  };
}

function serviceOf(key: string, service: WorldService): KubernetesObject[] {
  const [namespace, name] = key.split('/');
  const { slices, ...spec } = service;
  const selector = service.selector === undefined ? undefined : texts(service.selector);
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ...spec, selector } },
    ...(slices ?? []).map(({ addresses, port }, i) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-${i}`, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: addresses.map((address) => ({ addresses: [address] })),
      ports: [{ port, protocol: 'TCP' }],
    })),
  ];
}

function texts(values: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
