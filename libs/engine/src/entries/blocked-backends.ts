import type { Entry, ObjectRef } from '#model';
import type { Cluster } from '../query/cluster.js';
import type { Reason } from '../query/reason.js';
import type { Mode } from '../query/verdict.js';
import { portText } from './entry-verdict.js';
import { judgeEntry } from './judge-entry.js';

/** A backend that an entry sends to and that policies keep from its controller. */
export interface BlockedBackend {
  readonly entry: Entry;
  readonly target: ObjectRef;
  /** As the entry names it; null for all ports. */
  readonly port: string | null;
  /** Peer text: `pod:ns/name`, `node:name`, `ip:address`. */
  readonly backend: string;
  readonly targetPort: number;
  readonly reason: Reason;
}

/**
 * Backends that are denied to the controller of their entry, in the order of entries, targets and backends. Cost: that of
 * `judgeEntry` for each entry.
 */
export function blockedBackends(cluster: Cluster, mode: Mode = 'effective'): BlockedBackend[] {
  return cluster.model.entries.flatMap((entry) => {
    const { backends } = judgeEntry(cluster, entry, null, { family: null, semantics: null });
    return backends.flatMap(({ backend: { target, port }, members }) =>
      members.flatMap(({ backend, judgement }): BlockedBackend[] => {
        const { verdict, reason } = judgement[mode];
        if (verdict !== 'denied') return [];
        const found = { backend: backend.party.text, targetPort: backend.port, reason };
        return [{ entry, target, port: portText(port), ...found }];
      }),
    );
  });
}
