import type { ClusterModel, Component, Sourced } from '#model';
import { type Evidence, runs, shownBy } from './evidence.js';
import { booleanFlag, flagOf } from './flags.js';
import type { NetworkPart } from './signals.js';

/**
 * The provider of NetworkPolicy (dataplane A.2), which need not be that of the network. `none`: nobody enforces.
 * `k3sNetworkPolicy` is what a user says of the controller inside k3s; null: nothing.
 */
export function identifyPolicyEngine(
  model: ClusterModel,
  evidence: Evidence,
  primary: string,
  k3sNetworkPolicy: boolean | null,
): Sourced<string> {
  const by = (value: string, part: NetworkPart): Sourced<string> => {
    const component = shownBy(evidence, part);
    return {
      value,
      provenance: runs(evidence, part) ? 'observed' : 'derived',
      ...(component === null ? {} : { from: component.ref }),
    };
  };
  if (primary === 'unknown' && evidence.daemons.length === 0) {
    return (
      controllersAlone(model, evidence) ??
      gkeWithoutEngine(model, evidence) ??
      engineByItsPolicies(model) ?? { value: 'unknown', provenance: 'assumed' }
    );
  }
  if (runs(evidence, 'calico')) return by('calico', 'calico');
  if (runs(evidence, 'cilium') || runs(evidence, 'gke-dpv2')) return ciliumEngine(evidence, by);
  if (runs(evidence, 'kube-network-policies')) return by('kube-network-policies', 'kube-network-policies');
  if (runs(evidence, 'kube-router')) {
    const isFirewall = booleanFlag(shownBy(evidence, 'kube-router'), 'run-firewall', true);
    return by(isFirewall ? 'kube-router' : 'none', 'kube-router');
  }
  if (runs(evidence, 'azure-npm')) return by('azure-npm', 'azure-npm');
  switch (primary) {
    case 'antrea':
    case 'ovn-kubernetes':
      return by(primary, primary);
    case 'weave':
      return by(hasContainer(shownBy(evidence, 'weave'), 'weave-npc') ? 'weave-npc' : 'none', 'weave');
    case 'kindnet':
      return kindnetEngine(shownBy(evidence, 'kindnet'));
    case 'aws-vpc-cni':
      return by(isAwsAgentOn(evidence) ? 'aws-network-policy-agent' : 'none', 'aws-vpc-cni');
    case 'azure-cni':
    case 'gke':
      return by('none', primary);
    case 'flannel':
      return flannelEngine(model, evidence, k3sNetworkPolicy);
    case 'calico':
    case 'cilium':
    case 'kube-router':
      return { value: primary, provenance: 'derived' };
    default:
      return (
        controllersAlone(model, evidence) ??
        gkeWithoutEngine(model, evidence) ?? { value: 'unknown', provenance: 'derived' }
      );
  }
}

/** GKE enforces by Dataplane V2 or by Calico; where its DaemonSets show neither, nobody does (dataplane A.2). */
function gkeWithoutEngine({ nodes }: ClusterModel, evidence: Evidence): Sourced<string> | null {
  const isGke = nodes.some(({ labels }) => Object.hasOwn(labels, 'cloud.google.com/gke-nodepool'));
  return isGke && evidence.hasDaemonSets && evidence.daemonSetsCollected
    ? { value: 'none', provenance: 'derived' }
    : null;
}

/**
 * Manifests that show no network are meant for Calico or for Cilium where they hold its policies, and none of another
 * engine's: nobody else reads them.
 */
function engineByItsPolicies({ policies, notUnderstood }: ClusterModel): Sourced<string> | null {
  const engines: Readonly<Record<string, string>> = {
    'projectcalico.org': 'calico',
    'cilium.io': 'cilium',
    'crd.antrea.io': 'antrea',
  };
  const doubted = notUnderstood.filter(
    ({ ref, scope }) => scope.kind !== 'Nothing' && ref.kind.endsWith('Policy') && ref.name !== '*',
  );
  const own = [...policies, ...doubted].filter(({ ref }) => Object.hasOwn(engines, ref.group));
  const found = new Set(own.map(({ ref }) => engines[ref.group]));
  if (found.size !== 1 || found.has('antrea')) return null;
  return { value: [...found][0], provenance: 'assumed', from: own[0].ref };
}

/** Calico's controllers without a node agent anywhere enforce nothing (dataplane A.5). */
function controllersAlone({ components }: ClusterModel, evidence: Evidence): Sourced<string> | null {
  const controllers = components.find(({ ref }) => ref.kind === 'Deployment' && ref.name === 'calico-kube-controllers');
  if (controllers === undefined || !evidence.daemonSetsCollected) return null;
  return { value: 'none', provenance: 'derived', from: controllers.ref };
}

function ciliumEngine(evidence: Evidence, by: (value: string, part: NetworkPart) => Sourced<string>): Sourced<string> {
  const config = evidence.configMaps.find(({ part }) => part === 'cilium')?.by.data;
  return by(
    config?.['enable-policy'] === 'never' ? 'none' : 'cilium',
    runs(evidence, 'cilium') ? 'cilium' : 'gke-dpv2',
  );
}

/** Plain flannel enforces nothing; inside k3s a controller does unless it is switched off. */
function flannelEngine({ nodes }: ClusterModel, evidence: Evidence, k3sNetworkPolicy: boolean | null): Sourced<string> {
  if (runs(evidence, 'flannel')) {
    const component = shownBy(evidence, 'flannel') as Component;
    return { value: 'none', provenance: 'observed', from: component.ref };
  }
  if (!evidence.isK3sFlannel) return { value: evidence.hasDaemonSets ? 'none' : 'unknown', provenance: 'derived' };
  if (k3sNetworkPolicy !== null) return { value: k3sNetworkPolicy ? 'kube-router' : 'none', provenance: 'configured' };
  const args = nodes.flatMap(({ annotations }) =>
    Object.hasOwn(annotations, 'k3s.io/node-args') ? [annotations['k3s.io/node-args']] : [],
  );
  if (args.some((text) => text.includes('--disable-network-policy'))) return { value: 'none', provenance: 'observed' };
  return { value: 'kube-router', provenance: args.length > 0 ? 'derived' : 'assumed' };
}

/** kind's own network enforces since the image of August 2024 (dataplane A.2). */
function kindnetEngine(component: Component | null): Sourced<string> {
  const source = component === null ? {} : { from: component.ref };
  if (flagOf(component, 'network-policy') === 'true')
    return { value: 'kube-network-policies', provenance: 'observed', ...source };
  const date = component?.containers
    .map(({ image }) => /(?:kindest|aojea)\/kindnetd:v(\d{8})/.exec(image)?.[1])
    .find((found) => found !== undefined);
  if (date === undefined) return { value: 'unknown', provenance: 'derived', ...source };
  if (date >= '20240813') return { value: 'kube-network-policies', provenance: 'observed', ...source };
  return { value: date >= '20240723' ? 'unknown' : 'none', provenance: 'observed', ...source };
}

function isAwsAgentOn(evidence: Evidence): boolean {
  const component = evidence.daemons.find(({ part }) => part === 'aws-vpc-cni')?.by ?? null;
  const config = evidence.configMaps.find(({ part }) => part === 'aws-vpc-cni')?.by.data;
  return (
    flagOf(component, 'enable-network-policy') === 'true' || config?.['enable-network-policy-controller'] === 'true'
  );
}

function hasContainer(component: Component | null, name: string): boolean {
  return component?.containers.some((container) => container.name === name) === true;
}
