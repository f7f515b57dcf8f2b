import type { Direction } from '#model';
import type { CalicoPolicySpec } from '../../model/stored-calico.js';
import type { Decoder, Fields } from '../../validation/decoder.js';
import { dnsLabelProblems } from '../../validation/names.js';
import type { Shape } from '../../validation/unknown-fields.js';
import type { KindReader } from '../kind-reader.js';
import { calicoKind } from './calico-kind.js';
import { readRules, ruleShape } from './rules.js';
import { remarkSelectors } from './remark-selectors.js';
import { readSelector } from './selector.js';
import { readStagedAction } from './staged-action.js';

const namespacedShape: Shape = {
  tier: null,
  order: null,
  selector: null,
  serviceAccountSelector: null,
  types: null,
  ingress: [ruleShape],
  egress: [ruleShape],
  // Hints at how to render the policy; they change nothing.
  performanceHints: null,
};
const globalShape: Shape = {
  ...namespacedShape,
  namespaceSelector: null,
  preDNAT: null,
  doNotTrack: null,
  applyOnForward: null,
};

/** What is known in the spec of each of Calico's policy kinds. */
export const calicoPolicyShapes = {
  NetworkPolicy: namespacedShape,
  GlobalNetworkPolicy: globalShape,
  StagedNetworkPolicy: { ...namespacedShape, stagedAction: null },
  StagedGlobalNetworkPolicy: { ...globalShape, stagedAction: null },
} as const satisfies Record<string, Shape>;

/** Calico's own policies, the staged ones among them (policy semantics 3.4). */
export const calicoPolicyReaders: readonly KindReader[] = (
  ['NetworkPolicy', 'GlobalNetworkPolicy', 'StagedNetworkPolicy', 'StagedGlobalNetworkPolicy'] as const
).map((kind) => {
  const namespaced = !kind.includes('Global');
  return calicoKind({
    kind,
    namespaced,
    shape: calicoPolicyShapes[kind],
    readSpec: (spec, decoder, object) => ({
      ...readPolicy(spec, decoder, namespaced ? namespaceOf(object) : null),
      stagedAction: kind.startsWith('Staged') ? readStagedAction(spec, decoder) : undefined,
    }),
  });
});

function namespaceOf({ metadata }: Fields): string {
  const namespace = (metadata as Fields | undefined)?.namespace;
  return typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
}

function readPolicy(spec: Fields, decoder: Decoder, namespace: string | null): CalicoPolicySpec {
  const ingress = readRules(decoder, spec.ingress, 'spec.ingress', { direction: 'Ingress', namespace });
  const egress = readRules(decoder, spec.egress, 'spec.egress', { direction: 'Egress', namespace });
  const types = readTypes(spec, decoder);
  if (types === null) {
    const applied = defaultTypes(ingress.length > 0, egress.length > 0);
    const detail = `is absent: the policy applies to ${applied.join(' and ')}, by other rules than those of Kubernetes`;
    decoder.remark({ code: 'CALICO_TYPES_DEFAULT', field: 'spec.types', detail });
  }
  remarkSelectors(decoder, ingress, { direction: 'Ingress', namespace });
  remarkSelectors(decoder, egress, { direction: 'Egress', namespace });
  const policy: CalicoPolicySpec = {
    tier: readTierName(spec, decoder),
    order: decoder.number(spec.order, 'spec.order') ?? undefined,
    selector: readSelector(decoder, spec.selector, 'spec.selector') ?? 'all()',
    serviceAccountSelector: readSelector(decoder, spec.serviceAccountSelector, 'spec.serviceAccountSelector'),
    types: types ?? defaultTypes(ingress.length > 0, egress.length > 0),
    ingress,
    egress,
  };
  return namespace === null ? { ...policy, ...readGlobalFields(policy, spec, decoder) } : policy;
}

function readTierName(spec: Fields, decoder: Decoder): string {
  const tier = decoder.text(spec.tier, 'spec.tier') || 'default';
  for (const detail of dnsLabelProblems(tier))
    decoder.complain({ field: 'spec.tier', reason: 'Invalid', detail, value: tier });
  return tier;
}

/** Null where there are none. */
function readTypes(spec: Fields, decoder: Decoder): Direction[] | null {
  const given = decoder.elements(spec.types, 'spec.types', (type, at) =>
    decoder.optionalWord(type, at, ['Ingress', 'Egress']),
  );
  if (given.length === 0) return null;
  if (new Set(given).size < given.length) {
    const detail = 'may not name a direction twice';
    decoder.complain({ field: 'spec.types', reason: 'Duplicate', detail, value: spec.types });
  }
  return (['Ingress', 'Egress'] as const).filter((direction) => given.includes(direction));
}

/** Other than a Kubernetes policy, one with egress rules only leaves ingress alone. */
function defaultTypes(hasIngress: boolean, hasEgress: boolean): Direction[] {
  if (!hasEgress) return ['Ingress'];
  return hasIngress ? ['Ingress', 'Egress'] : ['Egress'];
}

function readGlobalFields(policy: CalicoPolicySpec, spec: Fields, decoder: Decoder): Partial<CalicoPolicySpec> {
  const preDNAT = decoder.boolean(spec.preDNAT, 'spec.preDNAT');
  const doNotTrack = decoder.boolean(spec.doNotTrack, 'spec.doNotTrack');
  const applyOnForward = decoder.boolean(spec.applyOnForward, 'spec.applyOnForward');
  const forbid = (field: string, detail: string): void => decoder.complain({ field, reason: 'Forbidden', detail });
  if (preDNAT && doNotTrack) forbid('spec.preDNAT', 'may not be combined with doNotTrack');
  if ((preDNAT || doNotTrack) && !applyOnForward) {
    forbid('spec.applyOnForward', `must be true where ${preDNAT ? 'preDNAT' : 'doNotTrack'} is`);
  }
  if (preDNAT && policy.egress.length > 0) forbid('spec.egress', 'may not be combined with preDNAT');
  if (preDNAT && policy.egress.length === 0 && policy.types.includes('Egress'))
    forbid('spec.types', 'may not have Egress where preDNAT is true');
  return {
    namespaceSelector: readSelector(decoder, spec.namespaceSelector, 'spec.namespaceSelector'),
    preDNAT,
    doNotTrack,
    applyOnForward,
  };
}
