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
