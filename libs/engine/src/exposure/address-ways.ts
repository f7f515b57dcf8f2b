import type { ConnectivityWalk } from '../connectivity/connectivity-walk.js';
import { noAddress } from '../compile/address-blocks.js';
import type { OutcomeId } from '../sets/outcomes.js';
import type { ExposureItem } from './exposure.js';
import type { OutsideClients } from './outside-clients.js';

/** What one end is open to at its own addresses. */
export interface AddressWay {
  readonly end: number;
  readonly item: Omit<ExposureItem, 'workload'>;
}

/**
 * What policies let the outside open to pods at their own addresses, or at their node's: what every address outside may, else
 * what at least one may. Whether anybody routes to these addresses is not asked. Yields null between address blocks. Cost:
 * address blocks × ends that they reach.
 */
export function* addressWays(walk: ConnectivityWalk, clients: OutsideClients): Iterable<AddressWay | null> {
  const { ends, cluster, input } = walk;
  const { outcomes } = cluster.index;
  const every = new Array<OutcomeId>(ends.podEnd).fill(outcomes.allowAll);
  const some = new Array<OutcomeId>(ends.podEnd).fill(outcomes.denyAll);
  const met = new Uint32Array(ends.podEnd);
  const { addressEndpoints, endpointOfBlock } = input.units;
  // Blocks of which every address is one of a pod, a node or a Service are not outside.
  const outside = new Set(
    clients.parties.flatMap(({ addresses }) =>
      addresses.flatMap(({ address }) =>
        address === null ? [] : endpointOfBlock[cluster.index.blocks.blockOf(address)],
      ),
    ),
  );
  const blocks = [...outside].sort((a, b) => a - b);
  for (const block of blocks) {
    const reached = walk.reachedBy(ends.nodeEnd + block);
    for (let k = 0; k < reached.count; k++) {
      const end = reached.destinations[k];
      if (end >= ends.podEnd) continue;
      met[end]++;
      every[end] = outcomes.both(every[end], reached.every[k]);
      some[end] = outcomes.any(some[end], reached.some[k]);
    }
    yield null;
  }
  const reachable = (['IPv4', 'IPv6'] as const).map((family) =>
    blocks.filter((block) => input.families[family] && addressEndpoints[block].blocks[family] !== noAddress),
  );
  const counts = [0, reachable[0].length, reachable[1].length, new Set(reachable.flat()).size];
  for (let end = 0; end < ends.podEnd; end++) {
    if (met[end] === 0) continue;
    const whole = met[end] === counts[familiesOf(walk, end)] ? every[end] : outcomes.denyAll;
    for (const item of itemsOf(walk, end, whole, some[end])) yield { end, item };
  }
}

/** 1 for IPv4, 2 for IPv6, 3 for both. */
function familiesOf({ ends, input: { units } }: ConnectivityWalk, end: number): number {
  let families = 0;
  for (let at = ends.unitOffsets[end]; at < ends.unitOffsets[end + 1]; at++) {
    families |= units.has4[ends.units[at]] | (units.has6[ends.units[at]] << 1);
  }
  return families;
}

function itemsOf(walk: ConnectivityWalk, end: number, every: OutcomeId, some: OutcomeId): AddressWay['item'][] {
  const { denyAll } = walk.cluster.index.outcomes;
  const described = walk.end(end);
  const via = { kind: 'hostNetwork' in described ? 'HostNetwork' : 'Address' } as const;
  const item = (outcome: OutcomeId, isPartial: boolean): AddressWay['item'] => {
    const { connections, unknown } = walk.connections(outcome);
    return { via, connections, ...(isPartial ? { some: true } : {}), ...(unknown === null ? {} : { unknown }) };
  };
  return [...(every === denyAll ? [] : [item(every, false)]), ...(some === every ? [] : [item(some, true)])];
}
