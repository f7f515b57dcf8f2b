import type { Dataplane, Enforcement } from '#model';

/** What becomes of a policy's denial on a node: it holds, it does not, or nobody knows. */
export type NodeEnforcement = 'enforced' | 'notEnforced' | 'unknown';

/** Enforcement as the engine needs it; made from a Dataplane by whoever opens a cluster. */
export interface EnforcementView {
  /** For pods without a node and nodes that are not listed. */
  readonly cluster: NodeEnforcement;
  /** By node name; only nodes that differ from the cluster. */
  readonly nodes: ReadonlyMap<string, NodeEnforcement>;
  /** Who acts on policies, where the snapshot tells; null where it does not. */
  readonly policyEngine: string | null;
}

/**
 * What a dataplane means for denials. `partial` differs by node and is unknown where no node is named. Enforcement
 * that is unknown because nothing at all tells which network this is (bare manifests) is assumed: the answer is what
 * the policies say, and `assumptions` says so (design 4.3). Unknown for any other reason stays unknown.
 */
export function enforcementView(dataplane: Dataplane): EnforcementView {
  const { enforcement, policyEngine } = dataplane;
  const assumed = enforcement.value === 'unknown' && enforcement.provenance === 'assumed';
  const cluster = assumed ? 'enforced' : denialUnder[enforcement.value];
  const nodes = assumed
    ? []
    : dataplane.perNode
        .map(({ node, enforcement: word }): [string, NodeEnforcement] => [node, denialUnder[word]])
        .filter(([, word]) => word !== cluster);
  return {
    cluster,
    nodes: new Map(nodes),
    policyEngine: policyEngine.value === 'unknown' ? null : policyEngine.value,
  };
}

const denialUnder: Readonly<Record<Enforcement, NodeEnforcement>> = {
  yes: 'enforced',
  no: 'notEnforced',
  partial: 'unknown',
  unknown: 'unknown',
};
