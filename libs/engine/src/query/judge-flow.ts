import type { Direction, Family, PolicySemantics } from '#model';
import type { NodeEnforcement } from '../compile/enforcement-view.js';
import { mannerFor } from '../entries/entry-manner.js';
import type { Cluster } from './cluster.js';
import { gatesOf } from './gates.js';
import { type Asked, judgePair } from './judge-pair.js';
import type { Party } from './party.js';
import type { Gate } from './verdict.js';

/** One direction of one flow, between the ends as the place where it is checked sees them. */
export interface FlowToJudge {
  readonly direction: Direction;
  readonly source: Party;
  readonly destination: Party;
  readonly family: Family;
  readonly asked: Asked;
  readonly viaService: boolean;
  /** Null: the snapshot's own knobs. */
  readonly semantics: PolicySemantics | null;
}

/** What one gate says, and whether the node of its subject does what it says. */
export interface JudgedGate {
  readonly gate: Gate;
  readonly enforcement: NodeEnforcement;
}

/**
 * The gate that a flow passes in one direction; null where its subject is no pod that policies apply to. Cost: that of
 * a verdict and a replay.
 */
export function judgeFlow(cluster: Cluster, flow: FlowToJudge): JudgedGate | null {
  const { direction, source, destination, family, asked, viaService, semantics } = flow;
  const manner = { ...mannerFor(cluster, { family, semantics }, asked, source, destination), viaService };
  const { families } = judgePair(cluster, source, destination, manner);
  if (families.length === 0) return null;
  const gates = gatesOf(cluster, families[0], asked, semantics ?? cluster.semantics);
  const gate = gates.find((candidate) => candidate.direction === direction);
  if (gate === undefined) return null;
  const { node } = direction === 'Egress' ? source : destination;
  const { enforcement } = cluster;
  return { gate, enforcement: (node === null ? undefined : enforcement.nodes.get(node)) ?? enforcement.cluster };
}
