import { parseAddress } from '#model';
import { canonicalAddress } from './cidr.js';
import type { Decoder } from './decoder.js';

/** The canonical text of an address, or the empty text and a complaint. An empty text is no address and no mistake. */
export function addressComplaint(decoder: Decoder, text: string, field: string): string {
  if (text === '') return '';
  // Strict dotted decimal is the canonical text of itself; nearly all addresses are.
  if (parseAddress(text)?.family === 'IPv4' && !text.includes(':')) return text;
  const canonical = canonicalAddress(text);
  if (canonical !== null) return canonical;
  decoder.complain({
    field,
    reason: 'Invalid',
    detail: 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    value: text,
  });
  return '';
}
