import { formatAddress, parseAddress, parseCidr, rangeContains } from '#model';

/** A CIDR in canonical text, host bits masked; null where it is none. */
export function canonicalCidr(text: string): string | null {
  const range = parseCidr(text);
  if (range === null) return null;
  return `${formatAddress(range.first)}/${Number(text.slice(text.lastIndexOf('/') + 1))}`;
}

/** Whether an address, or every address of a CIDR, lies in a CIDR. */
export function cidrHolds(cidr: string, text: string): boolean {
  const outer = parseCidr(cidr);
  if (outer === null) return false;
  if (!text.includes('/')) {
    const address = parseAddress(text);
    return address !== null && rangeContains(outer, address);
  }
  const inner = parseCidr(text);
  return inner !== null && rangeContains(outer, inner.first) && rangeContains(outer, inner.last);
}

/** Whether two CIDRs share an address. */
export function cidrsOverlap(a: string, b: string): boolean {
  return cidrHolds(a, baseOf(b)) || cidrHolds(b, baseOf(a));
}

/** The first address of a CIDR; the text itself where it is none. */
export function baseOf(cidr: string): string {
  const range = parseCidr(cidr);
  return range === null ? cidr : formatAddress(range.first);
}

export function prefixLengthOf(cidr: string): number {
  return Number(cidr.slice(cidr.lastIndexOf('/') + 1));
}

export function familyOf(text: string): 'IPv4' | 'IPv6' {
  return text.includes(':') ? 'IPv6' : 'IPv4';
}

/** The first of a family. */
export function ofFamily(texts: readonly string[], family: 'IPv4' | 'IPv6'): string | null {
  return texts.find((text) => familyOf(text) === family) ?? null;
}
