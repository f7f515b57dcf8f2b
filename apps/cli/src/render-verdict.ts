import type { Verdict } from '#engine';
import { formatObjectRef } from '#model';

/** A verdict for people: the word and the sentence, then what was looked at. */
export function renderVerdict(verdict: Verdict, hasColour: boolean): string {
  const lines = [`${coloured(verdict.verdict, hasColour)}  ${verdict.message}`];
  if (verdict.intended !== verdict.effective)
    lines.push(`  policies say ${verdict.intended}, this cluster does ${verdict.effective}`);
  for (const { from, to } of [verdict.resolved]) {
    for (const peer of [from, to]) if (peer.note !== undefined) lines.push(`  note: ${peer.note}`);
  }
  if (verdict.example !== undefined) lines.push(`  shown for ${verdict.example.from} → ${verdict.example.to}`);
  for (const { direction, verdict: word, isolated, tier, decidedBy, considered } of verdict.gates) {
    const where = tier === null ? '' : ` by the ${tier} tier`;
    lines.push(`  ${direction.toLowerCase()}: ${word}${where}${isolated ? '' : ' (no policy isolates the pod)'}`);
    for (const { policy, list, rule, action } of decidedBy) {
      const name = list === undefined ? rule : `${list}[${rule}]`;
      lines.push(`    ${done[action] ?? action} by rule ${name} of ${formatObjectRef(policy)}`);
    }
    for (const { policy, why } of considered) lines.push(`    ${formatObjectRef(policy)}: ${why}`);
  }
  if (verdict.restrictedAtL7 !== undefined) lines.push(`  restricted at layer 7: ${verdict.restrictedAtL7.join(', ')}`);
  for (const [word, { protocols }] of Object.entries(verdict.connections ?? {})) {
    for (const [protocol, ports] of Object.entries(protocols ?? {}))
      lines.push(`  ${word}: ${protocol} ${ports.join(', ')}`);
  }
  for (const [family, { verdict: word }] of Object.entries(verdict.families ?? {})) lines.push(`  ${family}: ${word}`);
  for (const { protocol, port, verdict: word, backends } of verdict.ports ?? []) {
    lines.push(`  port ${protocol} ${port}: ${word}`);
    for (const part of backends) lines.push(`    ${part.backend} port ${part.port ?? '-'}: ${part.verdict}`);
  }
  for (const { entry, gateway, verdict: word, client, backends } of verdict.entries ?? []) {
    const via = gateway === null ? '' : ` at ${formatObjectRef(gateway)}`;
    lines.push(`  ${formatObjectRef(entry)}${via}: ${word}`);
    if (client !== null) lines.push(`    client to controller: ${client.verdict}`);
    for (const { target, port, verdict: behind, reason, backends: members } of backends) {
      lines.push(`    ${formatObjectRef(target)} port ${port ?? '-'}: ${behind} (${reason})`);
      for (const part of members) lines.push(`      ${part.backend} port ${part.port ?? '-'}: ${part.verdict}`);
    }
  }
  for (const [word, count] of Object.entries(verdict.counts ?? {}))
    lines.push(`  ${count} ${count === 1 ? 'pair' : 'pairs'} ${word}`);
  for (const [word, { from, to }] of Object.entries(verdict.examples ?? {}))
    lines.push(`  ${word}, for example ${from} → ${to}`);
  if (verdict.implementationDefined.length > 0)
    lines.push(`  upstream leaves this to the implementation: ${verdict.implementationDefined.join(', ')}`);
  for (const { name, value, provenance } of verdict.assumptions) lines.push(`  ${provenance}: ${name}: ${value}`);
  return `${lines.join('\n')}\n`;
}

/** What a rule that decides has done. */
const done: Readonly<Record<string, string>> = { Allow: 'allowed', Deny: 'denied' };

const colours: Readonly<Record<string, number>> = {
  allowed: 32,
  denied: 31,
  unknown: 33,
  mixed: 33,
  notApplicable: 36,
};

function coloured(word: string, hasColour: boolean): string {
  return hasColour ? `\u001b[1;${colours[word] ?? 0}m${word}\u001b[0m` : word;
}
