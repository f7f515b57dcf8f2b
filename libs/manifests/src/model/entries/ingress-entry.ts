import { compareText, type Entry, type EntryBackend, type EntryPort, type ObjectRef } from '#model';
import { distinctBackends } from './distinct-backends.js';
import type { StoredIngress, StoredIngressBackend, StoredIngressClass } from './stored-entries.js';

/** Where controllers take clients of Ingresses, which name no port. */
export const webPorts: readonly EntryPort[] = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'TCP', port: 443 },
];

/**
 * What an Ingress lets in (policy semantics 5.2). Its class is the one that it names, in the field or in the annotation of old,
 * else the only one that is the default.
 */
export function ingressEntry(
  ref: ObjectRef,
  { metadata, spec }: StoredIngress,
  classes: ReadonlyMap<string, StoredIngressClass>,
): Entry {
  const className =
    spec.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'] ?? defaultOf(classes);
  const hosts = spec.rules.flatMap(({ host }) => host ?? []);
  const isEveryHost = spec.defaultBackend !== undefined || spec.rules.some(({ host }) => host === undefined);
  const backends = [
    ...(spec.defaultBackend === undefined ? [] : [backendOf(ref, spec.defaultBackend, [])]),
    ...spec.rules.flatMap(({ http }) =>
      (http?.paths ?? []).map(({ path, backend }) => backendOf(ref, backend, [path ?? '/'])),
    ),
  ];
  return {
    ref,
    gateway: null,
    refusal: null,
    className: className ?? null,
    controllerName: className === undefined ? null : (classes.get(className)?.spec.controller ?? null),
    ports: webPorts,
    hosts: isEveryHost ? [] : [...new Set(hosts)].sort(compareText),
    backends: distinctBackends(backends),
  };
}

function defaultOf(classes: ReadonlyMap<string, StoredIngressClass>): string | undefined {
  const found = [...classes.values()].filter(
    ({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true',
  );
  return found.length === 1 ? found[0].metadata.name : undefined;
}

/** The port is one of the Service, never of its backends. */
function backendOf(
  { namespace }: ObjectRef,
  { service, resource }: StoredIngressBackend,
  paths: string[],
): EntryBackend {
  const rest = { protocol: 'TCP', standing: 'Served', paths } as const;
  if (service === undefined) {
    const target = {
      group: resource?.apiGroup ?? '',
      kind: resource?.kind ?? '',
      namespace,
      name: resource?.name ?? '',
    };
    return { target, port: { kind: 'All' }, ...rest };
  }
  const { name, number } = service.port;
  return {
    target: { group: '', kind: 'Service', namespace, name: service.name },
    port: name === undefined ? { kind: 'Number', port: number ?? 0 } : { kind: 'Name', name },
    ...rest,
  };
}
