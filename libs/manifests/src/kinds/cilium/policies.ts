import type { CiliumRule, CiliumSpec } from '../../model/stored-cilium.js';
import type { Decoder } from '../../validation/decoder.js';
import { type Shape, unknownMembers } from '../../validation/unknown-fields.js';
import type { KindReader } from '../kind-reader.js';
import { ciliumRuleShape, readCiliumRules } from './rules.js';
import { readCiliumSelector } from './selector.js';
import { isGiven } from './to-ports.js';

/** What is known in one rule set of a policy. */
export const ciliumShape: Shape = {
  endpointSelector: null,
  nodeSelector: null,
  ingress: [ciliumRuleShape('Ingress')],
  ingressDeny: [ciliumRuleShape('Ingress')],
  egress: [ciliumRuleShape('Egress')],
  egressDeny: [ciliumRuleShape('Egress')],
  enableDefaultDeny: { ingress: null, egress: null },
  // Notes; they change nothing and are not kept.
  labels: null,
  description: null,
  log: null,
};

/** Cilium's own policies, of one namespace and of the cluster (policy semantics 4). */
export const ciliumPolicyReaders: readonly KindReader[] = (
  ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'] as const
).map((kind) => ({
  group: 'cilium.io',
  kind,
  versions: ['v2'],
  namespaced: kind === 'CiliumNetworkPolicy',
  isPolicy: true,
  shape: ciliumShape,
  unknownFields: 'Kept' as const,
  read(object, decoder) {
    const readOne = (spec: unknown, at: string): CiliumSpec => readSpec(decoder, spec, at, kind);
    if (!isGiven(object, 'spec') && decoder.list(object.specs, 'specs').length === 0) {
      decoder.complain({ field: 'spec', reason: 'Required', detail: 'spec or specs must be given' });
    }
    return {
      ...(isGiven(object, 'spec') ? { spec: readOne(object.spec, 'spec') } : {}),
      ...(isGiven(object, 'specs') ? { specs: decoder.elements(object.specs, 'specs', readOne) } : {}),
    };
  },
}));

function readSpec(decoder: Decoder, value: unknown, field: string, kind: string): CiliumSpec {
  const fields = decoder.fields(value, field);
  const selector = (name: 'endpointSelector' | 'nodeSelector'): Partial<CiliumSpec> =>
    isGiven(fields, name) ? { [name]: readCiliumSelector(decoder, fields[name], `${field}.${name}`) } : {};
  const [forPods, forNodes] = [isGiven(fields, 'endpointSelector'), isGiven(fields, 'nodeSelector')];
  if (forNodes && kind === 'CiliumNetworkPolicy') {
    const detail = 'is accepted in a CiliumClusterwideNetworkPolicy only';
    decoder.complain({ field: `${field}.nodeSelector`, reason: 'Forbidden', detail });
  } else if (forPods === forNodes) {
    const names = kind === 'CiliumNetworkPolicy' ? 'endpointSelector' : 'either endpointSelector or nodeSelector';
    decoder.complain({ field, reason: forPods ? 'Forbidden' : 'Required', detail: `must have ${names}` });
  }
  const rules = (name: string, direction: 'Ingress' | 'Egress'): CiliumRule[] =>
    readCiliumRules(decoder, fields[name], `${field}.${name}`, direction, name.endsWith('Deny') ? 'Deny' : 'Allow');
  const lists = {
    ingress: rules('ingress', 'Ingress'),
    ingressDeny: rules('ingressDeny', 'Ingress'),
    egress: rules('egress', 'Egress'),
    egressDeny: rules('egressDeny', 'Egress'),
  };
  for (const name of ['ingress', 'egress'] as const) {
    lists[name].forEach((rule, i) => {
      if (Object.values(rule).some((member) => member !== undefined)) return;
      const detail = 'is an empty rule, which isolates and allows nothing; a Kubernetes policy would allow all by it';
      decoder.remark({ code: 'CILIUM_EMPTY_RULE', field: `${field}.${name}[${i}]`, detail });
    });
  }
  const given = decoder.fields(fields.enableDefaultDeny, `${field}.enableDefaultDeny`);
  const isolates = (name: 'ingress' | 'egress'): boolean =>
    isGiven(given, name)
      ? decoder.boolean(given[name], `${field}.enableDefaultDeny.${name}`)
      : lists[name].length > 0 || lists[`${name}Deny`].length > 0;
  return {
    ...unknownMembers(fields, ciliumShape),
    ...selector('endpointSelector'),
    ...selector('nodeSelector'),
    ...lists,
    enableDefaultDeny: { ingress: isolates('ingress'), egress: isolates('egress') },
  };
}
