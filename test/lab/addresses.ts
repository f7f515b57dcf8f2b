import { createHash } from 'node:crypto';

/** Arithmetic of IPv4 addresses, apart from what is tried. */
export const addresses = { blockOf, gatewayOf, holds, macFor, segmentOf } as const;

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const textOf = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

/** The block of a length that an address is in, as a CIDR. */
function blockOf(address: string, length: number): string {
  const size = 2 ** (32 - length);
  return `${textOf(Math.floor(numberOf(address) / size) * size)}/${length}`;
}

function holds(cidr: string, address: string): boolean {
  const [base, length] = cidr.split('/');
  return blockOf(address, Number(length)) === blockOf(base, Number(length));
}

/** The first address of a CIDR: a bridge's, or a router's. */
function gatewayOf(cidr: string): string {
  return textOf(numberOf(cidr.split('/')[0]) + 1);
}

/** The segment of a node in the lab: nodes of one /24 are neighbours. */
function segmentOf(address: string): string {
  return blockOf(address, 24);
}

/** A MAC address of its own for each name, as daemons make them up. */
function macFor(name: string): string {
  const digits = createHash('sha1').update(name).digest('hex').slice(0, 10);
  return `66:${digits.match(/../g)!.join(':')}`;
}
