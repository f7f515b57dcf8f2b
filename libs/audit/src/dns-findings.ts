import { counted, foundFor, podRef } from '#dataplane';
import { type Cluster, judgeFlow, type Party, resolvePeer } from '#engine';
import type { Finding, ObjectRef, Pod } from '#model';

/** Workloads that are looked at, at most: each takes a replay. */
const workloadsMax = 5000;

/** Pods whose egress is isolated and that may not ask the cluster's DNS (POL-005). */
export function dnsFindings(cluster: Cluster): Finding[] {
  const server = dnsPod(cluster);
  if (server === null || !cluster.model.policies.some(({ directions }) => directions.includes('Egress'))) return [];
  const members = oneOfEach(cluster.model.pods).slice(0, workloadsMax);
  const cut = members.filter((pod) => isCutOff(cluster, pod, server)).map(podRef);
  return foundFor(
    'POL-005',
    cut,
    (first, count) =>
      `${counted(count, 'workload')} may open no connection to the cluster's DNS, so that names do not resolve: ${first}`,
  );
}

function dnsPod(cluster: Cluster): Party | null {
  const pod = [...cluster.model.pods].find(
    ({ namespace, labels, phase, hostNetwork }) =>
      namespace === 'kube-system' && labels['k8s-app'] === 'kube-dns' && phase === 'Running' && !hostNetwork,
  );
  return pod === undefined ? null : partyOf(cluster, pod);
}

function partyOf(cluster: Cluster, { namespace, name }: Pick<ObjectRef, 'name'> & { namespace: string }): Party | null {
  const resolved = resolvePeer(cluster, `pod:${namespace}/${name}`, 'from');
  return resolved.kind === 'Parties' ? (resolved.parties[0] ?? null) : null;
}

function oneOfEach(pods: Iterable<Pod>): Pod[] {
  const found = new Map<string, Pod>();
  for (const pod of pods) {
    if (pod.hostNetwork || pod.phase === 'Succeeded' || pod.phase === 'Failed') continue;
    const { workload, namespace, name } = pod;
    const key =
      workload === null ? `Pod ${namespace}/${name}` : `${workload.kind} ${workload.namespace}/${workload.name}`;
    if (!found.has(key)) found.set(key, pod);
  }
  return [...found.values()];
}

function isCutOff(cluster: Cluster, pod: Pod, server: Party): boolean {
  const client = partyOf(cluster, pod);
  if (client === null || client.podNumber === server.podNumber) return false;
  return (['UDP', 'TCP'] as const).some((protocol) => {
    const judged = judgeFlow(cluster, {
      direction: 'Egress',
      source: client,
      destination: server,
      family: server.addresses[0]?.family ?? 'IPv4',
      asked: { protocol, first: 53, last: 53 },
      viaService: true,
      semantics: null,
    });
    return judged !== null && judged.gate.isolated && judged.gate.verdict === 'denied';
  });
}
