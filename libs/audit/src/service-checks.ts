import { outsideClass } from '#engine';
import { serviceRef } from '#dataplane';
import type { Finding, Policy, PortProtocol, Service } from '#model';
import { podFlags } from '#model';
import type { Audited } from './audited.js';
import { lint } from './lint.js';
import { nameOf, portPath, writtenRules } from './written.js';

/** Services without anything behind them, and policies that name another protocol than they do. */
export function* serviceChecks(audited: Audited): Iterable<Finding> {
  const ready = new ReadyPods(audited);
  for (const service of audited.cluster.model.services) {
    if (service.type === 'ExternalName') continue;
    yield* backendFindings(audited, service, ready);
  }
  yield* protocolFindings(audited);
}

/** By pod: whether it may answer for Services. */
class ReadyPods {
  readonly #byGroup = new Map<number, number>();

  constructor({ cluster, groups }: Audited) {
    const { flags, length } = cluster.lookups.columns();
    const { podClass } = cluster.index.arrays;
    for (let pod = 0; pod < length; pod++) {
      if (podClass[pod] < outsideClass || (flags[pod] & podFlags.ready) === 0) continue;
      const group = groups.groupOf[pod];
      if (!this.#byGroup.has(group)) this.#byGroup.set(group, pod);
    }
  }

  /** Groups in which some pod is ready. */
  has(group: number): boolean {
    return this.#byGroup.has(group);
  }
}

function* backendFindings(audited: Audited, service: Service, ready: ReadyPods): Iterable<Finding> {
  const name = `${service.namespace}/${service.name}`;
  const { selector, slices, namespace, publishNotReadyAddresses } = service;
  if (selector === null) {
    const isEmpty = slices !== null && !slices.some(({ backends }) => backends.some((backend) => backend.ready));
    if (!isEmpty) return;
    yield lint('SVC_NO_BACKENDS', `no address is ready behind Service ${name}`, [serviceRef(service)], {
      path: 'spec.selector',
      witness: `service:${name}`,
    });
    return;
  }
  const { groups } = audited.select({ namespaces: { kind: 'Named', name: namespace }, pods: selector });
  const members: number[] = [];
  for (let i = 0; i < groups.length; i += 2)
    for (let g = groups[i]; g < groups[i + 1]; g++) if (publishNotReadyAddresses || ready.has(g)) members.push(g);
  if (members.length === 0) {
    const what = groups.length === 0 ? 'selects no pod' : 'selects no ready pod';
    const evidence = { path: 'spec.selector', witness: `service:${name}` };
    yield lint('SVC_NO_BACKENDS', `Service ${name} ${what}`, [serviceRef(service)], evidence);
    return;
  }
  for (const [k, { targetPort, protocol, port }] of service.ports.entries()) {
    if (typeof targetPort !== 'string') continue;
    const isDeclared = members.some((g) =>
      audited.groups.portsOf[g].some((one) => one.name === targetPort && one.protocol === protocol),
    );
    if (isDeclared) continue;
    const message = `port ${port} of Service ${name} leads to the ${protocol} port named ${JSON.stringify(targetPort)}, which no backend declares`;
    yield lint('SVC_TARGETPORT_UNRESOLVED', message, [serviceRef(service)], {
      path: `spec.ports[${k}].targetPort`,
      witness: audited.podText(audited.groups.podOf[members[0]]),
    });
  }
}

/** Ingress rules that name the number at which a Service's pods listen, under a protocol that nobody there uses. */
function* protocolFindings(audited: Audited): Iterable<Finding> {
  const services = new Map<string, Service[]>();
  for (const service of audited.cluster.model.services) {
    if (service.selector === null) continue;
    const known = services.get(service.namespace);
    if (known === undefined) services.set(service.namespace, [service]);
    else known.push(service);
  }
  for (const policy of audited.cluster.model.policies) {
    if (policy.ref.group !== 'networking.k8s.io') continue;
    const own = services.get(policy.ref.namespace ?? '') ?? [];
    if (own.length > 0) yield* policyFindings(audited, policy, own);
  }
}

function* policyFindings(audited: Audited, policy: Policy, services: readonly Service[]): Iterable<Finding> {
  const { groups } = audited.subject(policy);
  const rules = writtenRules(policy).filter(({ direction }) => direction === 'Ingress');
  const allows = (protocol: PortProtocol, number: number): boolean =>
    rules.some(
      ({ rule: { ports } }) =>
        ports === null ||
        ports.some(
          (port) => port.kind === 'Range' && port.protocol === protocol && port.first <= number && number <= port.last,
        ),
    );
  for (const written of rules) {
    for (const [k, port] of (written.rule.ports ?? []).entries()) {
      if (port.kind !== 'Range' || port.first !== port.last) continue;
      const serving = services.filter((service) => {
        const isNumbered = service.ports.some((one) => (one.targetPort ?? one.port) === port.first);
        if (!isNumbered) return false;
        const backends = audited.select({
          namespaces: { kind: 'Named', name: service.namespace },
          pods: service.selector ?? { requirements: [] },
        });
        return audited.sharedGroup(groups, backends.groups) >= 0;
      });
      const numbered = serving.flatMap((service) =>
        service.ports
          .filter((one) => (one.targetPort ?? one.port) === port.first)
          .map(({ protocol }) => ({ service, protocol })),
      );
      if (numbered.length === 0 || numbered.some(({ protocol }) => protocol === port.protocol)) continue;
      const [{ service, protocol }] = numbered;
      if (allows(protocol, port.first)) continue;
      const path = portPath(written, port, k);
      const name = `${service.namespace}/${service.name}`;
      const message = `${path} of ${nameOf(policy)} allows ${port.protocol} port ${port.first}, at which the pods of Service ${name} take ${protocol}`;
      yield lint('SVC_PROTOCOL_MISMATCH', message, [policy.ref, serviceRef(service)], {
        path,
        witness: `service:${name}`,
        protocol,
      });
    }
  }
}
