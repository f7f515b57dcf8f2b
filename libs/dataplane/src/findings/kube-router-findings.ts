import type { ClusterModel, Dataplane, Finding, KubeRouterNetwork, ObjectRef } from '#model';
import { cidrHolds } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { isPolicyOnly } from '../is-policy-only.js';
import { providers } from '../signals.js';
import { counted, found, foundFor, serviceRef } from './found.js';
import { segmentsOf } from './segments-of.js';

/** kube-router's flags against the cluster (KR-001 to KR-008). */
export function kubeRouterFindings(model: ClusterModel, dataplane: Dataplane, evidence: Evidence): Finding[] {
  const { kubeRouter, kind } = dataplane.network;
  if (kubeRouter === null) return [];
  const at: ObjectRef[] = kubeRouter.from === null ? [] : [kubeRouter.from];
  const hasPolicies = model.policies.length > 0;
  const others = evidence.daemons.filter(
    ({ part }) => part !== 'kube-router' && providers.includes(part) && !isPolicyOnly(evidence, part),
  );
  const enforces = dataplane.policyEngine.value === 'kube-router';
  return [
    ...(!kubeRouter.firewall && hasPolicies && dataplane.enforcement.value === 'no'
      ? [
          found(
            'KR-001',
            `kube-router runs without its firewall, and ${counted(model.policies.length, 'policy').replace('policys', 'policies')} would need it`,
            at,
          ),
        ]
      : []),
    ...(kubeRouter.router && kubeRouter.enableCni && others.length > 0
      ? [found('KR-002', `kube-router sets up pods' network beside ${others[0].part}`, [...at, others[0].by.ref])]
      : []),
    ...(enforces ? clusterIpFindings(model, kubeRouter) : []),
    ...(kind === 'kube-router' ? overlayFindings(model, dataplane, kubeRouter, at) : []),
    ...(kubeRouter.serviceProxy ? proxyFindings(model, kubeRouter, at) : []),
    ...(enforces && hasPolicies
      ? [found('KR-008', 'ping proves nothing here: kube-router always lets echo requests through', at)]
      : []),
  ];
}

function clusterIpFindings({ services, policies }: ClusterModel, { clusterIpRanges }: KubeRouterNetwork): Finding[] {
  if (!policies.some(({ directions }) => directions.includes('Egress'))) return [];
  const outside = services.filter(({ clusterIps }) =>
    clusterIps.some((address) => !address.includes(':') && !clusterIpRanges.some((cidr) => cidrHolds(cidr, address))),
  );
  return foundFor(
    'KR-003',
    outside.map(serviceRef),
    (first, count) =>
      `the cluster IP of ${counted(count, 'Service')} is outside --service-cluster-ip-range ${clusterIpRanges.join(',')}: egress policies reject it before it is translated (${first})`,
  );
}

function overlayFindings(
  { nodes }: ClusterModel,
  { network }: Dataplane,
  settings: KubeRouterNetwork,
  at: readonly ObjectRef[],
): Finding[] {
  const several = segmentsOf(network, nodes).apart !== null;
  const isAzure = nodes.some(({ providerId }) => providerId?.startsWith('azure://') === true);
  return [
    ...(!settings.overlay && several && !settings.externalPeers && network.externalRouting !== true
      ? [found('KR-004', 'the overlay is off, nodes are in different subnets, and there is no external BGP peer', at)]
      : []),
    ...(settings.overlay && settings.overlayEncap === 'ipip' && isAzure
      ? [found('KR-007', 'the overlay uses IPIP, and Azure drops IP protocol 4', at)]
      : []),
  ];
}

function proxyFindings({ services }: ClusterModel, settings: KubeRouterNetwork, at: readonly ObjectRef[]): Finding[] {
  const isOutside = (addresses: readonly string[], ranges: readonly string[]): boolean =>
    addresses.some((address) => !ranges.some((cidr) => cidrHolds(cidr, address)));
  const dead = settings.strictVipValidation
    ? services.filter(
        ({ externalIps, loadBalancerIps }) =>
          isOutside(externalIps, settings.externalIpRanges) ||
          isOutside(loadBalancerIps, settings.loadBalancerIpRanges),
      )
    : [];
  const hairpins =
    settings.hairpin ||
    settings.bridgeHairpin ||
    services.some(({ annotations }) => Object.hasOwn(annotations, 'kube-router.io/service.hairpin'));
  return [
    ...foundFor(
      'KR-005',
      dead.map(serviceRef),
      (first, count) => `kube-router refuses the outer address of ${counted(count, 'Service')}: ${first}`,
    ),
    ...(!hairpins && services.some(({ selector }) => selector !== null)
      ? [
          found(
            'KR-006',
            'a pod that reaches its own Service is sent to itself now and then, and fails: hairpin mode is off',
            at,
          ),
        ]
      : []),
  ];
}
