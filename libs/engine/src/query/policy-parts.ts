import { type Direction, formatObjectRef, type Policy, type PolicyRule } from '#model';

/** Policies by the text of their refs: an object may be several. */
export function partsByRef(policies: readonly Policy[]): ReadonlyMap<string, readonly Policy[]> {
  const parts = new Map<string, Policy[]>();
  for (const policy of policies) {
    const text = formatObjectRef(policy.ref);
    const known = parts.get(text);
    if (known === undefined) parts.set(text, [policy]);
    else known.push(policy);
  }
  return parts;
}

/** The directions in which some of several policies apply. */
export function directionsOf(policies: readonly Policy[]): Direction[] {
  return (['Ingress', 'Egress'] as const).filter((direction) =>
    policies.some(({ directions }) => directions.includes(direction)),
  );
}

/** How many rules an object has for these, which may be several for one of its rules. */
export function ruleCountOf(rules: readonly PolicyRule[]): number {
  return new Set(
    rules.map(({ at, number }, i) => (at === undefined ? String(number ?? i) : `${at.list}[${at.number}]`)),
  ).size;
}
