import { everything, type NamespaceScope, type Policy, selectorMatches, type Tier } from '#model';
import { and, type CalicoSelector } from '../../calico-selector/calico-selector.js';
import { calicoPolicyShapes } from '../../kinds/calico/policies.js';
import { unknownFields } from '../../validation/unknown-fields.js';
import type { CalicoPolicySpec, CalicoRule, StoredCalicoPolicy } from '../stored-calico.js';
import type { CalicoObjects } from './calico-objects.js';
import { calicoRules, type RulePlace } from './rules.js';
import { ofServiceAccounts } from './selectors.js';
import { Surroundings } from './surroundings.js';
import { calicoTiers, lastOrder } from './tiers.js';

/** Calico's policies in the uniform form. */
export interface CalicoPolicies {
  readonly policies: readonly Policy[];
  /** Policies that cannot be put in that form, with the reason. */
  readonly notUnderstood: readonly { readonly ref: Policy['ref']; readonly why: string }[];
  /** What pods must be given for these policies to find them. */
  readonly labels: Pick<Surroundings, 'inherited' | 'nets'>;
}

/**
 * Turns Calico's policies into uniform ones (policy semantics 3). Those for host endpoints only (`preDNAT`,
 * `doNotTrack`) say nothing about pods and are in neither list. Cost: linear in the rules, plus distinct selectors × named sets.
 */
export function calicoPoliciesOf(objects: CalicoObjects): CalicoPolicies {
  const tiers = calicoTiers(objects.tiers);
  const surroundings = new Surroundings(objects);
  const policies: Policy[] = [];
  const notUnderstood: { ref: Policy['ref']; why: string }[] = [];
  for (const { ref, body } of objects.policies) {
    const { spec } = body;
    if (spec.preDNAT === true || spec.doNotTrack === true) continue;
    const tier = tiers.get(spec.tier);
    const obstacle = obstacleOf(body, tier);
    if (obstacle !== null || tier === undefined) {
      notUnderstood.push({ ref, why: obstacle ?? '' });
      continue;
    }
    const namespaces = scopeOf(ref.namespace, spec, surroundings);
    const { certain, doubtful } = surroundings.ofPods(fullSelector(spec, surroundings));
    if (doubtful !== null && surroundings.namespacesWithUnseenAccounts().some((one) => isIn(namespaces, one))) {
      const why = 'it selects by labels of service accounts that are not in the snapshot';
      notUnderstood.push({ ref, why });
      continue;
    }
    const lower = (rules: readonly CalicoRule[], direction: RulePlace['direction']): Policy['ingress'] =>
      loweredRules(rules, { direction, namespace: ref.namespace }, surroundings);
    policies.push({
      ref,
      tier,
      order: spec.order ?? lastOrder,
      subject: { namespaces, pods: certain },
      directions: spec.types,
      ingress: lower(spec.ingress, 'Ingress'),
      egress: lower(spec.egress, 'Egress'),
    });
  }
  return { policies, notUnderstood, labels: surroundings };
}

/** Rules have the number that they have in their object, be it by their place. */
function loweredRules(rules: readonly CalicoRule[], place: RulePlace, surroundings: Surroundings): Policy['ingress'] {
  const lowered = rules.map((rule) => calicoRules(rule, place, surroundings));
  if (lowered.every(({ length }) => length === 1)) return lowered.flat();
  return lowered.flatMap((parts, number) => parts.map((part) => ({ ...part, number })));
}

/** What keeps a policy from being understood; null: nothing. */
function obstacleOf({ kind, spec }: StoredCalicoPolicy, tier: Tier | undefined): string | null {
  if (tier === undefined) return `its tier ${spec.tier} is not in the snapshot`;
  const [unknown] = unknownFields(spec, calicoPolicyShapes[kind], 'spec');
  return unknown === undefined ? null : `${unknown} is not known`;
}

function scopeOf(
  namespace: string | null,
  { namespaceSelector }: CalicoPolicySpec,
  surroundings: Surroundings,
): NamespaceScope {
  if (namespace !== null) return { kind: 'Named', name: namespace };
  if (namespaceSelector === undefined) return { kind: 'Selected', selector: everything };
  return { kind: 'Selected', selector: surroundings.ofNamespaces(namespaceSelector) };
}

function fullSelector(
  { selector, serviceAccountSelector }: CalicoPolicySpec,
  surroundings: Surroundings,
): CalicoSelector {
  const own = surroundings.parsed(selector);
  if (serviceAccountSelector === undefined) return own;
  return and([own, ofServiceAccounts([], surroundings.parsed(serviceAccountSelector))]);
}

function isIn(scope: NamespaceScope, { name, labels }: CalicoObjects['namespaces'][number]): boolean {
  return scope.kind === 'Named' ? scope.name === name : selectorMatches(scope.selector, labels);
}
