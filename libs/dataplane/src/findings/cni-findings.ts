import { type ClusterModel, compareText, type Component, type Dataplane, type Finding, type ObjectRef } from '#model';
import { type Evidence, keyOf } from '../evidence.js';
import { primaryCandidates } from '../identify-primary.js';
import { type NetworkPart, providers } from '../signals.js';
import { counted, found, foundFor, nodeRef } from './found.js';

/** Which networks are there, and whether they are whole (CNI-001 to CNI-005). */
export function cniFindings(model: ClusterModel, dataplane: Dataplane, evidence: Evidence): Finding[] {
  return [
    ...severalNetworks(dataplane, evidence),
    ...leftovers(dataplane, evidence),
    ...withoutNetwork(model),
    ...missingAgents(model, dataplane, evidence),
  ];
}

function severalNetworks({ primary, perNode, network }: Dataplane, evidence: Evidence): Finding[] {
  const parts = primaryCandidates(evidence);
  if (primary.value !== 'ambiguous' || parts.length < 2) return [];
  const subjects = distinct(evidence.daemons.filter(({ part }) => parts.includes(part)).map(({ by }) => by.ref));
  const message = `${parts.join(' and ')} both give pods their network; the runtime takes the first file in /etc/cni/net.d by name, so that most pods are ${network.kind}'s`;
  const served = perNode.filter((node) => node.primary !== 'ambiguous' && node.primary !== 'unknown');
  const names = [...new Set(served.map((node) => node.primary))].sort(compareText);
  return [
    found('CNI-001', message, subjects, { evidence: { networks: parts, mostPods: network.kind } }),
    ...(names.length < 2
      ? []
      : [
          found(
            'CNI-003',
            `nodes run different networks: ${names.join(' and ')}`,
            served.map(({ node }) => nodeRef({ name: node })),
          ),
        ]),
  ];
}

function leftovers({ primary, network }: Dataplane, evidence: Evidence): Finding[] {
  const running = new Set(evidence.daemons.map(({ part }) => part as string));
  const isForeign = (part: NetworkPart): boolean =>
    (providers.includes(part) || enforcers.includes(part)) &&
    !running.has(part) &&
    part !== primary.value &&
    part !== network.kind;
  const idle = foundFor(
    'CNI-002',
    distinct(evidence.leftovers.filter(({ part }) => isForeign(part)).map(({ by }) => by.ref)),
    (first, count) => `${counted(count, 'DaemonSet')} of another network runs nothing any more: ${first}`,
  );
  if (running.size === 0 || evidence.isK3sFlannel) return idle;
  const maps = distinct(evidence.configMaps.filter(({ part }) => isForeign(part)).map(({ by }) => by.ref));
  const hints = evidence.hints.filter(({ part }) => isForeign(part));
  return [
    ...idle,
    ...foundFor(
      'CNI-002',
      maps,
      (first, count) => `${counted(count, 'ConfigMap')} of a network that does not run: ${first}`,
    ),
    ...[...new Set(hints.map(({ part }) => part))].map((part) => {
      const own = hints.filter((hint) => hint.part === part);
      const message = `${own.map(({ signal }) => signal).join(', ')} speak of ${part}, which does not run`;
      return found(
        'CNI-002',
        message,
        own.flatMap(({ from }) => from ?? []),
      );
    }),
  ];
}

/** Parts that only enforce: left over, their rules may still be on the nodes. */
const enforcers: readonly NetworkPart[] = ['kube-network-policies', 'azure-npm'];

function withoutNetwork({ nodes }: ClusterModel): Finding[] {
  const bare = nodes.filter(({ conditions }) =>
    conditions.some(({ type, status, message }) => type === 'Ready' && status !== 'True' && message !== ''),
  );
  return foundFor(
    'CNI-004',
    bare.map(nodeRef),
    (first, count) => `${counted(count, 'node')} has no working network plugin: ${first} says so itself`,
  );
}

/** A network may have several DaemonSets, one for each kind of node: a node lacks it where none has a ready pod. */
function missingAgents(model: ClusterModel, { primary }: Dataplane, evidence: Evidence): Finding[] {
  const isCanal = primary.value === 'canal' || primary.value === 'canal-split';
  const parts: readonly string[] =
    primary.value === 'ambiguous' ? [] : isCanal ? ['flannel', 'calico'] : [primary.value];
  const daemonsOf = (part: string): Component[] => [
    ...new Set(evidence.daemons.filter((shown) => shown.part === part).map(({ by }) => by)),
  ];
  const groups = new Map(parts.map(daemonsOf).map((daemons) => [daemons.map(keyOf).join(' '), daemons]));
  return [...groups.values()].flatMap((daemons): Finding[] => {
    const pods = daemons.flatMap((daemon) => [...(evidence.daemonPods.get(keyOf(daemon)) ?? [])]);
    if (pods.length === 0) return daemons.flatMap(lackingByCount);
    const ready = new Set(pods.filter(([, isReady]) => isReady).map(([node]) => node));
    return foundFor(
      'CNI-005',
      model.nodes.filter(({ name }) => !ready.has(name)).map(nodeRef),
      (first, count) => `${daemons[0].ref.name} has no ready pod on ${counted(count, 'node')}: ${first}`,
    );
  });
}

function lackingByCount({ ref, desired, ready }: Component): Finding[] {
  if (desired === null || ready === null || ready >= desired) return [];
  return [found('CNI-005', `${ref.name} is not ready on ${desired - ready} of ${desired} nodes`, [ref])];
}

function distinct(refs: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(refs.map((ref) => [`${ref.kind}/${ref.namespace}/${ref.name}`, ref])).values()];
}
