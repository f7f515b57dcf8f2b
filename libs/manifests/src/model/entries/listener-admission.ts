import { type Labels, type ObjectRef, selectorMatches } from '#model';
import { selectorOf } from '../policies.js';
import { commonHosts } from './hostnames.js';
import type { StoredGatewayRoute, StoredListener, StoredParentRef } from './stored-entries.js';

const gatewayGroup = 'gateway.networking.k8s.io';

/** Kinds that a listener of a protocol can take. Protocols of others' own may take any. */
const kindsOfProtocol: Readonly<Record<string, readonly string[]>> = {
  HTTP: ['HTTPRoute', 'GRPCRoute'],
  HTTPS: ['HTTPRoute', 'GRPCRoute'],
  TLS: ['TLSRoute', 'TCPRoute'],
  TCP: ['TCPRoute'],
  UDP: ['UDPRoute'],
};

/** The hosts for which a listener takes a route, none for all of them; null where it does not take it. */
export function hostsAdmitted(
  listener: StoredListener,
  parent: StoredParentRef,
  route: { readonly ref: ObjectRef; readonly spec: StoredGatewayRoute['spec']; readonly namespaceLabels: Labels },
  gatewayNamespace: string,
): readonly string[] | null {
  if (parent.sectionName !== undefined && parent.sectionName !== listener.name) return null;
  if (parent.port !== undefined && parent.port !== listener.port) return null;
  if (!admitsKind(listener, route.ref.kind)) return null;
  if (!admitsNamespace(listener, route.ref.namespace as string, route.namespaceLabels, gatewayNamespace)) return null;
  const isTold = route.ref.kind !== 'TCPRoute' && route.ref.kind !== 'UDPRoute';
  return isTold ? commonHosts(listener.hostname, route.spec.hostnames) : [];
}

function admitsKind({ protocol, allowedRoutes: { kinds } }: StoredListener, kind: string): boolean {
  const possible = Object.hasOwn(kindsOfProtocol, protocol) ? kindsOfProtocol[protocol] : null;
  if (possible !== null && !possible.includes(kind)) return false;
  return kinds.length === 0 || kinds.some((allowed) => allowed.group === gatewayGroup && allowed.kind === kind);
}

function admitsNamespace(
  { allowedRoutes: { namespaces } }: StoredListener,
  namespace: string,
  labels: Labels,
  gatewayNamespace: string,
): boolean {
  switch (namespaces.from) {
    case 'Same':
      return namespace === gatewayNamespace;
    case 'All':
      return true;
    case 'None':
      return false;
    case 'Selector':
      return selectorMatches(selectorOf(namespaces.selector), labels);
  }
}
