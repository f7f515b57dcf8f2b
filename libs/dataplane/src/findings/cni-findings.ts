import { type ClusterModel, compareText, type Dataplane, type Finding, type ObjectRef } from '#model';
import { type Evidence, keyOf } from '../evidence.js';
import { primaryCandidates } from '../identify-primary.js';
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
  const definite = new Set(perNode.map((node) => node.primary));
  if (definite.size > 1 && !definite.has('ambiguous')) {
    const names = [...definite].sort(compareText).join(' and ');
    return [
      found(
        'CNI-003',
        `nodes run different networks: ${names}`,
        perNode.map(({ node }) => nodeRef({ name: node })),
      ),
    ];
  }
  if (primary.value !== 'ambiguous' || parts.length < 2) return [];
  const subjects = distinct(evidence.daemons.filter(({ part }) => parts.includes(part)).map(({ by }) => by.ref));
  const message = `${parts.join(' and ')} both give pods their network; the runtime takes the first file in /etc/cni/net.d by name, so that most pods are ${network.kind}'s`;
  return [found('CNI-001', message, subjects, { evidence: { networks: parts, mostPods: network.kind } })];
}

function leftovers({ primary, network }: Dataplane, evidence: Evidence): Finding[] {
  const idle = distinct(evidence.leftovers.map(({ by }) => by.ref));
  const found2 = foundFor(
    'CNI-002',
    idle,
    (first, count) => `${counted(count, 'DaemonSet')} of another network runs nothing any more: ${first}`,
  );
  const running = new Set(evidence.daemons.map(({ part }) => part as string));
  if (running.size === 0 || evidence.isK3sFlannel) return found2;
  const isForeign = (part: string): boolean => !running.has(part) && part !== primary.value && part !== network.kind;
  const maps = distinct(
    evidence.configMaps.filter(({ part }) => isForeign(part) && part !== 'gke').map(({ by }) => by.ref),
  );
  const hints = evidence.hints.filter(({ part }) => isForeign(part));
  return [
    ...found2,
    ...foundFor(
      'CNI-002',
      maps,
      (first, count) => `${counted(count, 'ConfigMap')} of a network that does not run: ${first}`,
    ),
    ...(hints.length === 0
      ? []
      : [
          found(
            'CNI-002',
            `${hints.map(({ signal }) => signal).join(', ')} speak of ${hints[0].part}, which does not run`,
            [],
          ),
        ]),
  ];
}

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

function missingAgents(model: ClusterModel, { primary }: Dataplane, evidence: Evidence): Finding[] {
  const parts = primary.value === 'canal' || primary.value === 'canal-split' ? ['flannel', 'calico'] : [primary.value];
  const daemons = distinctBy(
    evidence.daemons.filter(({ part }) => parts.includes(part)).map(({ by }) => by),
    keyOf,
  );
  return daemons.flatMap((daemon): Finding[] => {
    const pods = evidence.daemonPods.get(keyOf(daemon));
    if (pods === undefined) {
      const lacking = (daemon.desired ?? 0) - (daemon.ready ?? 0);
      if (daemon.desired === null || daemon.ready === null || lacking <= 0) return [];
      return [
        found('CNI-005', `${daemon.ref.name} is not ready on ${lacking} of ${daemon.desired} nodes`, [daemon.ref]),
      ];
    }
    const missing = model.nodes.filter(({ name }) => pods.get(name) !== true);
    return foundFor(
      'CNI-005',
      missing.map(nodeRef),
      (first, count) => `${daemon.ref.name} has no ready pod on ${counted(count, 'node')}: ${first}`,
    );
  });
}

function distinct(refs: readonly ObjectRef[]): ObjectRef[] {
  return distinctBy(refs, ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`);
}

function distinctBy<T>(items: readonly T[], keyOfItem: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOfItem(item), item])).values()];
}
