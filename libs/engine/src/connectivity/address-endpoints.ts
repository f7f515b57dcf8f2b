import type { AddressRange, Family, PeerStatement, Policy } from '#model';
import { canonicalText, formatAddress, peerStatements } from '#model';
import { type AddressBlocks, firstAddressBlock, noAddress } from '../compile/address-blocks.js';
import type { NodeAddresses } from '../compile/node-addresses.js';

/** Addresses that no policy tells apart: one party to traffic, in both families at once. */
export interface AddressEndpoint {
  /** One of its blocks in each family, which stands for all of them; `noAddress` where it has none there. */
  readonly blocks: Readonly<Record<Family, number>>;
  /** `first-last`, or one address; sorted, IPv4 first; those that touch are joined. */
  readonly ranges: readonly { readonly family: Family; readonly text: string }[];
}

/**
 * The address endpoints of a snapshot, by their first address, and the endpoint of each address block. Pieces of the
 * address space that every policy treats alike are one endpoint; addresses of pods and nodes are not taken out. In
 * steps. Cost: the blocks, plus the statements about addresses that begin or end at each.
 */
export function* makeAddressEndpoints(
  policies: readonly Policy[],
  blocks: AddressBlocks,
  nodes: NodeAddresses,
): Generator<void, { readonly endpoints: readonly AddressEndpoint[]; readonly endpointOfBlock: Int32Array }> {
  const borders = yield* bordersOf(policies, blocks, nodes);
  const drafts = new Map<string, { blocks: Record<Family, number>; ranges: AddressRange[] }>();
  const numbers = new Map<string, number>();
  const endpointOfBlock = new Int32Array(blocks.end).fill(-1);
  const inside = new Set<number>();
  let key = '';
  for (let block = firstAddressBlock; block < blocks.end; block++) {
    const here = borders.get(block);
    if (here !== undefined) {
      for (const statement of here.closes) inside.delete(statement);
      for (const statement of here.opens) inside.add(statement);
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
  yield;
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

/** About a millisecond. */
const policiesInStep = 500;

/** At which blocks begins and ends what the distinct statements of all policies mean. */
function* bordersOf(
  policies: readonly Policy[],
  blocks: AddressBlocks,
  nodes: NodeAddresses,
): Generator<void, ReadonlyMap<number, Border>> {
  const statements = new Map<string, PeerStatement>();
  for (const [number, { ingress, egress }] of policies.entries()) {
    if (number % policiesInStep === 0) yield;
    for (const rules of [ingress, egress]) {
      for (const { peers } of rules) {
        for (const statement of peerStatements(peers)) {
          if (statement.kind !== 'Pods') statements.set(canonicalText(statement), statement);
        }
      }
    }
  }
  const borders = new Map<number, Border>();
  const at = (block: number): Border => {
    let border = borders.get(block);
    if (border === undefined) borders.set(block, (border = { opens: [], closes: [] }));
    return border;
  };
  [...statements.values()].forEach((statement, number) => {
    const runs = blocks.blocksOfStatement(statement, nodes) ?? [];
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
