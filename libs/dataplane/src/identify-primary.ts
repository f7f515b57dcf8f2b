import type { ObjectRef, Sourced } from '#model';
import type { Evidence } from './evidence.js';
import { configMapOf, runs, shownBy } from './shown.js';
import { isPolicyOnly } from './is-policy-only.js';
import { type NetworkPart, providers, strong } from './signals.js';

/** The provider of pod networking (dataplane A.2, A.3): who is left when policy-only parts are taken away. */
export function identifyPrimary(evidence: Evidence): Sourced<string> {
  const candidates = primaryCandidates(evidence);
  const observed = (value: string, part: NetworkPart): Sourced<string> => ({
    value,
    provenance: 'observed',
    ...from(shownBy(evidence, part)?.ref),
  });
  const isOnlyCanal = candidates.every((part) => part === 'flannel' || part === 'calico');
  if (isCanal(evidence) && isOnlyCanal) return observed('canal', 'flannel');
  if (runs(evidence, 'flannel') && runs(evidence, 'calico') && candidates.length === 1 && candidates[0] === 'flannel')
    return observed('canal-split', 'flannel');
  if (candidates.length === 1) return observed(candidates[0], candidates[0]);
  if (candidates.length > 1) return { value: 'ambiguous', provenance: 'observed' };
  return withoutDaemons(evidence);
}

/** Networks whose daemons run and that give pods their addresses; more than one is an error of the cluster. */
export function primaryCandidates(evidence: Evidence): readonly NetworkPart[] {
  // Dataplane V2 is Cilium under another name, with Cilium's containers.
  const isDpv2 = runs(evidence, 'gke-dpv2');
  const found = providers.filter(
    (part) => runs(evidence, part) && !isPolicyOnly(evidence, part) && !(isDpv2 && part === 'cilium'),
  );
  if (isCanal(evidence)) return found.filter((part) => part !== 'calico' || !found.includes('flannel'));
  // netd and azure-cns are parts of what their clouds offer; Dataplane V2 and a real network beside netd take its place.
  return found.length > 1 ? found.filter((part) => part !== 'gke') : found;
}

/** One DaemonSet that runs both flannel and Calico absorbs the signals of the two. */
export function isCanal({ daemons }: Evidence): boolean {
  return daemons.some(
    ({ part, by }) => part === 'calico' && daemons.some((other) => other.part === 'flannel' && other.by === by),
  );
}

/** What is said of a network whose daemons nobody saw: k3s runs them inside, clouds outside of the cluster. */
function withoutDaemons(evidence: Evidence): Sourced<string> {
  if (evidence.isK3sFlannel) return { value: 'flannel', provenance: 'derived' };
  const written = providers.flatMap((part) => writtenBy(evidence, part));
  const [first] = written;
  if (first === undefined) return { value: 'unknown', provenance: 'assumed' };
  if (written.length === 1) return { value: first.part, provenance: 'derived', from: first.from };
  const isOne = written.length === 2 && written.every(({ from: one }) => one === first.from);
  // canal's ConfigMap configures both of its parts.
  return isOne
    ? { value: 'canal', provenance: 'derived', from: first.from }
    : { value: 'ambiguous', provenance: 'derived' };
}

/**
 * The object that speaks of a network which may run unseen. Where DaemonSets were listed and none of it runs, its
 * ConfigMap is a leftover; only AWS also runs its plugin outside of the cluster.
 */
function writtenBy(evidence: Evidence, part: NetworkPart): { part: NetworkPart; from: ObjectRef }[] {
  const { hints, daemonSetsCollected, hasDaemonSets, leftovers } = evidence;
  const isListed = hasDaemonSets && daemonSetsCollected;
  if (runs(evidence, part) || leftovers.some((shown) => shown.part === part)) return [];
  if (isListed && part !== 'aws-vpc-cni') return [];
  const from =
    configMapOf(evidence, part)?.ref ?? hints.find((hint) => hint.part === part && hint.score >= strong)?.from;
  return from === undefined || isPolicyOnly(evidence, part) ? [] : [{ part, from }];
}

function from(ref: ObjectRef | undefined): { from?: ObjectRef } {
  return ref === undefined ? {} : { from: ref };
}
