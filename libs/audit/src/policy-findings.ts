import { cidrHolds, cidrsOverlap, counted, found, foundFor, serviceRef, versionAtLeast } from '#dataplane';
import type { Cluster } from '#engine';
import type { Finding, ObjectRef, Policy, PolicyRule, RulePort, Service } from '#model';
import { peerStatements } from '#model';
import type { Audited } from './audited.js';

/** What policies say against what their author will have meant (POL-006 to POL-009, POL-012, SVC-003). */
export function policyFindings(audited: Audited): Finding[] {
  const { cluster } = audited;
  const { policies } = cluster.model;
  const byPort = translatedPorts(cluster);
  return [
    ...policies.flatMap((policy) => [
      ...addressFindings(cluster, policy),
      ...subjectFindings(audited, policy),
      ...servicePortFindings(audited, policy, byPort),
      ...egressFindings(policy),
    ]),
    ...engineFindings(cluster),
    ...exposedFindings(audited),
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

function subjectFindings(audited: Audited, policy: Policy): Finding[] {
  const { ordinary, onNode } = audited.subject(policy);
  if (ordinary > 0 || onNode === 0) return [];
  return [
    found('POL-008', `${nameOf(policy)} selects only hostNetwork pods, to which policies do not apply`, [policy.ref]),
  ];
}

/** A rule that names the Service's port where the backends listen at another one. */
function servicePortFindings(
  audited: Audited,
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
      .find(({ service, target }) => !isAllowed(target) && isPeerOf(audited, rule, service));
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
function isPeerOf(audited: Audited, { peers }: PolicyRule, { namespace, selector }: Service): boolean {
  if (selector === null) return false;
  if (peers === null) return true;
  const wanted = peers.filter((peer) => peer.kind === 'Pods');
  if (wanted.length === 0) return false;
  const backends = audited.select({ namespaces: { kind: 'Named', name: namespace }, pods: selector });
  return wanted.some((peer) => audited.sharedGroup(audited.select(peer).groups, backends.groups) >= 0);
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
function exposedFindings(audited: Audited): Finding[] {
  const { model, dataplane } = audited.cluster;
  if (dataplane.enforcement.value === 'no' || dataplane.proxy.value === 'ebpf/calico') return [];
  const guarded = model.policies.filter((policy) => {
    const blocks = blocksOf(policy.ingress).filter((cidr) => !cidr.endsWith('/0'));
    // A block inside the pod network speaks of no client outside.
    return blocks.some((cidr) => !dataplane.podCidrs.value.some((pod) => cidrHolds(pod, cidr)));
  });
  if (guarded.length === 0) return [];
  const byNamespace = new Map<string | null, Policy[]>();
  for (const policy of guarded) {
    const known = byNamespace.get(policy.ref.namespace);
    if (known === undefined) byNamespace.set(policy.ref.namespace, [policy]);
    else known.push(policy);
  }
  return model.services.flatMap((service): Finding[] => {
    const { selector, namespace, type, externalIps, externalTrafficPolicy } = service;
    const isOpen = type === 'NodePort' || type === 'LoadBalancer' || externalIps.length > 0;
    if (!isOpen || externalTrafficPolicy !== 'Cluster' || selector === null) return [];
    const near = [...(byNamespace.get(null) ?? []), ...(byNamespace.get(namespace) ?? [])];
    if (near.length === 0) return [];
    const backends = audited.select({ namespaces: { kind: 'Named', name: namespace }, pods: selector }).groups;
    const policies = near.filter((policy) => audited.sharedGroup(audited.subject(policy).groups, backends) >= 0);
    if (policies.length === 0) return [];
    const subjects: ObjectRef[] = [serviceRef(service), ...policies.map(({ ref }) => ref)];
    const message = `whether ${policies[0].ref.name} admits a client of Service ${namespace}/${service.name} depends on the node that receives it: another node than the pod’s puts its own address in place of the client’s`;
    return [found('SVC-003', message, subjects)];
  });
}
