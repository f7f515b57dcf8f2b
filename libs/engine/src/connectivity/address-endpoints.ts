import type { AddressRange, Family, Policy, RulePeer } from '#model';
import { canonicalText, formatAddress } from '#model';
import { type AddressBlocks, firstAddressBlock, noAddress } from '../compile/address-blocks.js';

/** Addresses that lie in exactly the same ipBlocks: one party to traffic, in both families at once. */
export interface AddressEndpoint {
  /** One of its blocks in each family, which stands for all of them; `noAddress` where it has none there. */
  readonly blocks: Readonly<Record<Family, number>>;
  /** `first-last`, or one address; sorted, IPv4 first; those that touch are joined. */
  readonly ranges: readonly { readonly family: Family; readonly text: string }[];
}

/**
 * The address endpoints of a snapshot, by their first address, and the endpoint of each address block. Pieces of the
 * address space that every ipBlock treats alike are one endpoint; addresses of pods and nodes are not taken out. Cost:
 * the blocks, plus the ipBlocks that begin or end at each.
 */
export function findAddressEndpoints(
  policies: readonly Policy[],
  blocks: AddressBlocks,
): { readonly endpoints: readonly AddressEndpoint[]; readonly endpointOfBlock: Int32Array } {
  const borders = bordersOf(policies, blocks);
  const drafts = new Map<string, { blocks: Record<Family, number>; ranges: AddressRange[] }>();
  const numbers = new Map<string, number>();
  const endpointOfBlock = new Int32Array(blocks.end).fill(-1);
  const inside = new Set<number>();
  let key = '';
  for (let block = firstAddressBlock; block < blocks.end; block++) {
    const here = borders.get(block);
    if (here !== undefined) {
      for (const peer of here.closes) inside.delete(peer);
      for (const peer of here.opens) inside.add(peer);
      key = [...inside].sort((a, b) => a - b).join();
    }
    const range = blocks.rangeOf(block);
    let draft = drafts.get(key);
    if (draft === undefined) {
      numbers.set(key, drafts.size);
      drafts.set(key, (draft = { blocks: { IPv4: noAddress, IPv6: noAddress }, ranges: [] }));
    }
    endpointOfBlock[block] = numbers.get(key) as number;
    const { family } = range.first;
    if (draft.blocks[family] === noAddress) draft.blocks[family] = block;
    draft.ranges.push(range);
  }
  const endpoints = [...drafts.values()].map((draft): AddressEndpoint => ({
    blocks: draft.blocks,
    ranges: shownRanges(draft.ranges),
  }));
  return { endpoints, endpointOfBlock };
}

/** Ranges as they are shown: those that touch are joined. They must ascend, IPv4 first. */
export function shownRanges(ranges: readonly AddressRange[]): AddressEndpoint['ranges'] {
  return joined(ranges).map(({ first, last }) => ({
    family: first.family,
    text: first.value === last.value ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`,
  }));
}

interface Border {
  readonly opens: number[];
  readonly closes: number[];
}

/** At which blocks the distinct ipBlocks of all policies begin and end. */
function bordersOf(policies: readonly Policy[], blocks: AddressBlocks): ReadonlyMap<number, Border> {
  const peers = new Map<string, RulePeer & { kind: 'Addresses' }>();
  for (const { ingress, egress } of policies) {
    for (const rule of [...ingress, ...egress]) {
      for (const peer of rule.peers ?? []) {
        if (peer.kind === 'Addresses') peers.set(canonicalText([peer.cidr, [...peer.except].sort()]), peer);
      }
    }
  }
  const borders = new Map<number, Border>();
  const at = (block: number): Border => {
    let border = borders.get(block);
    if (border === undefined) borders.set(block, (border = { opens: [], closes: [] }));
    return border;
  };
  [...peers.values()].forEach((peer, number) => {
    const runs = blocks.blocksOfPeer(peer);
    for (let i = 0; i < runs.length; i += 2) {
      at(runs[i]).opens.push(number);
      at(runs[i + 1]).closes.push(number);
    }
  });
  return borders;
}

function joined(ranges: readonly AddressRange[]): AddressRange[] {
  const result: AddressRange[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last !== undefined && touches(last, range)) result[result.length - 1] = { first: last.first, last: range.last };
    else result.push(range);
  }
  return result;
}

function touches({ last }: AddressRange, { first }: AddressRange): boolean {
  if (last.family === 'IPv4') return first.family === 'IPv4' && last.value + 1 === first.value;
  return first.family === 'IPv6' && last.value + 1n === first.value;
}
