import type { ClusterModel, Component, Sourced } from '#model';
import type { Evidence } from './evidence.js';
import { configMapOf, runs, shownBy } from './shown.js';
import { booleanFlag, flagOf, isTrue } from './flags.js';
import { primaryCandidates } from './identify-primary.js';
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
  const running = runningEngine(evidence);
  if (running !== null) return running;
  switch (primary) {
    case 'unknown':
      return (
        controllersAlone(model, evidence) ??
        gkeWithoutEngine(model, evidence) ??
        (evidence.daemons.length === 0 ? engineByItsPolicies(model) : null) ?? {
          value: 'unknown',
          provenance: evidence.daemons.length === 0 ? 'assumed' : 'derived',
        }
      );
    case 'ambiguous': {
      const own = primaryCandidates(evidence).map((part) => engineOfNetwork(evidence, part, k3sNetworkPolicy));
      return own.find(({ value }) => value !== 'none') ?? own[0] ?? { value: 'unknown', provenance: 'derived' };
    }
    default: {
      const own = engineOfNetwork(evidence, primary, k3sNetworkPolicy);
      // What enforces on a network that only a ConfigMap shows may be among the DaemonSets that nobody saw.
      const mayBeUnseen = !(evidence.hasDaemonSets && evidence.daemonSetsCollected) && own.provenance === 'derived';
      return own.value === 'none' && mayBeUnseen ? { value: 'unknown', provenance: 'derived' } : own;
    }
  }
}

/** The first of the parts that run and enforce: one that is switched off leaves the place to another. */
function runningEngine(evidence: Evidence): Sourced<string> | null {
  const shows = (part: NetworkPart): boolean => runs(evidence, part);
  if (shows('calico')) return by(evidence, 'calico', 'calico');
  if ((shows('cilium') || shows('gke-dpv2')) && !neverEnforces(evidence))
    return by(evidence, 'cilium', shows('cilium') ? 'cilium' : 'gke-dpv2');
  if (shows('kube-network-policies')) return by(evidence, 'kube-network-policies', 'kube-network-policies');
  if (shows('kube-router') && isFirewall(evidence)) return by(evidence, 'kube-router', 'kube-router');
  for (const part of ['azure-npm', 'antrea', 'ovn-kubernetes'] as const) {
    if (shows(part)) return by(evidence, part, part);
  }
  if (shows('weave') && hasNpc(evidence)) return by(evidence, 'weave-npc', 'weave');
  if (shows('aws-vpc-cni') && isAwsAgentOn(evidence)) return by(evidence, 'aws-network-policy-agent', 'aws-vpc-cni');
  return null;
}

/** What a network does about policies by itself, where nothing that enforces was seen to run. */
function engineOfNetwork(evidence: Evidence, network: string, k3sNetworkPolicy: boolean | null): Sourced<string> {
  switch (network) {
    case 'flannel':
      return flannelEngine(evidence, k3sNetworkPolicy);
    case 'kindnet':
      return kindnetEngine(shownBy(evidence, 'kindnet'));
    case 'aws-vpc-cni':
      return by(evidence, isAwsAgentOn(evidence) ? 'aws-network-policy-agent' : 'none', 'aws-vpc-cni');
    case 'cilium':
    case 'gke-dpv2':
      return by(evidence, neverEnforces(evidence) ? 'none' : 'cilium', network);
    case 'kube-router':
      return by(evidence, isFirewall(evidence) ? 'kube-router' : 'none', network);
    case 'calico':
    case 'antrea':
    case 'ovn-kubernetes':
      return by(evidence, network, network);
    case 'canal':
    case 'canal-split':
      return by(evidence, 'calico', 'calico');
    case 'weave':
    case 'azure-cni':
    case 'gke':
      return by(evidence, 'none', network);
    default:
      return { value: 'unknown', provenance: 'derived' };
  }
}

function by(evidence: Evidence, value: string, part: NetworkPart): Sourced<string> {
  const component = shownBy(evidence, part);
  return {
    value,
    provenance: runs(evidence, part) ? 'observed' : 'derived',
    ...(component === null ? {} : { from: component.ref }),
  };
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

function neverEnforces(evidence: Evidence): boolean {
  return configMapOf(evidence, 'cilium')?.data['enable-policy'] === 'never';
}

function isFirewall(evidence: Evidence): boolean {
  return booleanFlag(shownBy(evidence, 'kube-router'), 'run-firewall', true);
}

function hasNpc(evidence: Evidence): boolean {
  return evidence.daemons.some(
    ({ part, by: { containers } }) => part === 'weave' && containers.some(({ name }) => name === 'weave-npc'),
  );
}

/** Plain flannel enforces nothing; inside k3s a controller does unless it is switched off. */
function flannelEngine(evidence: Evidence, k3sNetworkPolicy: boolean | null): Sourced<string> {
  const { isK3sFlannel, k3s } = evidence;
  if (runs(evidence, 'flannel') || !isK3sFlannel) return by(evidence, 'none', 'flannel');
  if (k3sNetworkPolicy !== null) return { value: k3sNetworkPolicy ? 'kube-router' : 'none', provenance: 'configured' };
  if (k3s.isSet('disable-network-policy')) return { value: 'none', provenance: 'observed' };
  return { value: 'kube-router', provenance: k3s.isKnown ? 'derived' : 'assumed' };
}

/** kind's own network enforces since the image of August 2024 (dataplane A.2). */
function kindnetEngine(component: Component | null): Sourced<string> {
  const source = component === null ? {} : { from: component.ref };
  const flag = flagOf(component, 'network-policy');
  if (flag !== null)
    return { value: isTrue(flag) ? 'kube-network-policies' : 'none', provenance: 'observed', ...source };
  const date = component?.containers
    .map(({ image }) => /(?:^|\/)kindnetd:v(\d{8})/.exec(image)?.[1])
    .find((found) => found !== undefined);
  if (date === undefined) return { value: 'unknown', provenance: 'derived', ...source };
  if (date >= '20240813') return { value: 'kube-network-policies', provenance: 'observed', ...source };
  return { value: date >= '20240723' ? 'unknown' : 'none', provenance: 'observed', ...source };
}

/** The agent's own flag, or the controller's: EKS shows the one or the other. */
function isAwsAgentOn(evidence: Evidence): boolean {
  const daemon = evidence.daemons.find(({ part }) => part === 'aws-vpc-cni')?.by ?? null;
  const config = configMapOf(evidence, 'aws-vpc-cni')?.data['enable-network-policy-controller'];
  return booleanFlag(daemon, 'enable-network-policy', false) || config === 'true';
}
