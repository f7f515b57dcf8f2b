import { compareText, type Entry, type EntryBackend, type EntryPort, type Labels, type ObjectRef } from '#model';
import { distinctBackends } from './distinct-backends.js';
import { hostsAdmitted } from './listener-admission.js';
import type { ReferenceGrants } from './reference-grants.js';
import type {
  StoredBackendRef,
  StoredGateway,
  StoredGatewayClass,
  StoredGatewayRoute,
  StoredListener,
  StoredParentRef,
} from './stored-entries.js';

const gatewayGroup = 'gateway.networking.k8s.io';

/** What routes are judged beside. */
export interface GatewayObjects {
  /** By `namespace/name`. */
  readonly gateways: ReadonlyMap<string, StoredGateway>;
  readonly classes: ReadonlyMap<string, StoredGatewayClass>;
  readonly grants: ReferenceGrants;
  readonly labelsOf: (namespace: string) => Labels;
  /** Whether all Gateways are in the input. */
  readonly isComplete: boolean;
}

/** What a route of the Gateway API lets in: one entry for each Gateway that it names (policy semantics 5.3). */
export function gatewayRouteEntries(ref: ObjectRef, route: StoredGatewayRoute, objects: GatewayObjects): Entry[] {
  const backends = backendsOf(ref, route, objects.grants);
  const nothing = {
    ref,
    gateway: null,
    className: null,
    controllerName: null,
    ports: [],
    hosts: [],
    backends,
  } as const;
  const parents = new Map<string, StoredParentRef[]>();
  const others: Entry[] = [];
  for (const parent of route.spec.parentRefs) {
    // A Service as parent is a matter of a mesh, which lets nothing in.
    if (parent.group === '' && parent.kind === 'Service') continue;
    if (parent.group !== gatewayGroup || parent.kind !== 'Gateway') {
      const gateway = {
        group: parent.group,
        kind: parent.kind,
        namespace: parent.namespace ?? ref.namespace,
        name: parent.name,
      };
      others.push({ ...nothing, gateway, refusal: 'NotUnderstood' });
      continue;
    }
    const key = `${parent.namespace ?? ref.namespace}/${parent.name}`;
    parents.set(key, [...(parents.get(key) ?? []), parent]);
  }
  const entries = [...parents].map(([key, refs]): Entry => {
    const [namespace, name] = key.split('/');
    const gateway: ObjectRef = { group: gatewayGroup, kind: 'Gateway', namespace, name };
    const found = objects.gateways.get(key);
    if (found === undefined)
      return { ...nothing, gateway, refusal: objects.isComplete ? 'NoGateway' : 'NotUnderstood' };
    const className = found.spec.gatewayClassName;
    const admitting = admittingListeners(found, refs, {
      ref,
      spec: route.spec,
      namespaceLabels: objects.labelsOf(ref.namespace as string),
    });
    return {
      ref,
      gateway,
      refusal: admitting.length === 0 ? 'NotAdmitted' : null,
      className,
      controllerName: objects.classes.get(className)?.spec.controllerName ?? null,
      ports: distinctPorts(admitting.map(({ listener }) => listener)),
      hosts: admitting.some(({ hosts }) => hosts.length === 0)
        ? []
        : [...new Set(admitting.flatMap(({ hosts }) => hosts))].sort(compareText),
      backends,
    };
  });
  const all = [...entries, ...others];
  return all.length === 0 ? [{ ...nothing, refusal: 'NoParent' }] : all;
}

/** A Gateway that no route names. */
export function emptyGatewayEntry(ref: ObjectRef, { spec }: StoredGateway, classes: GatewayObjects['classes']): Entry {
  return {
    ref,
    gateway: ref,
    refusal: 'NoRoute',
    className: spec.gatewayClassName,
    controllerName: classes.get(spec.gatewayClassName)?.spec.controllerName ?? null,
    ports: distinctPorts(spec.listeners),
    hosts: [],
    backends: [],
  };
}

interface Admitting {
  readonly listener: StoredListener;
  readonly hosts: readonly string[];
}

function admittingListeners(
  { metadata, spec }: StoredGateway,
  parents: readonly StoredParentRef[],
  route: Parameters<typeof hostsAdmitted>[2],
): Admitting[] {
  return spec.listeners.flatMap((listener) =>
    parents.flatMap((parent) => {
      const hosts = hostsAdmitted(listener, parent, route, metadata.namespace as string);
      return hosts === null ? [] : [{ listener, hosts }];
    }),
  );
}

function distinctPorts(listeners: readonly StoredListener[]): EntryPort[] {
  const ports = listeners.map(({ protocol, port }): EntryPort => ({
    protocol: protocol === 'UDP' ? 'UDP' : 'TCP',
    port,
  }));
  const distinct = new Map(ports.map((port) => [`${port.protocol} ${port.port}`, port]));
  return [...distinct.values()].sort((a, b) => a.port - b.port || compareText(a.protocol, b.protocol));
}

function backendsOf(ref: ObjectRef, { spec }: StoredGatewayRoute, grants: ReferenceGrants): EntryBackend[] {
  const backends = spec.rules.flatMap(({ matches, filters, backendRefs }) => {
    const paths = matches.flatMap(
      ({ path, method }) => path?.value ?? (method === undefined ? [] : methodPath(method)),
    );
    const mirrors = filters.map(({ requestMirror }) => requestMirror.backendRef);
    return [...backendRefs, ...mirrors].map((backend) => backendOf(ref, backend, paths, grants));
  });
  return distinctBackends(backends);
}

function methodPath({ service = '*', method = '*' }: { service?: string; method?: string }): string {
  return `/${service}/${method}`;
}

function backendOf(ref: ObjectRef, backend: StoredBackendRef, paths: string[], grants: ReferenceGrants): EntryBackend {
  const { group, kind, name, port, weight } = backend;
  const target: ObjectRef = { group, kind, namespace: backend.namespace ?? ref.namespace, name };
  return {
    target,
    port: port === undefined ? { kind: 'All' } : { kind: 'Number', port },
    protocol: ref.kind === 'UDPRoute' ? 'UDP' : 'TCP',
    standing: weight === 0 ? 'NoWeight' : grants.grants(ref, target) ? 'Served' : 'NotGranted',
    paths,
  };
}
