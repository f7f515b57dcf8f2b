import type { ClusterModel, Enforcement, NodeDataplane, Sourced } from '#model';
import { type Evidence, keyOf } from './evidence.js';
import { primaryCandidates } from './identify-primary.js';

interface Identity {
  readonly primary: string;
  readonly policyEngine: Sourced<string>;
}

/**
 * Whether policies are enforced (dataplane A.5). Provenance tells two kinds of `unknown` apart: `assumed` where nothing
 * at all shows a network, as in bare manifests; `derived` where a network is there and its policy engine is not known,
 * or where what would show it could not be collected.
 */
export function findEnforcement(
  model: ClusterModel,
  evidence: Evidence,
  { primary, policyEngine }: Identity,
): Sourced<Enforcement> {
  const source = policyEngine.from === undefined ? {} : { from: policyEngine.from };
  if (policyEngine.value === 'none') {
    const isSure = evidence.daemonSetsCollected;
    return { value: isSure ? 'no' : 'unknown', provenance: 'derived', ...source };
  }
  if (policyEngine.value === 'unknown') {
    const hasNoEvidence = primary === 'unknown' && evidence.daemonSetsCollected;
    return { value: 'unknown', provenance: hasNoEvidence ? 'assumed' : 'derived' };
  }
  const nodes = enforcementPerNode(model, evidence, policyEngine);
  const isEverywhere = nodes.every(({ enforcement }) => enforcement === 'yes');
  return {
    value: isEverywhere ? 'yes' : 'partial',
    provenance: policyEngine.provenance === 'assumed' ? 'assumed' : 'derived',
    ...source,
  };
}

/**
 * The same for each node. Where the engine's daemon pods are in the snapshot, a node without a ready one is `partial`:
 * stale rules may hold there, or none. A node that daemons of one network run on, and of no other, is of that network.
 */
export function perNode(
  model: ClusterModel,
  evidence: Evidence,
  identity: Identity,
  cluster: Enforcement,
): NodeDataplane[] {
  const { primary, policyEngine } = identity;
  const primaryOf = (name: string): string => (primary === 'ambiguous' ? networkOfNode(evidence, name) : primary);
  if (cluster === 'no' || cluster === 'unknown') {
    return model.nodes.map(({ name }) => ({
      node: name,
      primary: primaryOf(name),
      policyEngine: policyEngine.value,
      enforcement: cluster,
    }));
  }
  return enforcementPerNode(model, evidence, policyEngine).map(({ node, enforcement }) => ({
    node,
    primary: primaryOf(node),
    policyEngine: policyEngine.value,
    enforcement,
  }));
}

function networkOfNode(evidence: Evidence, node: string): string {
  const here = primaryCandidates(evidence).filter((part) =>
    evidence.daemons.some(
      (shown) => shown.part === part && evidence.daemonPods.get(keyOf(shown.by))?.has(node) === true,
    ),
  );
  return here.length === 1 ? here[0] : 'ambiguous';
}

function enforcementPerNode(
  model: ClusterModel,
  { daemons, daemonPods }: Evidence,
  { from }: Sourced<string>,
): { node: string; enforcement: Enforcement }[] {
  const keys = new Set(daemons.filter(({ by }) => by.ref === from).map(({ by }) => keyOf(by)));
  const pods = [...keys].flatMap((key) => [...(daemonPods.get(key) ?? [])]);
  const ready = new Set(pods.filter(([, isReady]) => isReady).map(([node]) => node));
  return model.nodes.map(({ name }) => ({
    node: name,
    enforcement: pods.length === 0 || ready.has(name) ? 'yes' : 'partial',
  }));
}
