import type { Network } from '#model';

/**
 * Whether packets that leave a node leave by one of some interfaces, as iptables matches their names (`eth+`); null where the
 * name of the node's interface is only assumed and does not match.
 */
export function leavesBy({ nodeInterface }: Network, filters: readonly string[]): boolean | null {
  const matches = filters.some((filter) =>
    filter.endsWith('+') ? nodeInterface.value.startsWith(filter.slice(0, -1)) : filter === nodeInterface.value,
  );
  return matches || nodeInterface.provenance === 'configured' ? matches : null;
}
