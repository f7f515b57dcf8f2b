import { type RulePeer, selectorMatches, type Service } from '#model';
import { selectorOf } from '../policies.js';
import type { CiliumService } from '../stored-cilium.js';
import type { CiliumObjects } from './cilium-objects.js';
import { cidrsBehind } from './api-server.js';
import { identitySelector } from './identity-selector.js';
import { outsideIn } from './plain-peers.js';

/**
 * Whom `toServices` means: the pods that the Services select, and of Services that select nothing the addresses behind
 * them, where these are outside. Without a namespace it means Services of every namespace.
 */
export function ciliumServicePeers(
  wanted: readonly CiliumService[],
  { services, serviceLabels }: Pick<CiliumObjects, 'services' | 'serviceLabels'>,
): RulePeer[] {
  return services.filter((service) => wanted.some((one) => isMeant(one, service, serviceLabels))).flatMap(peersBehind);
}

function isMeant(
  { k8sService, k8sServiceSelector }: CiliumService,
  { namespace, name }: Service,
  labels: CiliumObjects['serviceLabels'],
): boolean {
  const isIn = (wanted: string | undefined): boolean => wanted === undefined || wanted === namespace;
  if (k8sServiceSelector !== undefined) {
    const own = labels.get(`${namespace}/${name}`) ?? {};
    return isIn(k8sServiceSelector.namespace) && selectorMatches(selectorOf(k8sServiceSelector.selector), own);
  }
  return k8sService !== undefined && isIn(k8sService.namespace) && k8sService.serviceName === name;
}

function peersBehind(service: Service): RulePeer[] {
  const { namespace, selector } = service;
  if (selector !== null) {
    return [{ kind: 'Pods', namespaces: { kind: 'Named', name: namespace }, pods: identitySelector(selector) }];
  }
  const cidrs = cidrsBehind(service);
  return cidrs.length === 0 ? [] : [outsideIn(cidrs)];
}
