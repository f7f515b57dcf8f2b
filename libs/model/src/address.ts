/** An IP family in upstream's spelling. */
export type Family = 'IPv4' | 'IPv6';

/** One IP address, packed. IPv4 fits a number, which is an order of magnitude faster than a bigint. */
export type Address =
  { readonly family: 'IPv4'; readonly value: number } | { readonly family: 'IPv6'; readonly value: bigint };

/** Both ends included; `first` is never above `last`. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

/**
 * A strict reading of an address: dotted decimal without leading zeros, or RFC 4291 text without a zone. An
 * IPv4-mapped IPv6 address is the IPv4 address it carries. Null for anything else.
 */
export function parseAddress(text: string): Address | null {
  if (text.includes(':')) return parseIPv6(text);
  const value = parseIPv4(text);
  return value === null ? null : { family: 'IPv4', value };
}

/** Canonical text: dotted decimal, or RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  return address.family === 'IPv4' ? formatIPv4(address.value) : formatIPv6(address.value);
}

/** A strict reading of `address/prefix`; host bits are masked away. Null for anything else. */
export function parseCidr(text: string): AddressRange | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const base = text.slice(0, slash);
  const address = parseAddress(base);
  const prefixText = text.slice(slash + 1);
  if (address === null || !/^(0|[1-9][0-9]{0,2})$/.test(prefixText)) return null;
  let prefix = Number(prefixText);
  if (address.family === 'IPv4') {
    // `::ffff:10.0.0.0/104` is 10.0.0.0/8: the 96 bits of the mapping are part of the written prefix.
    if (base.includes(':')) prefix -= 96;
    return prefix < 0 || prefix > 32 ? null : rangeOfIPv4(address.value, prefix);
  }
  return prefix > 128 ? null : rangeOfIPv6(address.value, prefix);
}

/** Order of two addresses: every IPv4 address before every IPv6 address, then by value. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family === 'IPv4' ? -1 : 1;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

export function rangeContains(range: AddressRange, address: Address): boolean {
  return (
    range.first.family === address.family && range.first.value <= address.value && address.value <= range.last.value
  );
}

function parseIPv4(text: string): number | null {
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (octet < 0 || ++octets > 4) return null;
      value = value * 256 + octet;
      octet = -1;
    } else if (code < 48 || code > 57 || octet === 0) {
      return null;
    } else {
      octet = (octet < 0 ? 0 : octet) * 10 + (code - 48);
      if (octet > 255) return null;
    }
  }
  return octets === 4 ? value : null;
}

function parseIPv6(text: string): Address | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const last = tail ?? head;
  if (last.at(-1)?.includes('.')) {
    const embedded = parseIPv4(last.pop() as string);
    if (embedded === null) return null;
    last.push((embedded >>> 16).toString(16), (embedded & 0xffff).toString(16));
  }
  const written = head.length + (tail?.length ?? 0);
  if (tail === undefined ? written !== 8 : written > 7) return null;
  const groups = [...head, ...Array<string>(8 - written).fill('0'), ...(tail ?? [])];
  let value = 0n;
  for (const group of groups) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
    value = (value << 16n) | BigInt(parseInt(group, 16));
  }
  return value >> 32n === 0xffffn ? { family: 'IPv4', value: Number(value & 0xffffffffn) } : { family: 'IPv6', value };
}

function rangeOfIPv4(value: number, prefix: number): AddressRange {
  const size = 2 ** (32 - prefix);
  const first = value - (value % size);
  return { first: { family: 'IPv4', value: first }, last: { family: 'IPv4', value: first + size - 1 } };
}

function rangeOfIPv6(value: bigint, prefix: number): AddressRange {
  const hostBits = BigInt(128 - prefix);
  const first = (value >> hostBits) << hostBits;
  return { first: { family: 'IPv6', value: first }, last: { family: 'IPv6', value: first + (1n << hostBits) - 1n } };
}

function formatIPv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function formatIPv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  const gap = longestZeroRun(groups);
  const text = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  return gap.length < 2
    ? text(groups)
    : `${text(groups.slice(0, gap.start))}::${text(groups.slice(gap.start + gap.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
    if (end > i) i = end;
  }
  return best;
}
