import { ciliumShape } from '../kinds/cilium/policies.js';
import { ciliumPeersOutside } from '../kinds/cilium/rules.js';
import { unknownFields } from '../validation/unknown-fields.js';
import type { CiliumRule, CiliumSpec, StoredCiliumPolicy } from './stored-cilium.js';

/**
 * Paths in a policy to what lies outside the modelled subset (policy semantics 4): features of Cilium that need data
 * which a snapshot does not have (DNS names, cloud groups), and fields that nobody knows. What such a policy says about
 * its subjects is not known. Unknown fields come first, then features in the order of the object.
 */
export function ciliumFeaturesOutside({ spec, specs }: StoredCiliumPolicy): string[] {
  const all: [CiliumSpec, string][] = [
    ...(spec === undefined ? [] : [[spec, 'spec'] as [CiliumSpec, string]]),
    ...(specs ?? []).map((one, i): [CiliumSpec, string] => [one, `specs[${i}]`]),
  ];
  return all.flatMap(([one, at]) => [
    ...unknownFields(one, ciliumShape, at),
    ...(['ingress', 'ingressDeny', 'egress', 'egressDeny'] as const).flatMap((list) =>
      one[list].flatMap((rule, i) =>
        ruleFeatures(rule, `${at}.${list}[${i}]`, list.startsWith('ingress') ? 'Ingress' : 'Egress'),
      ),
    ),
  ]);
}

function ruleFeatures(rule: CiliumRule, field: string, direction: 'Ingress' | 'Egress'): string[] {
  const cidrs = direction === 'Ingress' ? 'fromCIDRSet' : 'toCIDRSet';
  return [
    ...ciliumPeersOutside(direction)
      .filter((name) => Object.hasOwn(rule, name))
      .map((name) => `${field}.${name}`),
    ...(rule[cidrs] ?? []).flatMap(({ cidr }, i) => (cidr === undefined ? [`${field}.${cidrs}[${i}]`] : [])),
    ...(rule.toPorts ?? []).flatMap(({ ports }, i) =>
      ports.flatMap(({ protocol }, j) =>
        ['TCP', 'UDP', 'SCTP', 'ANY'].includes(protocol) ? [] : [`${field}.toPorts[${i}].ports[${j}].protocol`],
      ),
    ),
    ...(rule.icmps ?? []).flatMap(({ fields }, i) =>
      fields.flatMap(({ type }, j) => (typeof type === 'string' ? [`${field}.icmps[${i}].fields[${j}].type`] : [])),
    ),
  ];
}
