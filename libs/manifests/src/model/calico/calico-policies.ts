import { everything, type NamespaceScope, type Policy, type Tier } from '#model';
import { modelSelectorOf } from '../../calico-selector/model-selector.js';
import { calicoPolicyShapes } from '../../kinds/calico/policies.js';
import { unknownFields } from '../../validation/unknown-fields.js';
import type { CalicoPolicySpec, StoredCalicoPolicy } from '../stored-calico.js';
import type { CalicoObjects } from './calico-objects.js';
import { calicoLabels, isInheritedLabel, isUnknownLabel } from './endpoint-labels.js';
import { LabelledNets } from './labelled-nets.js';
import { calicoRule, type RuleSurroundings } from './rules.js';
import { keysOf, ofServiceAccounts, validSelector } from './selectors.js';
import { calicoTiers, lastOrder } from './tiers.js';

/** Calico's policies in the uniform form. */
export interface CalicoPolicies {
  readonly policies: readonly Policy[];
  /** Policies that cannot be put in that form, with the reason. */
  readonly notUnderstood: readonly { readonly ref: Policy['ref']; readonly why: string }[];
  /** Inherited labels that selectors of these policies name, sorted: pods must have them to be selected by. */
  readonly inheritedLabels: readonly string[];
}

/**
 * Turns Calico's policies into uniform ones (policy semantics 3). Those for host endpoints only (`preDNAT`,
 * `doNotTrack`) say nothing about pods and are in neither list. Cost: linear in the rules, plus distinct selectors × named sets.
 */
export function calicoPoliciesOf(objects: CalicoObjects): CalicoPolicies {
  const tiers = calicoTiers(objects.tiers);
  const sets = new LabelledNets(objects.networkSets, objects.hostEndpoints, objects.namespaces);
  const services = new Map(objects.services.map((service) => [`${service.namespace}/${service.name}`, service]));
  const policies: Policy[] = [];
  const notUnderstood: { ref: Policy['ref']; why: string }[] = [];
  const inherited = new Set<string>();
  for (const { ref, body } of objects.policies) {
    if (body.spec.preDNAT === true || body.spec.doNotTrack === true) continue;
    const tier = tiers.get(body.spec.tier);
    const why = obstacleOf(body, tier);
    if (why !== null || tier === undefined) {
      notUnderstood.push({ ref, why: why ?? '' });
      continue;
    }
    for (const key of selectorKeys(body.spec)) if (isInheritedLabel(key)) inherited.add(key);
    const surroundings: Omit<RuleSurroundings, 'direction'> = {
      namespace: ref.namespace,
      sets,
      serviceNamed: (namespace, name) => services.get(`${namespace}/${name}`),
    };
    policies.push({
      ref,
      tier,
      order: body.spec.order ?? lastOrder,
      subject: { namespaces: scopeOf(ref.namespace, body.spec), pods: subjectOf(body.spec) },
      directions: body.spec.types,
      ingress: body.spec.ingress.map((rule) => calicoRule(rule, { ...surroundings, direction: 'Ingress' })),
      egress: body.spec.egress.map((rule) => calicoRule(rule, { ...surroundings, direction: 'Egress' })),
    });
  }
  return { policies, notUnderstood, inheritedLabels: [...inherited].sort() };
}

/** What keeps a policy from being understood; null: nothing. */
function obstacleOf({ kind, spec }: StoredCalicoPolicy, tier: Tier | undefined): string | null {
  if (tier === undefined) return `its tier ${spec.tier} is not in the snapshot`;
  const [unknown] = unknownFields(spec, calicoPolicyShapes[kind], 'spec');
  if (unknown !== undefined) return `${unknown} is not known`;
  if (keysOf(fullSelector(spec)).some(isUnknownLabel)) {
    return 'it selects by labels of service accounts, which are not in the snapshot';
  }
  return null;
}

function scopeOf(namespace: string | null, { namespaceSelector }: CalicoPolicySpec): NamespaceScope {
  if (namespace !== null) return { kind: 'Named', name: namespace };
  if (namespaceSelector === undefined) return { kind: 'Selected', selector: everything };
  const keyOf = (key: string): string => (key === calicoLabels.name ? 'kubernetes.io/metadata.name' : key);
  return { kind: 'Selected', selector: modelSelectorOf(validSelector(namespaceSelector), keyOf) };
}

function subjectOf(spec: CalicoPolicySpec): Policy['subject']['pods'] {
  return modelSelectorOf(fullSelector(spec));
}

function fullSelector({ selector, serviceAccountSelector }: CalicoPolicySpec): ReturnType<typeof validSelector> {
  const own = validSelector(selector);
  if (serviceAccountSelector === undefined) return own;
  return { kind: 'And', operands: [own, ofServiceAccounts([], validSelector(serviceAccountSelector))] };
}

/** Labels of endpoints that a policy names, whether of its subjects or of its peers. */
function selectorKeys(spec: CalicoPolicySpec): string[] {
  const entities = [...spec.ingress, ...spec.egress].flatMap(({ source, destination }) => [source, destination]);
  return [
    ...keysOf(fullSelector(spec)),
    ...entities.flatMap(({ selector, notSelector, serviceAccounts }) => [
      ...keysOf(validSelector(selector)),
      ...keysOf(validSelector(notSelector)),
      ...(serviceAccounts === undefined
        ? []
        : keysOf(ofServiceAccounts(serviceAccounts.names, validSelector(serviceAccounts.selector)))),
    ]),
  ];
}
