import type { ObjectRef, Sourced } from '#model';
import { type Evidence, runs, shownBy } from './evidence.js';
import { booleanFlag, envOf } from './flags.js';
import type { NetworkPart } from './signals.js';

/** Parts that can give pods their network, in the order in which they are named. */
export const providers: readonly NetworkPart[] = [
  'flannel',
  'calico',
  'kube-router',
  'cilium',
  'antrea',
  'weave',
  'kindnet',
  'aws-vpc-cni',
  'azure-cni',
  'gke-dpv2',
  'gke',
  'ovn-kubernetes',
];

/** The provider of pod networking (dataplane A.2, A.3): who is left when policy-only parts are taken away. */
export function identifyPrimary(evidence: Evidence): Sourced<string> {
  const candidates = primaryCandidates(evidence);
  const observed = (value: string, part: NetworkPart): Sourced<string> => ({
    value,
    provenance: 'observed',
    ...from(shownBy(evidence, part)?.ref),
  });
  if (isCanal(evidence)) return observed('canal', 'flannel');
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

/** Parts that only enforce policies on top of somebody else's network. */
export function isPolicyOnly(evidence: Evidence, part: NetworkPart): boolean {
  const component = shownBy(evidence, part);
  const onCloud = ['aws-vpc-cni', 'azure-cni', 'gke'].some((cloud) => runs(evidence, cloud as NetworkPart));
  switch (part) {
    case 'calico':
      return envOf(component, 'CALICO_NETWORKING_BACKEND') === 'none' || (onCloud && !runs(evidence, 'flannel'));
    case 'kube-router':
      return !booleanFlag(component, 'run-router', true);
    case 'cilium': {
      const chaining = evidence.configMaps.find((shown) => shown.part === 'cilium')?.by.data['cni-chaining-mode'];
      return (
        (chaining !== undefined && chaining !== '' && chaining !== 'none') || (onCloud && runs(evidence, 'azure-cni'))
      );
    }
    default:
      return false;
  }
}

function withoutDaemons(evidence: Evidence): Sourced<string> {
  if (evidence.isK3sFlannel) return { value: 'flannel', provenance: 'derived' };
  // Where daemons of a network run, a ConfigMap of another one is a leftover.
  const written = providers.filter((part) => evidence.configMaps.some((shown) => shown.part === part));
  if (written.length === 1 && evidence.leftovers.length === 0) {
    return { value: written[0], provenance: 'derived', ...from(shownBy(evidence, written[0])?.ref) };
  }
  return {
    value: written.length > 1 ? 'ambiguous' : 'unknown',
    provenance: written.length > 1 ? 'derived' : 'assumed',
  };
}

function from(ref: ObjectRef | undefined): { from?: ObjectRef } {
  return ref === undefined ? {} : { from: ref };
}
