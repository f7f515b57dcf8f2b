import type { ClusterModel, Enforcement, NodeDataplane, Sourced } from '#model';
import type { Evidence } from './evidence.js';

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
 * stale rules may hold there, or none.
 */
export function perNode(
  model: ClusterModel,
  evidence: Evidence,
  identity: Identity,
  cluster: Enforcement,
): NodeDataplane[] {
  const { primary, policyEngine } = identity;
  if (cluster === 'no' || cluster === 'unknown') {
    return model.nodes.map(({ name }) => ({
      node: name,
      primary,
      policyEngine: policyEngine.value,
      enforcement: cluster,
    }));
  }
  return enforcementPerNode(model, evidence, policyEngine).map(({ node, enforcement }) => ({
    node,
    primary,
    policyEngine: policyEngine.value,
    enforcement,
  }));
}

function enforcementPerNode(
  model: ClusterModel,
  { daemons }: Evidence,
  { from }: Sourced<string>,
): { node: string; enforcement: Enforcement }[] {
  const daemonSets = new Set(
    daemons.filter(({ by }) => by.ref === from).map(({ by }) => `${by.ref.namespace}/${by.ref.name}`),
  );
  const daemonPods = [...model.pods].filter(
    ({ workload, origin }) =>
      origin === 'Observed' &&
      workload?.kind === 'DaemonSet' &&
      daemonSets.has(`${workload.namespace}/${workload.name}`),
  );
  const ready = new Set(daemonPods.filter((pod) => pod.ready && pod.phase === 'Running').map(({ node }) => node));
  return model.nodes.map(({ name }) => ({
    node: name,
    enforcement: daemonPods.length === 0 || ready.has(name) ? 'yes' : 'partial',
  }));
}
