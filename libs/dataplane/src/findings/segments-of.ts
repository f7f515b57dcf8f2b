import type { Network, Node } from '#model';
import { parseAddress, parseCidr } from '#model';
import { calicoNetworkOf, nodeAddress } from '../same-segment.js';

/** What is known of which nodes share an L2 segment (dataplane 0.2), over all pairs of nodes, each from both sides. */
export interface Segments {
  /** What the surest pair rests on that is on two segments; null where no pair is. */
  readonly apart: 'configured' | 'observed' | 'assumed' | null;
  /** Whether some two nodes are on one. */
  readonly hasNeighbours: boolean;
  /** Whether the addresses of all nodes are known: without, nothing can be said of all pairs. */
  readonly isWhole: boolean;
  /** Nodes outside of the largest group, where the groups are by segment as given, else by the assumed prefix. */
  readonly minority: readonly string[];
}

interface Placed {
  readonly name: string;
  readonly value: number;
  /** Index of the segment that a user named; -1 for none. */
  readonly given: number;
  /** Calico's network of the node, as numbers; null without a mask that tells. */
  readonly annotated: { readonly first: number; readonly last: number } | null;
  readonly base: number;
}

/**
 * Looks at pairs by groups instead of one by one; IPv4 only. `addressOf`: the address at which a node is spoken to, where
 * that is not the first of its object. Cost: nodes times their logarithm.
 */
export function segmentsOf(
  { nodeSubnets, assumedNodePrefix }: Network,
  nodes: readonly Node[],
  addressOf: (node: Node) => string | null = (node) => nodeAddress(node, 'IPv4'),
): Segments {
  const subnets = nodeSubnets.map(({ cidr, nodes: named }) => ({ range: rangeOf(cidr), named }));
  const placed = nodes.flatMap((node): Placed[] => {
    const address = parseAddress(addressOf(node) ?? '');
    if (address?.family !== 'IPv4') return [];
    const { value } = address;
    const given = subnets.findIndex(
      ({ range, named }) => isInside(range, value) && (named === null || named.includes(node.name)),
    );
    const text = calicoNetworkOf(node, 'IPv4');
    const annotated = text === null || text.endsWith('/32') ? null : rangeOf(text);
    return [{ name: node.name, value, given, annotated, base: Math.floor(value / 2 ** (32 - assumedNodePrefix)) }];
  });
  const all = sorted(placed);
  const free = sorted(placed.filter(({ given }) => given < 0));
  const sizes = counts(placed.map(({ given }) => given).filter((given) => given >= 0));
  let apart: Segments['apart'] = sizes.size > 1 ? 'configured' : null;
  let hasNeighbours = [...sizes.values()].some((size) => size > 1);
  for (const node of placed) {
    // Where both ends are on a segment that was named, that decides.
    const others = node.given < 0 ? all : free;
    const size = 2 ** (32 - assumedNodePrefix);
    const range = node.annotated ?? { first: node.base * size, last: (node.base + 1) * size - 1 };
    const self = node.given < 0 ? 1 : 0;
    const inside = within(others, range) - (isInside(range, node.value) ? self : 0);
    if (inside > 0) hasNeighbours = true;
    if (inside < others.length - self) apart = surer(apart, node.annotated === null ? 'assumed' : 'observed');
  }
  return { apart, hasNeighbours, isWhole: placed.length === nodes.length, minority: minorityOf(placed) };
}

function rangeOf(cidr: string): { first: number; last: number } | null {
  const range = parseCidr(cidr);
  return range?.first.family === 'IPv4' && range.last.family === 'IPv4'
    ? { first: range.first.value, last: range.last.value }
    : null;
}

function isInside(range: { first: number; last: number } | null, value: number): boolean {
  return range !== null && range.first <= value && value <= range.last;
}

function sorted(placed: readonly Placed[]): number[] {
  return placed.map(({ value }) => value).sort((a, b) => a - b);
}

/** How many of the sorted values lie in a range. */
function within(values: readonly number[], { first, last }: { first: number; last: number }): number {
  return firstAtLeast(values, last + 1) - firstAtLeast(values, first);
}

function firstAtLeast(values: readonly number[], bound: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function surer(a: Segments['apart'], b: 'observed' | 'assumed'): Segments['apart'] {
  return a === null || (a === 'assumed' && b === 'observed') ? b : a;
}

function counts<T>(values: readonly T[]): Map<T, number> {
  const found = new Map<T, number>();
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
  return found;
}

function minorityOf(placed: readonly Placed[]): string[] {
  const groupOf = ({ given, annotated, base }: Placed): string =>
    given >= 0 ? `given ${given}` : annotated !== null ? `seen ${annotated.first} ${annotated.last}` : `taken ${base}`;
  const sizes = counts(placed.map(groupOf));
  const [largest] = [...sizes].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] ?? [''];
  return placed.filter((one) => groupOf(one) !== largest).map(({ name }) => name);
}
