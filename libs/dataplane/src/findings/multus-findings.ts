import type { ClusterModel, Finding, Pod } from '#model';
import { compareText } from '#model';
import type { Evidence } from '../evidence.js';
import { isNotCollected } from '../is-not-collected.js';
import {
  type Attachment,
  type PodAttachment,
  readAttachments,
  readPodAttachments,
} from '../secondary/read-attachments.js';
import { counted, found, foundFor, podRef } from './found.js';

interface Attached {
  readonly pod: Pod;
  readonly on: PodAttachment;
  readonly definition: Attachment | undefined;
}

const modes: Readonly<Record<string, readonly string[]>> = {
  macvlan: ['bridge', 'vepa', 'private', 'passthru'],
  ipvlan: ['l2', 'l3', 'l3s'],
};

/** Secondary networks (MUL-001 to MUL-006). Cost: linear in pods and attachments. */
export function multusFindings(model: ClusterModel, evidence: Evidence): Finding[] {
  const definitions = readAttachments(model);
  const attached = [...model.pods]
    .filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed')
    .flatMap((pod) =>
      readPodAttachments(pod).map((on): Attached => ({ pod, on, definition: definitions.get(on.network) })),
    );
  return [
    ...unpoliced(model, evidence, attached),
    ...sharedAddresses(attached),
    ...silentSiblings(attached),
    ...foundFor(
      'MUL-004',
      attached.filter(({ on }) => on.defaultRoute).map(({ pod }) => podRef(pod)),
      (first, count) =>
        `the default route of ${counted(count, 'pod')} is a secondary network, where egress policies do not hold: ${first}`,
    ),
    ...brokenDefinitions(definitions, attached, model),
    ...[...definitions.values()]
      .filter(({ plugin }) => plugin?.type === 'bridge' && ['cni0', 'kube-bridge'].includes(plugin.bridge ?? 'cni0'))
      .map(({ ref, plugin }) =>
        found(
          'MUL-006',
          `${ref.namespace}/${ref.name} uses the bridge ${plugin?.bridge ?? 'cni0'}, which the cluster's own network may have`,
          [ref],
        ),
      ),
  ];
}

function unpoliced(model: ClusterModel, evidence: Evidence, attached: readonly Attached[]): Finding[] {
  if (attached.length === 0) return [];
  const pods = [...new Set(attached.map(({ pod }) => pod))].map(podRef);
  const unread = model.notUnderstood.map(({ ref }) => ref).filter(({ kind }) => kind === 'MultiNetworkPolicy');
  const multi = [...model.secondaryPolicies.map(({ policy }) => policy.ref), ...unread];
  const hasDaemon = evidence.daemons.some(({ part }) => part === 'multi-networkpolicy');
  if (multi.length > 0 && !hasDaemon)
    return [found('MUL-001', 'MultiNetworkPolicies exist, but nothing that enforces them runs', multi)];
  if (multi.length > 0 || model.policies.length === 0) return [];
  return [
    found('MUL-001', `${counted(pods.length, 'pod')} with secondary networks: NetworkPolicies do not hold there`, pods),
  ];
}

function sharedAddresses(attached: readonly Attached[]): Finding[] {
  const byAddress = new Map<string, Attached[]>();
  const byNetwork = new Map<string, Attached[]>();
  for (const one of attached) {
    for (const ip of one.on.ips)
      byAddress.set(`${one.on.network} ${ip}`, [...(byAddress.get(`${one.on.network} ${ip}`) ?? []), one]);
    if (one.definition?.plugin?.ipam.type === 'host-local')
      byNetwork.set(one.on.network, [...(byNetwork.get(one.on.network) ?? []), one]);
  }
  const twice = [...byAddress]
    .filter(([, list]) => list.length > 1)
    .map(([key, list]) =>
      found(
        'MUL-002',
        `${counted(list.length, 'pod')} have the address ${key.split(' ')[1]} on ${key.split(' ')[0]}`,
        list.map(({ pod }) => podRef(pod)),
      ),
    );
  const spread = [...byNetwork].filter(
    ([, list]) => new Set(list.map(({ pod }) => pod.node)).size > 1 && list[0].definition?.plugin?.type !== 'ptp',
  );
  return [
    ...twice,
    ...spread.map(([network, list]) =>
      found(
        'MUL-002',
        `${network} hands out addresses with host-local, which counts on each node alone, to pods on several nodes`,
        list.map(({ pod }) => podRef(pod)),
      ),
    ),
  ];
}

function silentSiblings(attached: readonly Attached[]): Finding[] {
  const groups = new Map<string, Attached[]>();
  for (const one of attached) {
    const plugin = one.definition?.plugin;
    if (plugin?.type !== 'macvlan' || !['private', 'vepa'].includes(plugin.mode ?? '') || one.pod.node === null)
      continue;
    const key = `${one.pod.node} ${plugin.master ?? ''} ${plugin.mode}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups]
    .filter(([, list]) => new Set(list.map(({ pod }) => pod)).size > 1)
    .map(([key, list]) =>
      found(
        'MUL-003',
        `${counted(list.length, 'pod')} on ${key.split(' ')[0]} share a parent in macvlan mode ${key.split(' ')[2]}, in which siblings do not simply talk`,
        list.map(({ pod }) => podRef(pod)),
      ),
    );
}

function brokenDefinitions(
  definitions: ReadonlyMap<string, Attachment>,
  attached: readonly Attached[],
  { info }: ClusterModel,
): Finding[] {
  const isSeen = (network: string): boolean =>
    !isNotCollected(info, 'NetworkAttachmentDefinition') &&
    !isNotCollected(info, 'network-attachment-definition') &&
    (info.scope === null || info.scope.includes(network.split('/')[0]));
  const missing = new Map<string, Pod[]>();
  for (const { pod, on, definition } of attached) {
    if (definition === undefined && isSeen(on.network))
      missing.set(on.network, [...(missing.get(on.network) ?? []), pod]);
  }
  const unknownMode = [...definitions.values()].filter(
    ({ plugin }) =>
      plugin !== null &&
      plugin.mode !== null &&
      Object.hasOwn(modes, plugin.type) &&
      !modes[plugin.type].includes(plugin.mode),
  );
  return [
    ...[...missing]
      .sort(([a], [b]) => compareText(a, b))
      .map(([network, pods]) =>
        found(
          'MUL-005',
          `${counted(pods.length, 'pod')} ask for the network ${network}, which does not exist`,
          pods.map(podRef),
        ),
      ),
    ...[...definitions.values()]
      .filter(({ state }) => state === 'Invalid')
      .map(({ ref }) => found('MUL-005', `the config of ${ref.namespace}/${ref.name} is no CNI configuration`, [ref])),
    ...unknownMode.map(({ ref, plugin }) =>
      found(
        'MUL-005',
        `${ref.namespace}/${ref.name} has the unknown ${plugin?.type} mode ${JSON.stringify(plugin?.mode)}`,
        [ref],
      ),
    ),
  ];
}
