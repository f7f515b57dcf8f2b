import type { Entry, EntryBackend, EntryBackendPort, EntryPort, ObjectRef } from '#model';
import { distinctBackends } from './distinct-backends.js';
import type { StoredOpenShiftRoute, StoredRouteTarget } from './stored-entries.js';

/** The controller behind every Route. */
export const openShiftRouter = 'openshift.io/ingress-to-route';

/**
 * What a Route of OpenShift lets in (policy semantics 5.2). A text as `targetPort` names a port of the Service, a number one of
 * its backends; none stands for all ports.
 */
export function routeEntry(ref: ObjectRef, { spec }: StoredOpenShiftRoute): Entry {
  const backends = [spec.to, ...spec.alternateBackends].map((target) => backendOf(ref, target, spec));
  return {
    ref,
    gateway: null,
    refusal: null,
    className: null,
    controllerName: openShiftRouter,
    ports: portsOf(spec.tls),
    hosts: spec.host === undefined ? [] : [spec.host],
    backends: distinctBackends(backends),
  };
}

function backendOf(
  { namespace }: ObjectRef,
  target: StoredRouteTarget,
  spec: StoredOpenShiftRoute['spec'],
): EntryBackend {
  return {
    target: { group: '', kind: 'Service', namespace, name: target.name },
    port: portOf(spec.port?.targetPort),
    protocol: 'TCP',
    standing: target.weight === 0 ? 'NoWeight' : 'Served',
    paths: [spec.path ?? '/'],
  };
}

function portOf(targetPort: string | number | undefined): EntryBackendPort {
  if (targetPort === undefined) return { kind: 'All' };
  return typeof targetPort === 'string'
    ? { kind: 'Name', name: targetPort }
    : { kind: 'TargetNumber', port: targetPort };
}

/** Without TLS at 80; with it at 443, and at 80 where plain clients are served or sent on. */
function portsOf(tls: StoredOpenShiftRoute['spec']['tls']): readonly EntryPort[] {
  const [plain, secure] = [80, 443].map((port): EntryPort => ({ protocol: 'TCP', port }));
  if (tls === undefined) return [plain];
  return tls.insecureEdgeTerminationPolicy === 'None' ? [secure] : [plain, secure];
}
