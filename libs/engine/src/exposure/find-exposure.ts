import { type Assumption, compareText } from '#model';
import type { ConnectivityQuestion } from '../connectivity/connectivity.js';
import { ConnectivityWalk } from '../connectivity/connectivity-walk.js';
import { SnapshotParts } from '../connectivity/snapshot-parts.js';
import type { Cluster } from '../query/cluster.js';
import { addressWays } from './address-ways.js';
import { addEntryWays } from './entry-ways.js';
import type { ExposureItem } from './exposure.js';
import { addHostPortWays } from './host-port-ways.js';
import { Offers, wayKey } from './offers.js';
import { OutsideClients } from './outside-clients.js';
import { addServiceWays } from './service-ways.js';

/** Everything by which the outside comes to workloads. */
export interface Exposure {
  /** By workload, then way; with null in between, for whoever takes a breath while it is searched. */
  readonly items: Iterable<ExposureItem | null>;
  /** Who controllers were taken to be; complete when the items are. */
  readonly assumptions: ReadonlyMap<string, Assumption>;
}

/**
 * What the outside can reach, workload by workload. All of it is held: there is one item for each workload and way. Cost: address
 * blocks × workloads, plus judging every backend of entries and of Services that are open to the outside.
 * @throws QuestionError where a peer cannot be found
 */
export function findExposure(cluster: Cluster, question: ConnectivityQuestion): Exposure {
  const assumptions = new Map<string, Assumption>();
  const walk = new ConnectivityWalk(cluster, question);
  return { items: search(walk, assumptions), assumptions };
}

function* search(walk: ConnectivityWalk, assumptions: Map<string, Assumption>): Iterable<ExposureItem | null> {
  const { cluster, ends, question } = walk;
  const { units } = SnapshotParts.of(cluster);
  const found: { end: number; item: Omit<ExposureItem, 'workload'> }[] = [];
  const clients = new OutsideClients(cluster, question);
  for (const way of addressWays(walk, clients)) {
    if (way === null) yield null;
    else found.push(way);
  }
  const offers = new Offers(cluster);
  addHostPortWays(cluster, ends, units, clients, offers);
  yield null;
  yield* addServiceWays(cluster, ends, units, clients, offers);
  yield* addEntryWays(cluster, ends, units, clients, question, offers, assumptions);
  found.push(...offers.all());
  const sorted = found
    .filter(({ end }) => walk.isDestination(end))
    .map((one) => ({ ...one, key: wayKey(one.item.via) }))
    .sort(
      (a, b) =>
        a.end - b.end || compareText(a.key, b.key) || Number(a.item.some ?? false) - Number(b.item.some ?? false),
    );
  for (const { end, item } of sorted) yield { workload: walk.end(end), ...item };
}
