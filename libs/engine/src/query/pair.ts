import type { Family } from '#model';
import type { OutcomeId } from '../sets/outcomes.js';
import type { Party, roleOf } from './party.js';

/** One pair of live ends with a common family. */
export interface Pair {
  readonly source: Party;
  readonly destination: Party;
  readonly family: Family;
  /** Through a Service: a pod that reaches itself then leaves its own network namespace. */
  readonly viaService: boolean;
  /** Two equal replicas of one workload, of which the model has only one: never the pod itself. */
  readonly twins: boolean;
  /** The port the connection is opened from; absent: nobody says. */
  readonly sourcePort?: number;
}

/** What one end of a connection says. */
export interface Side {
  readonly outcome: OutcomeId;
  /** Whether some NetworkPolicy isolates the pod in this direction. */
  readonly isolated: boolean;
  /** Whether some policy applies to the pod in this direction. */
  readonly applies: boolean;
  /** What the outcome comes from; the exemptions and doubts go before policies. */
  readonly by: 'Policies' | 'NotSubject' | 'OwnNode' | 'Self' | 'Hairpin' | 'NotUnderstood';
}

/** Both ends of a pair in one family, as the policies intend it. */
export interface Sides {
  readonly egress: Side;
  readonly ingress: Side;
}

export function isSamePod({ source, destination, twins }: Pair): boolean {
  return source.podNumber >= 0 && source.podNumber === destination.podNumber && !twins;
}

/** A node, or a pod that cannot be told from its node. */
export function isNodeLike(party: Party, role: ReturnType<typeof roleOf>): boolean {
  return party.kind === 'Node' || role === 'HostNetwork';
}
