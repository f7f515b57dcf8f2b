import type { Decoder } from './decoder.js';
import { dnsSubdomainProblems } from './names.js';

/** A host name, which may begin with `*.`; complains of everything else and gives null for it and for none. */
export function readHost(decoder: Decoder, value: unknown, field: string): string | null {
  const host = decoder.text(value, field);
  if (host === null || host === '') return null;
  const problems = dnsSubdomainProblems(host.startsWith('*.') ? host.slice(2) : host);
  for (const detail of problems) decoder.complain({ field, reason: 'Invalid', detail, value: host });
  return problems.length === 0 ? host : null;
}
