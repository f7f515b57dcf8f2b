import type { ClusterModel, Component, Enforcement, NodeDataplane, Sourced } from '#model';
import { type Evidence, keyOf } from './evidence.js';
import { primaryCandidates } from './identify-primary.js';
import type { NetworkPart } from './signals.js';

interface Identity {
  readonly primary: string;
  readonly policyEngine: Sourced<string>;
}

/** The parts whose daemons carry out what an engine decides; other engines are parts of their own name. */
const partsOfEngine: Readonly<Record<string, readonly NetworkPart[]>> = {
  cilium: ['cilium', 'gke-dpv2'],
  'kube-network-policies': ['kube-network-policies', 'kindnet'],
  'weave-npc': ['weave'],
  'aws-network-policy-agent': ['aws-vpc-cni'],
};

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
  const isSeen = policyEngine.provenance !== 'derived' || engineDaemons(evidence, policyEngine).length > 0;
  // Only a ConfigMap speaks of the engine: its daemons may run or not.
  if (!isSeen && !evidence.daemonSetsCollected && !isEmbedded(evidence, policyEngine))
    return { value: 'unknown', provenance: 'derived', ...source };
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
 * stale rules may hold there, or none. What holds on a node with Windows is `unknown`. A node that daemons of one network
 * run on, and of no other, is of that network.
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
    return model.nodes.map(({ name, operatingSystem }) => ({
      node: name,
      primary: primaryOf(name),
      policyEngine: policyEngine.value,
      enforcement: operatingSystem === 'windows' ? 'unknown' : cluster,
    }));
  }
  return enforcementPerNode(model, evidence, policyEngine).map(({ node, enforcement }) => ({
    node,
    primary: primaryOf(node),
    policyEngine: policyEngine.value,
    enforcement,
  }));
}

/** Whose daemons have a pod on a node; where none has one although pods were collected, nobody serves it. */
function networkOfNode(evidence: Evidence, node: string): string {
  const candidates = primaryCandidates(evidence);
  const podsOf = (part: NetworkPart): ReadonlyMap<string, boolean>[] =>
    evidence.daemons
      .filter((shown) => shown.part === part)
      .flatMap((shown) => evidence.daemonPods.get(keyOf(shown.by)) ?? []);
  if (candidates.every((part) => podsOf(part).length === 0)) return 'ambiguous';
  const here = candidates.filter((part) => podsOf(part).some((pods) => pods.has(node)));
  return here.length === 1 ? here[0] : here.length === 0 ? 'unknown' : 'ambiguous';
}

function engineDaemons({ daemons }: Evidence, { value }: Sourced<string>): readonly Component[] {
  const parts: readonly string[] = Object.hasOwn(partsOfEngine, value) ? partsOfEngine[value] : [value];
  return [...new Set(daemons.filter(({ part }) => parts.includes(part)).map(({ by }) => by))];
}

/** k3s runs its controller inside of itself. */
function isEmbedded({ isK3sFlannel }: Evidence, { value }: Sourced<string>): boolean {
  return isK3sFlannel && value === 'kube-router';
}

/**
 * By the pods of the engine's daemons where they are in the snapshot. Where they are not, their DaemonSets' counts tell
 * whether some node lacks one, but not which, so that all are `partial`.
 */
function enforcementPerNode(
  model: ClusterModel,
  evidence: Evidence,
  policyEngine: Sourced<string>,
): { node: string; enforcement: Enforcement }[] {
  const daemons = engineDaemons(evidence, policyEngine);
  const pods = daemons.flatMap((by) => [...(evidence.daemonPods.get(keyOf(by)) ?? [])]);
  const ready = new Set(pods.filter(([, isReady]) => isReady).map(([node]) => node));
  const isLacking = daemons.some(({ desired, ready: count }) => desired !== null && count !== null && count < desired);
  const isWhole = pods.length === 0 && !isLacking;
  return model.nodes.map(({ name, operatingSystem }) => ({
    node: name,
    enforcement: operatingSystem === 'windows' ? 'unknown' : isWhole || ready.has(name) ? 'yes' : 'partial',
  }));
}
