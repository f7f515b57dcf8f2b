import { ciliumShape } from '../kinds/cilium/policies.js';
import { unknownFields } from '../validation/unknown-fields.js';
import { icmpTypes } from './cilium/icmp-types.js';
import type { CiliumRule, CiliumSpec, StoredCiliumPolicy } from './stored-cilium.js';

/**
 * Paths in a policy to what is not modelled: protocols and ICMP types that Cilium may know and Canreach does not, and
 * fields that nobody knows. What such a policy says about its subjects is not known. Unknown fields come first, then the
 * rest in the order of the object. What a snapshot does not show (DNS names, groups of a cloud) is not among it: that is
 * a condition of the rule.
 */
export function ciliumFeaturesOutside({ spec, specs }: StoredCiliumPolicy): string[] {
  const all: [CiliumSpec, string][] = [
    ...(spec === undefined ? [] : [[spec, 'spec'] as [CiliumSpec, string]]),
    ...(specs ?? []).map((one, i): [CiliumSpec, string] => [one, `specs[${i}]`]),
  ];
  return all.flatMap(([one, at]) => [
    ...unknownFields(one, ciliumShape, at),
    ...(['ingress', 'ingressDeny', 'egress', 'egressDeny'] as const).flatMap((list) =>
      one[list].flatMap((rule, i) => ruleFeatures(rule, `${at}.${list}[${i}]`)),
    ),
  ]);
}

function ruleFeatures({ toPorts = [], icmps = [] }: CiliumRule, field: string): string[] {
  return [
    ...toPorts.flatMap(({ ports }, i) =>
      ports.flatMap(({ port, endPort, protocol }, j) => {
        const at = `${field}.toPorts[${i}].ports[${j}]`;
        if (!['TCP', 'UDP', 'SCTP', 'ANY'].includes(protocol)) return [`${at}.protocol`];
        // Every port, or those up to the end: Cilium does not say.
        return port === '0' && endPort !== undefined ? [`${at}.endPort`] : [];
      }),
    ),
    ...icmps.flatMap(({ fields }, i) =>
      fields.flatMap(({ family, type }, j) => {
        const isKnown = typeof type === 'number' || Object.hasOwn(icmpTypes[family], type);
        return isKnown ? [] : [`${field}.icmps[${i}].fields[${j}].type`];
      }),
    ),
  ];
}
