import { cidrHolds, cidrsOverlap, counted, found, foundFor, serviceRef, versionAtLeast } from '#dataplane';
import type { Cluster } from '#engine';
import type { Finding, ObjectRef, PodSelection, Policy, PolicyRule, RulePort, Service } from '#model';
import { peerStatements, selectorMatches } from '#model';
import { podsOf, selectedPods } from './selected-pods.js';

/** What policies say against what their author will have meant (POL-006 to POL-009, POL-012, SVC-003). */
export function policyFindings(cluster: Cluster): Finding[] {
  const { policies } = cluster.model;
  const byPort = translatedPorts(cluster);
  return [
    ...policies.flatMap((policy) => [
      ...addressFindings(cluster, policy),
      ...subjectFindings(cluster, policy),
      ...servicePortFindings(cluster, policy, byPort),
      ...egressFindings(policy),
    ]),
    ...engineFindings(cluster),
    ...exposedFindings(cluster),
  ];
}

function nameOf({ ref }: Policy): string {
  return ref.namespace === null ? ref.name : `${ref.namespace}/${ref.name}`;
}

function rulesOf({ ingress, egress }: Policy): readonly PolicyRule[] {
  return [...ingress, ...egress];
}

function blocksOf(rules: readonly PolicyRule[]): readonly string[] {
  return rules.flatMap(({ peers }) =>
    peerStatements(peers).flatMap((peer) => (peer.kind === 'Addresses' ? peer.cidrs : [])),
  );
}

function addressFindings({ dataplane, lookups }: Cluster, policy: Policy): Finding[] {
  const { podCidrs, serviceCidrs } = dataplane;
  const known = (sourced: typeof podCidrs): readonly string[] =>
    sourced.provenance === 'assumed' ? [] : sourced.value;
  const blocks = [...new Set(blocksOf(rulesOf(policy)))].filter((cidr) => !cidr.endsWith('/0'));
  return blocks.flatMap((cidr): Finding[] => {
    const single = /\/(32|128)$/.test(cidr) ? lookups.servicesByAddress().get(cidr.split('/')[0])?.[0] : undefined;
    if (single !== undefined) {
      return [
        found(
          'POL-006',
          `${nameOf(policy)} names ${cidr}, the cluster IP of Service ${single.namespace}/${single.name}, which policy never sees`,
          [policy.ref, serviceRef(single)],
          { evidence: { cidr } },
        ),
      ];
    }
    const service = known(serviceCidrs).find((one) => cidrsOverlap(one, cidr));
    const pod = known(podCidrs).find((one) => cidrsOverlap(one, cidr));
    if (service === undefined && pod === undefined) return [];
    const what = service === undefined ? `pod CIDR ${pod}` : `service CIDR ${service}`;
    return [
      found('POL-006', `the ipBlock ${cidr} of ${nameOf(policy)} overlaps the ${what}`, [policy.ref], {
        evidence: { cidr },
      }),
    ];
  });
}

function subjectFindings(cluster: Cluster, policy: Policy): Finding[] {
  const pods = selectedPods(cluster, policy.subject);
  if (pods.length === 0 || !pods.every(({ pod }) => pod.hostNetwork)) return [];
  return [
    found('POL-008', `${nameOf(policy)} selects only hostNetwork pods, to which policies do not apply`, [policy.ref]),
  ];
}

/** A rule that names the Service's port where the backends listen at another one. */
function servicePortFindings(
  cluster: Cluster,
  policy: Policy,
  byPort: ReadonlyMap<string, readonly TranslatedPort[]>,
): Finding[] {
  return policy.egress.flatMap((rule, place): Finding[] => {
    const number = rule.number ?? place;
    if (rule.action !== 'Allow') return [];
    const ports = (rule.ports ?? []).filter(
      (port): port is Extract<RulePort, { kind: 'Range' }> => port.kind === 'Range',
    );
    const isAllowed = (port: number): boolean => ports.some(({ first, last }) => first <= port && port <= last);
    const translated = ports
      .filter(({ first, last }) => first === last)
      .flatMap(({ protocol, first }) => byPort.get(`${protocol} ${first}`) ?? [])
      .find(({ service, target }) => !isAllowed(target) && isPeerOf(cluster, rule, service));
    if (translated === undefined) return [];
    const { service, port, target } = translated;
    const message = `egress rule ${number} of ${nameOf(policy)} allows port ${port}, the port of Service ${service.namespace}/${service.name}; its backends listen at ${target}`;
    return [found('POL-009', message, [policy.ref, serviceRef(service)])];
  });
}

interface TranslatedPort {
  readonly service: Service;
  readonly port: number;
  readonly target: number;
}

/** Service ports that are translated to another number, by protocol and port. */
function translatedPorts({ model }: Cluster): ReadonlyMap<string, readonly TranslatedPort[]> {
  const found = new Map<string, TranslatedPort[]>();
  for (const service of model.services) {
    for (const { port, targetPort, protocol } of service.ports) {
      if (typeof targetPort !== 'number' || targetPort === port) continue;
      const key = `${protocol} ${port}`;
      found.set(key, [...(found.get(key) ?? []), { service, port, target: targetPort }]);
    }
  }
  return found;
}

/** Whether a rule speaks of the backends of a Service. */
function isPeerOf(cluster: Cluster, { peers }: PolicyRule, { namespace, selector }: Service): boolean {
  if (selector === null) return false;
  if (peers === null) return true;
  const labels = cluster.lookups.namespaceLabels().get(namespace) ?? {};
  const wanted = peers.filter((peer): peer is PodSelection & { kind: 'Pods' } => {
    if (peer.kind !== 'Pods') return false;
    const { namespaces } = peer;
    return namespaces.kind === 'Named' ? namespaces.name === namespace : selectorMatches(namespaces.selector, labels);
  });
  if (wanted.length === 0) return false;
  const backends = podsOf(cluster, namespace, selector);
  return wanted.some((peer) => backends.some(({ pod }) => selectorMatches(peer.pods, pod.labels)));
}

/** By its name it is about egress, and yet it leaves egress alone. */
function egressFindings(policy: Policy): Finding[] {
  const speaksOfEgress = /egress/i.test(policy.ref.name) && !/ingress/i.test(policy.ref.name);
  if (policy.ref.group !== 'networking.k8s.io' || !speaksOfEgress || policy.directions.includes('Egress')) return [];
  return [
    found('POL-012', `${nameOf(policy)} does not have Egress among its policyTypes, and so leaves egress alone`, [
      policy.ref,
    ]),
  ];
}

/** Port ranges and SCTP under engines that do not know them. */
function engineFindings({ model, dataplane }: Cluster): Finding[] {
  const engine = dataplane.policyEngine.value;
  const router = dataplane.network.kubeRouter?.version ?? null;
  const knowsRanges = !(
    ['weave-npc', 'azure-npm'].includes(engine) ||
    (engine === 'kube-router' && router !== null && !versionAtLeast(router, 1, 3))
  );
  const oldApi = model.nodes.some(
    ({ kubeletVersion }) => kubeletVersion !== null && !versionAtLeast(kubeletVersion.replace(/^v/, ''), 1, 22),
  );
  const knowsSctp = !['weave-npc', 'azure-npm'].includes(engine);
  const usesRange = ({ ports }: PolicyRule): boolean =>
    (ports ?? []).some(
      (port) => port.kind === 'Range' && port.first !== port.last && !(port.first === 1 && port.last === 65535),
    );
  const usesSctp = ({ ports }: PolicyRule): boolean =>
    ports !== null && ports.every((port) => 'protocol' in port && port.protocol === 'SCTP');
  const isConcerned = (rule: PolicyRule): boolean =>
    ((!knowsRanges || oldApi) && usesRange(rule)) || (!knowsSctp && usesSctp(rule));
  // Engines that know the other kinds of policy know what these can say.
  const concerned = model.policies.filter(
    (policy) => policy.ref.group === 'networking.k8s.io' && rulesOf(policy).some(isConcerned),
  );
  return foundFor(
    'POL-007',
    concerned.map(({ ref }) => ref),
    (first, count) =>
      `${counted(count, 'policy').replace('policys', 'policies')} with port ranges or SCTP, which ${oldApi ? 'this version of Kubernetes' : engine} may not know: ${first}`,
  );
}

/** Backends that outside clients reach through any node, guarded by the clients' addresses. */
function exposedFindings(cluster: Cluster): Finding[] {
  const { model, dataplane } = cluster;
  if (dataplane.enforcement.value === 'no' || dataplane.proxy.value === 'ebpf/calico') return [];
  const guarded = model.policies.filter((policy) => {
    const blocks = blocksOf(policy.ingress).filter((cidr) => !cidr.endsWith('/0'));
    // A block inside the pod network speaks of no client outside.
    return blocks.some((cidr) => !dataplane.podCidrs.value.some((pod) => cidrHolds(pod, cidr)));
  });
  if (guarded.length === 0) return [];
  const guards = new Map(
    guarded.map((policy) => [policy, new Set(selectedPods(cluster, policy.subject).map(({ number }) => number))]),
  );
  return model.services.flatMap((service): Finding[] => {
    const { selector, namespace, type, externalIps, externalTrafficPolicy } = service;
    const isOpen = type === 'NodePort' || type === 'LoadBalancer' || externalIps.length > 0;
    if (!isOpen || externalTrafficPolicy !== 'Cluster' || selector === null) return [];
    const near = guarded.filter(({ ref }) => ref.namespace === null || ref.namespace === namespace);
    if (near.length === 0) return [];
    const backends = podsOf(cluster, namespace, selector);
    const policies = near.filter((policy) => backends.some(({ number }) => guards.get(policy)?.has(number) === true));
    if (policies.length === 0) return [];
    const subjects: ObjectRef[] = [serviceRef(service), ...policies.map(({ ref }) => ref)];
    const message = `whether ${policies[0].ref.name} admits a client of Service ${namespace}/${service.name} depends on the node that receives it: another node than the pod’s puts its own address in place of the client’s`;
    return [found('SVC-003', message, subjects)];
  });
}
