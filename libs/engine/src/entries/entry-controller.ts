import { type Assumption, compareText, type Entry, formatObjectRef, type Labels } from '#model';
import type { Cluster } from '../query/cluster.js';
import { blockOf, type Party, partyOfPod, roleOf } from '../query/party.js';
import { controllerNamed, type KnownController, knownControllers, openShiftRouter } from './known-controllers.js';
import { standInAddress, standInPod } from './stand-ins.js';

/** Who serves an entry: the pods that backends see as the source of its traffic. */
export interface EntryController {
  /** Live pods; or one stand-in, for pods that nobody knows. Never empty. */
  readonly parties: readonly Party[];
  /** One of each group of them that policies and nodes cannot tell apart, unless the other end is on a node. */
  readonly distinct: readonly Party[];
  readonly isStandIn: boolean;
  /** How it was found, for `assumptions` of an answer. */
  readonly assumption: Assumption;
}

const known = new WeakMap<Cluster, Map<string, EntryController>>();

/**
 * The controller of an entry: the one that a user named, else pods that bear the name of its Gateway, else those of a
 * controller that is known by its class, else a stand-in (policy semantics 5.2). Cost: linear in the pods, once for each class
 * and Gateway.
 */
export function controllerOf(cluster: Cluster, entry: Entry): EntryController {
  let controllers = known.get(cluster);
  if (controllers === undefined) known.set(cluster, (controllers = new Map()));
  const { gateway, className, controllerName } = entry;
  const key = [gateway === null ? '' : formatObjectRef(gateway), className, controllerName].join('\0');
  let controller = controllers.get(key);
  if (controller === undefined) controllers.set(key, (controller = findController(cluster, entry)));
  return controller;
}

function findController(cluster: Cluster, entry: Entry): EntryController {
  const said = cluster.dataplane.ingressControllers.find(
    ({ className }) => className === null || className === entry.className,
  );
  if (said !== undefined) {
    const name = `${said.namespace}/${said.name}`;
    const parties = partiesNamed(cluster, said.namespace, said.name);
    if (parties.length > 0) return controller(cluster, parties, name, 'configured');
    return standIn(cluster, entry, `${name}, which is said to serve ${nameOf(entry)}, has no live pod in the snapshot`);
  }
  const ofGateway = podsOfGateway(cluster, entry);
  if (ofGateway.length > 0) {
    return controller(cluster, ofGateway, `pods that bear the name of ${nameOf(entry)}`, 'derived');
  }
  const { controllerName, className } = entry;
  const byName = controllerName === null ? undefined : controllerNamed(controllerName);
  const byClass =
    controllerName !== null
      ? undefined
      : knownControllers.find(({ classNames }) => classNames.includes(className ?? ''));
  const found = byName ?? byClass;
  if (found?.pods.kind === 'Outside') {
    const value = `${controllerName ?? className} sends to pods from outside the cluster, from addresses that the snapshot does not show`;
    return {
      ...only(standInAddress(cluster)),
      assumption: { name: 'assumedController', value, provenance: 'assumed' },
    };
  }
  const parties = found === undefined ? [] : podsOfKnown(cluster, found.pods);
  if (parties.length > 0) {
    const how =
      byName === undefined
        ? `pods with labels that are usual for class ${className}`
        : `pods with labels of ${controllerName}`;
    return controller(cluster, parties, how, byName === undefined ? 'assumed' : 'derived');
  }
  return standIn(cluster, entry, `the controller of ${nameOf(entry)} is not known`);
}

function controller(
  cluster: Cluster,
  parties: readonly Party[],
  how: string,
  provenance: Assumption['provenance'],
): EntryController {
  const groups = new Map<string, Party>();
  for (const party of parties) {
    const key = groupKey(cluster, party);
    if (!groups.has(key)) groups.set(key, party);
  }
  const shown = parties.slice(0, 3).map(({ text }) => text);
  const more = parties.length > 3 ? ` and ${parties.length - 3} more` : '';
  const value = `${how}: ${shown.join(', ')}${more}`;
  return {
    parties,
    distinct: [...groups.values()],
    isStandIn: false,
    assumption: { name: 'controller', value, provenance },
  };
}

/** Equal for pods that policies cannot tell apart, on nodes that enforce alike; pods on their node's network are as their node. */
function groupKey(cluster: Cluster, party: Party): string {
  const { enforcement, index } = cluster;
  const role = roleOf(cluster, party, cluster.semantics);
  if (role !== 'Ordinary') return `node ${party.node ?? party.text}`;
  const enforced = (party.node === null ? undefined : enforcement.nodes.get(party.node)) ?? enforcement.cluster;
  const blocks = (['IPv4', 'IPv6'] as const).map((family) => blockOf(cluster, party, family));
  return `${index.arrays.podClass[party.podNumber]} ${blocks.join(' ')} ${enforced}`;
}

function standIn(cluster: Cluster, entry: Entry, why: string): EntryController {
  const isRouter = entry.controllerName === openShiftRouter;
  const what = isRouter
    ? "a pod without labels in a namespace of OpenShift's ingress policy group"
    : 'a pod without labels in a namespace without labels';
  const value = `${why}: ${what} stands for it, its address unknown`;
  const party = standInPod(cluster, isRouter ? 'OpenShiftRouter' : 'AnyController');
  return { ...only(party), assumption: { name: 'assumedController', value, provenance: 'assumed' } };
}

function only(party: Party): Omit<EntryController, 'assumption'> {
  return { parties: [party], distinct: [party], isStandIn: true };
}

/** What all entries that share a controller have in common. */
function nameOf({ gateway, className, controllerName }: Entry): string {
  if (gateway !== null) return `Gateway ${gateway.namespace}/${gateway.name}`;
  if (className !== null) return `class ${className}`;
  return controllerName === openShiftRouter ? 'Routes' : 'Ingresses without a class';
}

function partiesNamed(cluster: Cluster, namespace: string, name: string): Party[] {
  const { lookups } = cluster;
  const pod = lookups.podNumber(namespace, name);
  const workloads = lookups.workloadsByName().get(`${namespace}/${name}`) ?? [];
  const numbers = workloads.flatMap((workload) => [...lookups.podsOfWorkload(workload)]);
  return liveParties(cluster, numbers.length > 0 || pod === undefined ? numbers : [pod]);
}

/** Labels by which implementations mark the pods that they make for a Gateway. */
function podsOfGateway(cluster: Cluster, { gateway }: Entry): Party[] {
  if (gateway === null || gateway.kind !== 'Gateway') return [];
  const { namespace, name } = gateway as { namespace: string; name: string };
  const inItsNamespace: readonly Labels[] = [
    { 'gateway.networking.k8s.io/gateway-name': name },
    { 'projectcontour.io/owning-gateway-name': name },
  ];
  const anywhere = {
    'gateway.envoyproxy.io/owning-gateway-name': name,
    'gateway.envoyproxy.io/owning-gateway-namespace': namespace,
  };
  const own = inItsNamespace.flatMap((labels) => labelledPods(cluster, labels, namespace));
  return liveParties(cluster, own.length > 0 ? own : labelledPods(cluster, anywhere, null));
}

function podsOfKnown(cluster: Cluster, pods: Exclude<KnownController['pods'], { kind: 'Outside' }>): Party[] {
  const { lookups, model } = cluster;
  if (pods.kind === 'Namespace') {
    const namespaces = model.namespaces.filter(({ labels }) => Object.hasOwn(labels, pods.label));
    return liveParties(
      cluster,
      namespaces.flatMap(({ name }) => lookups.podNumbers(name)),
    );
  }
  const without = Object.entries(pods.without ?? {});
  const { labelSet, labelSets } = lookups.columns();
  const isOther = (pod: number): boolean =>
    without.some(([key, values]) => values.includes(valueOf(labelSets[labelSet[pod]], key) ?? ''));
  for (const labels of pods.labels) {
    const found = liveParties(
      cluster,
      labelledPods(cluster, labels, null).filter((pod) => !isOther(pod)),
    );
    if (found.length > 0) return found;
  }
  return [];
}

function labelledPods({ lookups }: Cluster, labels: Labels, namespace: string | null): number[] {
  const { labelSet, labelSets } = lookups.columns();
  const wanted = Object.entries(labels);
  const fits = labelSets.map((set) => wanted.every(([key, value]) => valueOf(set, key) === value));
  if (!fits.includes(true)) return [];
  return lookups.podNumbers(namespace).filter((pod) => fits[labelSet[pod]]);
}

function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function liveParties(cluster: Cluster, pods: readonly number[]): Party[] {
  return [...new Set(pods)]
    .map((pod) => partyOfPod(cluster, pod))
    .filter((party) => roleOf(cluster, party, cluster.semantics) !== 'NotLive')
    .sort((a, b) => compareText(a.text, b.text));
}
