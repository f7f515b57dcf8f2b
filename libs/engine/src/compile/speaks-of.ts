import type { PeerStatement, Policy } from '#model';
import { peerStatements } from '#model';

/** Whether some rule of some policy makes a statement of one of these kinds. Cost: linear in the peers. */
export function speaksOf(policies: readonly Policy[], ...kinds: readonly PeerStatement['kind'][]): boolean {
  return policies.some(({ ingress, egress }) =>
    [ingress, egress].some((rules) =>
      rules.some(({ peers }) => peerStatements(peers).some(({ kind }) => kinds.includes(kind))),
    ),
  );
}
