import type { Finding } from '#model';

/** Findings of one id that an audit lists at most; the last of them says how many there are besides. */
export const findingsMax = 1000;

/** The first `findingsMax` findings of each id, in the order in which they come. Cost: linear, without holding the others. */
export function bounded(findings: Iterable<Finding>): Finding[] {
  const byId = new Map<string, { readonly kept: Finding[]; more: number }>();
  for (const finding of findings) {
    let known = byId.get(finding.id);
    if (known === undefined) byId.set(finding.id, (known = { kept: [], more: 0 }));
    if (known.kept.length < findingsMax) known.kept.push(finding);
    else known.more++;
  }
  return [...byId.values()].flatMap(({ kept, more }) => {
    if (more === 0) return kept;
    const last = kept[kept.length - 1];
    return [...kept.slice(0, -1), { ...last, evidence: { ...last.evidence, more } }];
  });
}
