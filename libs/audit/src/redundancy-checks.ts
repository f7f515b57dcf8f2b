import { sparePolicies } from '#engine';
import { compareObjectRefs, compareText, type Finding, type Policy } from '#model';
import type { Audited } from './audited.js';
import { ruleHolds, scopeHolds, selectorHolds } from './contains.js';
import { lint } from './lint.js';
import { nameOf, subjectPath } from './written.js';

/** Policies of a namespace that one is compared with, at most, to say whether it is redundant in every cluster. */
const comparedMax = 1000;

/** Policies that change nothing, and such as are there twice. */
export function* redundancyChecks({ cluster }: Audited): Iterable<Finding> {
  for (const policy of sparePolicies(cluster)) {
    const by = coveringPolicy(policy, cluster.lookups.policiesOfNamespace().get(policy.ref.namespace ?? '') ?? []);
    const message = `without ${nameOf(policy)} every verdict of the snapshot is the same${by === null ? '' : `, and of every cluster with ${nameOf(by)}`}`;
    yield lint('POLICY_REDUNDANT', message, by === null ? [policy.ref] : [policy.ref, by.ref], {
      path: 'spec',
      witness: by === null ? undefined : `policy:${nameOf(by)}`,
      everywhere: by !== null,
    });
  }
  const alike = new Map<string, Policy[]>();
  for (const policy of cluster.model.policies) {
    const text = specText(policy);
    const known = alike.get(text);
    if (known === undefined) alike.set(text, [policy]);
    else known.push(policy);
  }
  for (const [first, ...others] of alike.values()) {
    for (const other of others) {
      // One object may be several policies.
      if (compareObjectRefs(other.ref, first.ref) === 0) continue;
      const message = `${nameOf(other)} selects the same pods and has the same rules as ${nameOf(first)}`;
      const evidence = { path: subjectPath(other), witness: `policy:${nameOf(first)}` };
      yield lint('POLICY_DUPLICATE_SPEC', message, [other.ref, first.ref], evidence);
    }
  }
}

/** What a policy says, whatever its name and, where order means nothing, the order of its rules. */
function specText({ ref, tier, order, subject, directions, ingress, egress }: Policy): string {
  const rules = [directions.includes('Ingress') ? ingress : [], directions.includes('Egress') ? egress : []].map(
    (list) => {
      const texts = list.map((rule) => JSON.stringify(rule));
      return ref.group === 'networking.k8s.io' ? texts.sort(compareText) : texts;
    },
  );
  // Policies are made with their members in one order.
  return JSON.stringify([ref.group, tier.name, order, subject, directions, rules]);
}

/** A NetworkPolicy that selects at least the same pods and opens at least as much, in any cluster; null where none is known. */
function coveringPolicy(policy: Policy, others: readonly Policy[]): Policy | null {
  if (policy.ref.group !== 'networking.k8s.io') return null;
  return (
    others.slice(0, comparedMax).find(
      (other) =>
        other !== policy &&
        other.ref.group === 'networking.k8s.io' &&
        scopeHolds(other.subject.namespaces, policy.subject.namespaces) &&
        selectorHolds(other.subject.pods, policy.subject.pods) &&
        policy.directions.every((direction) => {
          if (!other.directions.includes(direction)) return false;
          const [outer, inner] =
            direction === 'Ingress' ? [other.ingress, policy.ingress] : [other.egress, policy.egress];
          return inner.every((rule) => outer.some((wider) => ruleHolds(wider, rule)));
        }),
    ) ?? null
  );
}
