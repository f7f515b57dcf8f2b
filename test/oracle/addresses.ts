/** An address as a number of its family, the slow way. */
export interface Ip {
  readonly v6: boolean;
  readonly n: bigint;
}

export function ip(text: string): Ip {
  if (!text.includes(':'))
    return { v6: false, n: text.split('.').reduce((n, octet) => n * 256n + BigInt(Number(octet)), 0n) };
  const [left, right] = text.split('::');
  const groups = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length;
  const all = [...groups(left), ...Array<string>(zeros).fill('0'), ...groups(right)];
  return { v6: true, n: all.reduce((n, group) => n * 65536n + BigInt(parseInt(group, 16)), 0n) };
}

/** First and last address of a CIDR; host bits do not count. */
export function cidr(text: string): { v6: boolean; first: bigint; last: bigint } {
  const [address, prefix] = text.split('/');
  const { v6, n } = ip(address);
  const size = 1n << BigInt((v6 ? 128 : 32) - Number(prefix));
  const first = n - (n % size);
  return { v6, first, last: first + size - 1n };
}

export function inside(text: string, address: Ip): boolean {
  const { v6, first, last } = cidr(text);
  return v6 === address.v6 && first <= address.n && address.n <= last;
}
