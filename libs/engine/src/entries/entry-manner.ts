import type { Family, PolicySemantics } from '#model';
import type { Asked, Manner } from '../query/judge-pair.js';
import type { Party } from '../query/party.js';
import type { Cluster } from '../query/cluster.js';

/** How an entry is to be judged. */
export interface EntryManner {
  /** Null: every common family. */
  readonly family: Family | null;
  /** Null: the snapshot's own knobs. */
  readonly semantics: PolicySemantics | null;
}

/** How one of its hops is judged: the index knows nothing of a stand-in, for which the policies themselves are asked. */
export function mannerFor(
  cluster: Cluster,
  { family, semantics }: EntryManner,
  asked: Asked,
  ...ends: Party[]
): Manner {
  const isSeen = ends.every(({ pod, podNumber, addresses }) =>
    pod === null ? addresses.every(({ address }) => address !== null) : podNumber >= 0,
  );
  return {
    asked,
    family,
    viaService: false,
    twins: false,
    semantics: semantics ?? (isSeen ? null : cluster.semantics),
  };
}
