import { outsideClass } from '#engine';
import { counted, foundFor } from '#dataplane';
import { type Finding, parseAddress, type Pod, type PodSelection, selectorMatches } from '#model';
import type { Audited } from './audited.js';
import { blocksOfPod, EgressReach, type WantedDestination } from './egress-reach.js';

/** The pods that answer for names: those of kube-dns, and of CoreDNS, which took over its labels. */
export const dnsPods: PodSelection = {
  namespaces: { kind: 'Named', name: 'kube-system' },
  pods: { requirements: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
};

const nodeLocalPods: PodSelection = {
  namespaces: { kind: 'Named', name: 'kube-system' },
  pods: { requirements: [{ key: 'k8s-app', operator: 'In', values: ['node-local-dns'] }] },
};

/** DNS pods that are looked at, at most: those of a cluster are alike to policies. */
const serversMax = 16;

/** Pods that may not ask the cluster's DNS, or its API server. */
export function* dnsChecks(audited: Audited): Iterable<Finding> {
  const reach = new EgressReach(audited);
  const pods = dnsServers(audited);
  if (pods.length > 0) {
    const servers = [...pods, ...nodeLocalDns(audited)];
    const isWithout = (profile: number, protocol: 'UDP' | 'TCP'): boolean =>
      !servers.some((server) => reach.mayReach(profile, server, protocol));
    const cut = reach.cutOff((profile) => isWithout(profile, 'UDP') || isWithout(profile, 'TCP'), servers);
    yield* foundFor(
      'POL-005',
      cut.flatMap(({ members }) => members),
      (first, count) =>
        `${counted(count, 'workload')} may open no connection to the cluster's DNS, so that names do not resolve: ${first}`,
    );
    const deaf = cut.filter(({ profile }) => isWithout(profile, 'UDP'));
    yield* reach.findings('EGRESS_WITHOUT_DNS', deaf, 'may not ask the cluster’s DNS over UDP');
  }
  const apiServers = apiServerEndpoints(audited);
  if (apiServers.length > 0) {
    const cut = reach.cutOff((profile) => !apiServers.some((one) => reach.mayReach(profile, one, 'TCP')), apiServers);
    yield* reach.findings('EGRESS_WITHOUT_APISERVER', cut, 'may not open a connection to the API server');
  }
}

/** The running pods of DNS, at the port at which they listen. */
function dnsServers(audited: Audited): WantedDestination[] {
  const { cluster, groups } = audited;
  const { podClass } = cluster.index.arrays;
  const selected = audited.select(dnsPods).groups;
  const servers: WantedDestination[] = [];
  for (let i = 0; i < selected.length; i += 2) {
    for (let g = selected[i]; g < selected[i + 1]; g++) {
      const pod = groups.podOf[g];
      if (podClass[pod] <= outsideClass || servers.length >= serversMax) continue;
      const port = dnsPortOf(audited, cluster.model.pods.at(pod) as Pod);
      servers.push({ class: podClass[pod], blocks: blocksOfPod(audited, pod), port, pod, node: -1 });
    }
  }
  return servers;
}

/** The cache that runs on every node, at the address that its manifest gives it; a pod may ask it instead. */
function nodeLocalDns(audited: Audited): WantedDestination[] {
  const { onNode, ordinary } = audited.select(nodeLocalPods);
  const isThere = onNode + ordinary > 0;
  const address = parseAddress('169.254.20.10');
  if (!isThere || address === null) return [];
  return [
    { class: outsideClass, blocks: [audited.cluster.index.blocks.blockOf(address)], port: 53, pod: -1, node: -1 },
  ];
}

/** Where port 53 of the Service before a DNS pod leads; 53 where there is no such Service. */
function dnsPortOf({ cluster }: Audited, pod: Pod): number {
  for (const { namespace, selector, ports } of cluster.model.services) {
    if (namespace !== pod.namespace || selector === null || !selectorMatches(selector, pod.labels)) continue;
    const found = ports.find(({ port, protocol }) => port === 53 && protocol === 'UDP');
    if (found === undefined || found.targetPort === null) continue;
    if (typeof found.targetPort === 'number') return found.targetPort;
    const declared = pod.ports.find(({ name, protocol }) => name === found.targetPort && protocol === 'UDP');
    if (declared !== undefined) return declared.port;
  }
  return 53;
}

/** The addresses behind Service default/kubernetes, which the API server itself writes. */
function apiServerEndpoints({ cluster }: Audited): WantedDestination[] {
  const { lookups, index } = cluster;
  const slices = lookups.serviceByName().get('default/kubernetes')?.slices ?? [];
  return slices.flatMap(({ ports, backends }) => {
    const port = ports.find(({ protocol }) => protocol === 'TCP')?.port ?? 6443;
    return backends.flatMap(({ address: text }): WantedDestination[] => {
      const address = parseAddress(text);
      if (address === null) return [];
      const node = lookups.nodeByAddress().get(text) ?? -1;
      return [{ class: outsideClass, blocks: [index.blocks.blockOf(address)], port, pod: -1, node }];
    });
  });
}
