import { type BackendSlice, compareText, type Family, type Service } from '#model';
import { selectorOf } from './policies.js';
import type { StoredEndpoints, StoredEndpointSlice, StoredService } from './stored-body.js';

/** Services with the backends that controllers wrote down for them; EndpointSlices win over Endpoints. */
export function servicesOf(
  stored: readonly StoredService[],
  slices: readonly StoredEndpointSlice[],
  endpoints: readonly StoredEndpoints[],
): Service[] {
  const fromSlices = new Map<string, BackendSlice[]>();
  for (const slice of slices) {
    const { labels, namespace } = slice.metadata;
    const service = Object.hasOwn(labels, 'kubernetes.io/service-name') ? labels['kubernetes.io/service-name'] : null;
    if (service === null) continue;
    const key = `${namespace}/${service}`;
    fromSlices.set(key, [...(fromSlices.get(key) ?? []), sliceOf(slice)]);
  }
  const fromEndpoints = new Map(
    endpoints.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object.subsets.map(subsetOf)]),
  );
  return stored
    .map((service) => {
      const key = `${service.metadata.namespace}/${service.metadata.name}`;
      return serviceOf(service, fromSlices.get(key) ?? fromEndpoints.get(key) ?? null);
    })
    .sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));
}

function serviceOf({ metadata, spec, status }: StoredService, slices: readonly BackendSlice[] | null): Service {
  const hasSelector = Object.keys(spec.selector).length > 0;
  return {
    namespace: metadata.namespace as string,
    name: metadata.name,
    type: spec.type,
    headless: spec.clusterIP === 'None',
    clusterIps: spec.clusterIPs,
    families: familiesOf(spec),
    externalIps: spec.externalIPs,
    loadBalancerIps: status.loadBalancer.ingress.map(({ ip }) => ip),
    proxiedLoadBalancerIps: status.loadBalancer.ingress.filter(({ ipMode }) => ipMode === 'Proxy').map(({ ip }) => ip),
    externalName: spec.externalName ?? null,
    selector: hasSelector ? selectorOf({ matchLabels: spec.selector, matchExpressions: [] }) : null,
    ports: spec.ports.map(({ name, protocol, port, targetPort, nodePort }) => ({
      name: name ?? null,
      protocol,
      port,
      targetPort: targetPort ?? null,
      nodePort: nodePort ?? null,
    })),
    publishNotReadyAddresses: spec.publishNotReadyAddresses,
    internalTrafficPolicy: spec.internalTrafficPolicy,
    externalTrafficPolicy: spec.externalTrafficPolicy,
    healthCheckNodePort: spec.healthCheckNodePort ?? null,
    loadBalancerSourceRanges: spec.loadBalancerSourceRanges ?? [],
    sessionAffinity: spec.sessionAffinity ?? 'None',
    annotations: metadata.annotations ?? {},
    slices,
  };
}

/** As the server settled them; else those of its addresses. */
function familiesOf({ ipFamilies, clusterIPs }: StoredService['spec']): readonly Family[] | null {
  if (ipFamilies !== undefined) return ipFamilies;
  const found = clusterIPs.map((text): Family => (text.includes(':') ? 'IPv6' : 'IPv4'));
  return found.length === 0 ? null : found;
}

function sliceOf({ endpoints, ports }: StoredEndpointSlice): BackendSlice {
  return {
    ports: ports.map(portOf),
    // All addresses of one endpoint are the same pod; its first is taken, as upstream's proxies do.
    backends: endpoints.flatMap(({ addresses, conditions: { ready, serving, terminating }, hints, nodeName }) =>
      addresses.slice(0, 1).map((address) => ({
        address,
        ready,
        terminating: serving === true && terminating === true,
        node: nodeName ?? null,
        zones: (hints?.forZones ?? []).map(({ name }) => name),
      })),
    ),
  };
}

function subsetOf({ addresses, notReadyAddresses, ports }: StoredEndpoints['subsets'][number]): BackendSlice {
  const backend =
    (ready: boolean) =>
    ({ ip, nodeName }: { ip: string; nodeName?: string }) => ({
      address: ip,
      ready,
      terminating: false,
      node: nodeName ?? null,
      zones: [],
    });
  return {
    ports: ports.map(portOf),
    backends: [...addresses.map(backend(true)), ...notReadyAddresses.map(backend(false))],
  };
}

function portOf({ name, protocol, port }: StoredEndpointSlice['ports'][number]): BackendSlice['ports'][number] {
  return { name: name ?? null, protocol, port: port ?? null };
}
