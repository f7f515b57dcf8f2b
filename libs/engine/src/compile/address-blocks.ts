import type { Address, AddressRange, Family, PeerStatement, Policy } from '#model';
import { parseAddress, parseCidr, peerStatements } from '#model';
import { differenceOfRuns, type Runs, unionOfRuns } from '../sets/runs.js';
import { type NodeAddresses, rangesOfCidrs } from './node-addresses.js';

/** Block of an address that cannot be read; nothing about addresses matches it. */
export const noBlock = 0;

/** Block of an endpoint with an address that nobody knows, by family. */
export const unknownBlock = { IPv4: 1, IPv6: 2 } as const;

/** Number of the first block that holds addresses. */
export const firstAddressBlock = 3;

/** Marks an endpoint that has no address in a family. */
export const noAddress = 0xffffffff;

/**
 * The address space cut at every border that a policy sees, so that no policy tells two addresses of a block apart: IPv4 blocks
 * by ascending address, then IPv6 blocks. Looking up an address costs a binary search over the cuts.
 */
export class AddressBlocks {
  readonly #runsOfCidr = new Map<string, Runs>();

  constructor(
    /** First addresses of the IPv4 blocks, ascending, beginning with 0. */
    readonly starts4: ArrayLike<number>,
    readonly starts6: readonly bigint[],
  ) {}

  /** One more than the last block's number. */
  get end(): number {
    return firstAddressBlock + this.starts4.length + this.starts6.length;
  }

  blockOf(address: Address): number {
    return address.family === 'IPv4' ? this.blockOf4(address.value) : this.blockOf6(address.value);
  }

  blockOf4(value: number): number {
    return firstAddressBlock + lastAtOrBelow(this.starts4, value);
  }

  blockOf6(value: bigint): number {
    return firstAddressBlock + this.starts4.length + lastAtOrBelow(this.starts6, value);
  }

  /** The blocks of one family. */
  blocksOf(family: Family): readonly [start: number, end: number] {
    const border = firstAddressBlock + this.starts4.length;
    return family === 'IPv4' ? [firstAddressBlock, border] : [border, this.end];
  }

  /** The addresses of a block; it must be one that holds addresses. */
  rangeOf(block: number): AddressRange {
    const at = block - firstAddressBlock;
    const { starts4, starts6 } = this;
    if (at < starts4.length) {
      const last = at + 1 < starts4.length ? starts4[at + 1] - 1 : 2 ** 32 - 1;
      return { first: { family: 'IPv4', value: starts4[at] }, last: { family: 'IPv4', value: last } };
    }
    const at6 = at - starts4.length;
    const last = at6 + 1 < starts6.length ? starts6[at6 + 1] - 1n : (1n << 128n) - 1n;
    return { first: { family: 'IPv6', value: starts6[at6] }, last: { family: 'IPv6', value: last } };
  }

  /** Whether no block lies partly inside the range. */
  isCutAt({ first, last }: AddressRange): boolean {
    const start = this.rangeOf(this.blockOf(first)).first;
    const end = this.rangeOf(this.blockOf(last)).last;
    return start.value === first.value && end.value === last.value;
  }

  /** The blocks that lie in any of the CIDRs, which must be among those at which the space was cut. */
  blocksOfCidrs(cidrs: readonly string[]): Runs {
    return unionOfRuns(cidrs.map((cidr) => this.#blocksOfCidr(cidr)));
  }

  /** The blocks whose addresses a statement means; null where it does not look at addresses. */
  blocksOfStatement(statement: PeerStatement, nodes: NodeAddresses): Runs | null {
    switch (statement.kind) {
      case 'Addresses': {
        const blocks = this.blocksOfCidrs(statement.cidrs);
        return statement.except.length === 0 ? blocks : differenceOfRuns(blocks, this.blocksOfCidrs(statement.except));
      }
      case 'Nodes':
        return this.blocksOfRanges(nodes.matching(statement.nodes));
      case 'External':
        return differenceOfRuns([firstAddressBlock, this.end], this.blocksOfRanges(nodes.taken()));
      case 'Pods':
      case 'OwnNode':
      case 'Undecidable':
        return null;
    }
  }

  /** The blocks that lie in any of the ranges, at whose borders the space was cut. */
  blocksOfRanges(ranges: readonly AddressRange[]): Runs {
    return unionOfRuns(ranges.map(({ first, last }) => [this.blockOf(first), this.blockOf(last) + 1]));
  }

  #blocksOfCidr(cidr: string): Runs {
    let runs = this.#runsOfCidr.get(cidr);
    if (runs === undefined) {
      const range = parseCidr(cidr);
      runs = range === null ? [] : [this.blockOf(range.first), this.blockOf(range.last) + 1];
      this.#runsOfCidr.set(cidr, runs);
    }
    return runs;
  }
}

/**
 * The ranges at whose borders policies tell addresses apart: CIDRs, and the addresses of nodes where rules speak of
 * nodes. Cost: linear in the peers, plus the nodes for each distinct selector of nodes.
 */
export function rangesSeenBy(policies: readonly Policy[], nodes: NodeAddresses): readonly AddressRange[] {
  const cidrs = new Set<string>();
  const ofNodes = new Set<readonly AddressRange[]>();
  for (const policy of policies) {
    for (const rules of [policy.ingress, policy.egress]) {
      for (const { peers } of rules) {
        for (const statement of peerStatements(peers)) {
          if (statement.kind === 'Addresses') {
            for (const cidr of statement.cidrs) cidrs.add(cidr);
            for (const cidr of statement.except) cidrs.add(cidr);
          } else if (statement.kind !== 'Pods') {
            ofNodes.add(nodes.rangesOf(statement));
          }
        }
      }
    }
  }
  return [...rangesOfCidrs([...cidrs]), ...[...ofNodes].flat()];
}

/** Cuts the address space at the borders of ranges. Cost: n log n in the ranges. */
export function cutAddressBlocks(ranges: Iterable<AddressRange>): AddressBlocks {
  const starts4 = new Set<number>([0]);
  const starts6 = new Set<bigint>([0n]);
  for (const range of ranges) cutAt(range, starts4, starts6);
  const wide = [...starts6].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return new AddressBlocks(Uint32Array.from(starts4).sort(), wide);
}

/** The block of an address given as canonical text. */
export function blockOfText(blocks: AddressBlocks, text: string): number {
  const address = parseAddress(text);
  return address === null ? noBlock : blocks.blockOf(address);
}

function cutAt({ first, last }: AddressRange, starts4: Set<number>, starts6: Set<bigint>): void {
  if (first.family === 'IPv4' && last.family === 'IPv4') {
    starts4.add(first.value);
    if (last.value < 2 ** 32 - 1) starts4.add(last.value + 1);
  } else if (first.family === 'IPv6' && last.family === 'IPv6') {
    starts6.add(first.value);
    if (last.value < (1n << 128n) - 1n) starts6.add(last.value + 1n);
  }
}

/** Index of the last element that is not above `value`; the first element is not above any value asked for. */
function lastAtOrBelow<T extends number | bigint>(sorted: ArrayLike<T>, value: T): number {
  let low = 0;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle;
    else high = middle;
  }
  return low;
}
