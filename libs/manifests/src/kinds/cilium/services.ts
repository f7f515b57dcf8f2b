import type { CiliumService } from '../../model/stored-cilium.js';
import type { Decoder } from '../../validation/decoder.js';
import { type Shape, unknownMembers } from '../../validation/unknown-fields.js';
import { readCiliumSelector } from './selector.js';
import { isGiven } from './to-ports.js';

export const servicesShape: Shape = {
  k8sService: { serviceName: null, namespace: null },
  k8sServiceSelector: { selector: null, namespace: null },
};

/** Services of a rule, by name or by their labels; without a namespace those of all. */
export function readServices(decoder: Decoder, value: unknown, field: string): CiliumService[] {
  return decoder.elements(value, field, (element, at): CiliumService => {
    const fields = decoder.fields(element, at);
    const named = decoder.fields(fields.k8sService, `${at}.k8sService`);
    const selected = decoder.fields(fields.k8sServiceSelector, `${at}.k8sServiceSelector`);
    const namespaceOf = (one: typeof named, oneAt: string): { namespace?: string } => {
      const namespace = decoder.text(one.namespace, `${oneAt}.namespace`);
      return namespace === null || namespace === '' ? {} : { namespace };
    };
    return {
      ...unknownMembers(fields, servicesShape),
      ...(isGiven(fields, 'k8sService')
        ? {
            k8sService: {
              ...unknownMembers(named, servicesShape.k8sService as Shape),
              serviceName: decoder.text(named.serviceName, `${at}.k8sService.serviceName`) ?? '',
              ...namespaceOf(named, `${at}.k8sService`),
            },
          }
        : {}),
      ...(isGiven(fields, 'k8sServiceSelector')
        ? {
            k8sServiceSelector: {
              ...unknownMembers(selected, servicesShape.k8sServiceSelector as Shape),
              selector: readCiliumSelector(decoder, selected.selector, `${at}.k8sServiceSelector.selector`),
              ...namespaceOf(selected, `${at}.k8sServiceSelector`),
            },
          }
        : {}),
    };
  });
}
