import type { LabelRequirement, Selector } from '#model';

/** Terms of a selector that no labels can meet together, in words; null where there are none. Joined selectors are passed over. */
export function contradictionIn({ requirements }: Selector): string | null {
  if (requirements.length === 0) return null;
  const byKey = new Map<string, LabelRequirement[]>();
  for (const requirement of requirements) {
    if (requirement.operator === 'AnyOf' || requirement.operator === 'NoneOf') continue;
    const known = byKey.get(requirement.key);
    if (known === undefined) byKey.set(requirement.key, [requirement]);
    else known.push(requirement);
  }
  for (const [key, terms] of byKey) {
    if (terms.length < 2) continue;
    const must = terms.filter(({ operator }) => operator !== 'NotIn' && operator !== 'DoesNotExist');
    if (must.length > 0 && terms.some(({ operator }) => operator === 'DoesNotExist'))
      return `${key} must exist and must not`;
    const allowed = terms
      .filter(({ operator }) => operator === 'In')
      .map(({ values }) => values)
      .reduce<readonly string[] | null>((a, b) => (a === null ? b : a.filter((value) => b.includes(value))), null);
    if (allowed === null) continue;
    const refused = terms.filter(({ operator }) => operator === 'NotIn').flatMap(({ values }) => values);
    if (allowed.every((value) => refused.includes(value))) return `no value of ${key} is left`;
  }
  return null;
}
