import { canonicalAddress, parseLegacyCidr } from '../../validation/cidr.js';
import type { Decoder } from '../../validation/decoder.js';

/** Networks in canonical form. An address without a prefix is the network of that one address, as for Calico. */
export function readNets(decoder: Decoder, value: unknown, field: string): string[] {
  return decoder.elements(value, field, (element, at) => {
    const text = decoder.text(element, at) ?? '';
    const net = text.includes('/') ? parseLegacyCidr(text) : null;
    if (net !== null && !net.leadingZeros) return net.text;
    const address = text.includes('/') ? null : canonicalAddress(text);
    if (address !== null) return `${address}/${address.includes(':') ? 128 : 32}`;
    const detail = 'must be a CIDR or an IP address (e.g. 10.9.8.0/24, 10.9.8.7 or 2001:db8::/64)';
    // A value of the wrong type has its complaint already.
    if (typeof element === 'string') decoder.complain({ field: at, reason: 'Invalid', detail, value: text });
    return '';
  });
}
