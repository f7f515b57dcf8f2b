import { IPv4, IPv4CidrRange, IPv4Prefix, IPv6, IPv6CidrRange, IPv6Prefix } from 'ip-num';
import { type Family, formatAddress } from '#model';

/** A CIDR as the API server's legacy parser reads it, in canonical form. */
export interface ParsedCidr {
  readonly family: Family;
  /** Host bits masked away, IPv4-mapped notation turned into IPv4. */
  readonly text: string;
  /** First and last address, as numbers of the family. */
  readonly first: bigint;
  readonly last: bigint;
  /** The prefix length as written; a mapped block is compared by this one (policy semantics 1.3). */
  readonly writtenPrefix: number;
  /** How the text departs from the canonical form: what newer servers refuse. */
  readonly leadingZeros: boolean;
  readonly isMapped: boolean;
  readonly hasHostBits: boolean;
}

/**
 * Reads `address/prefix`. As the server does unless it is strict, it accepts leading zeros (decimal), host bits and
 * IPv4-mapped addresses. Null for anything else.
 */
export function parseLegacyCidr(text: string): ParsedCidr | null {
  const match = /^([0-9A-Fa-f:.]+)\/([0-9]+)$/.exec(text);
  if (match === null) return null;
  const address = match[1];
  const prefix = Number(match[2]);
  const leadingZeros =
    /^0[0-9]/.test(match[2]) ||
    /(^|:)[0-9A-Fa-f]{5,}/.test(address) ||
    /(^|[.:])0+[0-9]+(?=\.|$)/.test(address.includes('.') ? address : '');
  try {
    return address.includes(':') ? parse6(address, prefix, leadingZeros) : parse4(address, prefix, leadingZeros);
  } catch {
    return null;
  }
}

/** An address in canonical text, or null. Zones, leading zeros and IPv4-mapped forms are not accepted where the API server does not. */
export function canonicalAddress(text: string): string | null {
  try {
    if (!text.includes(':')) return new IPv4(text).toString() === text ? text : null;
    if (text.includes('%')) return null;
    const value = new IPv6(text).getValue();
    return value >> 32n === 0xffffn ? new IPv4(value & 0xffffffffn).toString() : canonical6(value);
  } catch {
    return null;
  }
}

function parse4(address: string, prefix: number, leadingZeros: boolean): ParsedCidr | null {
  const octets = address.split('.');
  if (octets.length !== 4 || octets.some((octet) => !/^[0-9]{1,}$/.test(octet)) || prefix > 32) return null;
  const ip = new IPv4(octets.map(Number).join('.'));
  const range = new IPv4CidrRange(ip, new IPv4Prefix(BigInt(prefix)));
  const first = range.getFirst();
  return {
    family: 'IPv4',
    text: `${first.toString()}/${prefix}`,
    first: first.getValue(),
    last: range.getLast().getValue(),
    writtenPrefix: prefix,
    leadingZeros,
    isMapped: false,
    hasHostBits: first.getValue() !== ip.getValue(),
  };
}

function parse6(address: string, prefix: number, leadingZeros: boolean): ParsedCidr | null {
  if (prefix > 128) return null;
  const dotted = /^(.*:)([0-9]+(?:\.[0-9]+){3})$/.exec(address);
  const groups = dotted === null ? address : `${dotted[1]}${hexOf(dotted[2])}`;
  // The server counts no digits, so a group may have any number of leading zeros.
  const ip = new IPv6(groups.replace(/(^|:)0+(?=[0-9A-Fa-f])/g, '$1'));
  const isMapped = ip.getValue() >> 32n === 0xffffn;
  // A shorter prefix cuts into the mapping itself: an ordinary block, in which no IPv4 address is.
  if (isMapped && prefix >= 96) {
    const inner = parse4(new IPv4(ip.getValue() & 0xffffffffn).toString(), prefix - 96, leadingZeros);
    return inner === null ? null : { ...inner, writtenPrefix: prefix, isMapped };
  }
  const range = new IPv6CidrRange(ip, new IPv6Prefix(BigInt(prefix)));
  const first = range.getFirst().getValue();
  return {
    family: 'IPv6',
    text: `${canonical6(first)}/${prefix}`,
    first,
    last: range.getLast().getValue(),
    writtenPrefix: prefix,
    leadingZeros,
    isMapped,
    hasHostBits: first !== ip.getValue(),
  };
}

function hexOf(dotted: string): string {
  const value = new IPv4(dotted.split('.').map(Number).join('.')).getValue();
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function canonical6(value: bigint): string {
  return formatAddress({ family: 'IPv6', value });
}
