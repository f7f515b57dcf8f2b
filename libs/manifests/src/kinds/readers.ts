import { adminNetworkPolicyReader } from './admin-network-policy.js';
import { endpointSliceReader, endpointsReader } from './backends.js';
import { baselineAdminNetworkPolicyReader } from './baseline-admin-network-policy.js';
import { hostEndpointReader } from './calico/host-endpoint.js';
import { networkSetReaders } from './calico/network-sets.js';
import { calicoPolicyReaders } from './calico/policies.js';
import { profileReader } from './calico/profile.js';
import { stagedKubernetesPolicyReader } from './calico/staged-kubernetes-network-policy.js';
import { tierReader } from './calico/tier.js';
import { ciliumPolicyReaders } from './cilium/policies.js';
import { clusterNetworkPolicyReader } from './cluster-network-policy.js';
import { configMapReader } from './config-map.js';
import { gatewayClassReader } from './gateway-api/gateway-class.js';
import { gatewayReader } from './gateway-api/gateway.js';
import { referenceGrantReader } from './gateway-api/reference-grant.js';
import { gatewayRouteReaders } from './gateway-api/routes.js';
import { ingressClassReader } from './ingress-class.js';
import { ingressReader } from './ingress.js';
import type { KindReader } from './kind-reader.js';
import { multiNetworkPolicyReader } from './multi-network-policy.js';
import { namespaceReader } from './namespace.js';
import { networkObjectReaders } from './network-objects.js';
import { networkPolicyReader } from './network-policy.js';
import { nodeReader } from './node.js';
import { podReader } from './pod.js';
import { routeReader } from './route.js';
import { serviceAccountReader } from './service-account.js';
import { serviceReader } from './service.js';
import { workloadReaders } from './workloads.js';

const readers: readonly KindReader[] = [
  namespaceReader,
  nodeReader,
  podReader,
  ...workloadReaders,
  serviceReader,
  serviceAccountReader,
  endpointSliceReader,
  endpointsReader,
  ingressReader,
  ingressClassReader,
  routeReader,
  gatewayClassReader,
  gatewayReader,
  ...gatewayRouteReaders,
  referenceGrantReader,
  networkPolicyReader,
  adminNetworkPolicyReader,
  baselineAdminNetworkPolicyReader,
  clusterNetworkPolicyReader,
  configMapReader,
  ...networkObjectReaders,
  ...calicoPolicyReaders,
  stagedKubernetesPolicyReader,
  tierReader,
  ...networkSetReaders,
  profileReader,
  hostEndpointReader,
  ...ciliumPolicyReaders,
  multiNetworkPolicyReader,
];

/** Readers by `group/version Kind` (`v1 Pod` for the core group), old names included. */
const byVersionAndKind: ReadonlyMap<string, KindReader> = new Map(
  readers.flatMap((reader) => {
    const prefix = reader.group === '' ? '' : `${reader.group}/`;
    const apiVersions = [...reader.versions.map((version) => prefix + version), ...(reader.aliases ?? [])];
    return apiVersions.map((apiVersion): [string, KindReader] => [`${apiVersion} ${reader.kind}`, reader]);
  }),
);

/** The reader of a kind; undefined for kinds that are not modelled. */
export function readerOf(apiVersion: string, kind: string): KindReader | undefined {
  return byVersionAndKind.get(`${apiVersion} ${kind}`);
}
