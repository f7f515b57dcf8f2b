import type { Cluster } from '../query/cluster.js';
import { SnapshotParts } from './snapshot-parts.js';

/**
 * Makes in advance what the first question about all connections would wait for. Yields between steps, so that whoever
 * prepares may take a breath. Cost: linear in the pods and the runs of the index.
 */
export function prepareConnectivity(cluster: Cluster): Iterable<void> {
  return SnapshotParts.of(cluster).prepare();
}
