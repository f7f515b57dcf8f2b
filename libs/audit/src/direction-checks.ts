import type { Direction, Finding, Policy } from '#model';
import type { Audited } from './audited.js';
import { lint } from './lint.js';
import { nameOf, writtenRules } from './written.js';

/** What NetworkPolicies do with the two directions, against their rules and their names. */
export function* directionChecks({ cluster }: Audited): Iterable<Finding> {
  for (const policy of cluster.model.policies) {
    if (policy.ref.group !== 'networking.k8s.io') continue;
    yield* deadRules(policy);
    const all = writtenRules(policy).filter(({ rule }) => rule.peers === null && rule.ports === null);
    for (const { path, direction } of all) {
      const isClosing = closes(policy.ref.name);
      const message = `${path} of ${nameOf(policy)} allows all ${direction.toLowerCase()}${isClosing ? ', whatever its name says' : ''}`;
      const evidence = { path, witness: `policy:${nameOf(policy)}` };
      yield lint('ALLOW_ALL_RULE', message, [policy.ref], evidence, isClosing ? 'warning' : 'info');
    }
    const contrary = contraryTo(
      policy,
      all.map(({ direction }) => direction),
    );
    if (contrary === null) continue;
    const evidence = { path: contrary.path, witness: `policy:${nameOf(policy)}` };
    yield lint('NAME_DIRECTION_MISMATCH', `${nameOf(policy)} ${contrary.says}`, [policy.ref], evidence);
  }
}

function* deadRules(policy: Policy): Iterable<Finding> {
  for (const [direction, id, rules] of [
    ['Ingress', 'RULES_IGNORED_INGRESS', policy.ingress],
    ['Egress', 'RULES_IGNORED_EGRESS', policy.egress],
  ] as const) {
    if (rules.length === 0 || policy.directions.includes(direction)) continue;
    const path = `spec.${direction.toLowerCase()}`;
    const message = `${nameOf(policy)} has ${direction.toLowerCase()} rules, and policyTypes without ${direction}: they do nothing`;
    yield lint(id, message, [policy.ref], { path, witness: `policy:${nameOf(policy)}`, rules: rules.length });
  }
}

function words(name: string): readonly string[] {
  return name.toLowerCase().split(/[^a-z]+/);
}

/** Whether a name says that something is closed. */
function closes(name: string): boolean {
  return words(name).some((word) =>
    /^(deny|denies|denied|block|blocks|blocked|isolate|isolated|isolation)$/.test(word),
  );
}

function opens(name: string): boolean {
  return words(name).some((word) => /^(allow|allows|allowed|open|permit)$/.test(word));
}

/** What a policy does contrary to its name, and where; null where it does what it says. */
function contraryTo(policy: Policy, opened: readonly Direction[]): { says: string; path: string } | null {
  const { name } = policy.ref;
  const isNamed = (direction: Direction): boolean => words(name).includes(direction.toLowerCase());
  const named = (['Ingress', 'Egress'] as const).filter(isNamed);
  if (named.length === 1 && !policy.directions.includes(named[0])) {
    const says = `is named after ${named[0].toLowerCase()} and is about ${policy.directions.join(' and ').toLowerCase()} only`;
    return { says, path: 'spec.policyTypes' };
  }
  const meant = named.length === 1 ? named : policy.directions;
  if (closes(name) && !opens(name)) {
    const open = opened.find((direction) => meant.includes(direction));
    if (open !== undefined)
      return {
        says: `is named as if it denied, and allows all ${open.toLowerCase()}`,
        path: `spec.${open.toLowerCase()}`,
      };
  }
  if (opens(name) && !closes(name)) {
    const rules = meant.flatMap((direction) => (direction === 'Ingress' ? policy.ingress : policy.egress));
    if (rules.length === 0 && meant.length > 0)
      return { says: 'is named as if it allowed, and has no rule: it denies', path: `spec.${meant[0].toLowerCase()}` };
  }
  return null;
}
