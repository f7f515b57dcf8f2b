import { blockedBackends, isolatedFlag, outsideClass, ruleConnections } from '#engine';
import { type Finding, formatObjectRef, type PolicyRule, type RulePort, type Service, type ServicePort } from '#model';
import { serviceRef } from '#dataplane';
import type { Audited } from './audited.js';
import { ExposedServices } from './exposed-services.js';
import { lint } from './lint.js';
import { nameOf, peerPath, writtenRules } from './written.js';

/** Pods that clients outside the cluster are meant to reach. */
export function* exposureChecks(audited: Audited): Iterable<Finding> {
  const exposed = new ExposedServices(audited);
  for (const policy of audited.cluster.model.policies) {
    if (policy.ref.group !== 'networking.k8s.io') continue;
    for (const written of writtenRules(policy)) {
      const { direction, rule } = written;
      if (direction !== 'Ingress' || rule.peers?.length !== 1) continue;
      const [peer] = rule.peers;
      const isEverybody =
        peer.kind === 'Pods' &&
        peer.namespaces.kind === 'Selected' &&
        peer.namespaces.selector.requirements.length === 0 &&
        peer.pods.requirements.length === 0;
      if (!isEverybody) continue;
      const service = exposed.behind(audited.subject(policy).groups, policy.ref.namespace);
      if (service === null) continue;
      const path = peerPath(written, peer, 0);
      const witness = `service:${service.namespace}/${service.name}`;
      const message = `${path} of ${nameOf(policy)} admits all pods and nobody else, and the pods are behind ${service.type} Service ${service.namespace}/${service.name}`;
      yield lint('ALL_PODS_NOT_ALL_SOURCES', message, [policy.ref, serviceRef(service)], { path, witness });
    }
  }
  const blocked = new BlockedPorts(audited);
  for (const { service, groups } of exposed.all) {
    for (const [k, port] of service.ports.entries()) yield* blocked.findings(service, port, k, groups);
  }
  // One finding for each backend that an entry names, with the first of its pods as the witness.
  const said = new Set<string>();
  for (const { entry, target, port, backend, targetPort, reason } of blockedBackends(audited.cluster, 'intended')) {
    const entryText = formatObjectRef(entry.ref);
    const key = `${entryText} ${formatObjectRef(target)} ${port}`;
    if (said.has(key)) continue;
    said.add(key);
    const message = `policies keep the controller of ${entryText} from ${backend} at port ${targetPort}, behind ${formatObjectRef(target)}`;
    yield lint('SVC_BACKEND_BLOCKED', message, [entry.ref, target], {
      path: 'spec',
      witness: backend,
      port,
      reason,
    });
  }
}

/** Ports of pods that no address outside the cluster may open. */
class BlockedPorts {
  readonly #known = new Map<string, boolean>();

  constructor(readonly audited: Audited) {}

  *findings(service: Service, port: ServicePort, k: number, groups: ArrayLike<number>): Iterable<Finding> {
    const { index } = this.audited.cluster;
    const all = this.audited.groups;
    let [pods, blocked, witness] = [0, 0, -1];
    for (let i = 0; i < groups.length; i += 2) {
      for (let g = groups[i]; g < groups[i + 1]; g++) {
        const number = targetOf(port, all.portsOf[g]);
        if (!all.isOrdinary(g) || number === null) continue;
        const size = all.ordinaryBefore[g + 1] - all.ordinaryBefore[g];
        pods += size;
        const profile = index.profileOf('Ingress', index.arrays.podClass[all.podOf[g]]);
        if (!this.#isBlocked(profile, port, number)) continue;
        blocked += size;
        if (witness < 0) witness = all.podOf[g];
      }
    }
    if (blocked === 0) return;
    const name = `${service.namespace}/${service.name}`;
    const message = `${blocked} of ${pods} pods behind port ${port.port} of ${service.type} Service ${name} admit nobody outside the cluster`;
    yield lint('SVC_BACKEND_BLOCKED', message, [serviceRef(service)], {
      path: `spec.ports[${k}]`,
      witness: this.audited.podText(witness),
      blocked,
      pods,
    });
  }

  /** Cost: the address blocks that the profile's policies tell apart, once for each profile and port. */
  #isBlocked(profile: number, { protocol }: ServicePort, number: number): boolean {
    const key = `${profile} ${protocol} ${number}`;
    let blocked = this.#known.get(key);
    if (blocked === undefined) this.#known.set(key, (blocked = this.#find(profile, protocol, number)));
    return blocked;
  }

  #find(profile: number, protocol: ServicePort['protocol'], number: number): boolean {
    const { index } = this.audited.cluster;
    const { profileFlags, profileOffsets, blockStart } = index.arrays;
    if (profile === 0 || (profileFlags[profile] & isolatedFlag) === 0) return false;
    const { sets, outcomes } = index;
    const port: RulePort = { kind: 'Range', protocol, first: number, last: number };
    const rule: PolicyRule = { action: 'Allow', peers: null, ports: [port] };
    const wanted = ruleConnections(rule, new Map(), sets);
    for (let i = profileOffsets[profile]; i < profileOffsets[profile + 1]; i++) {
      const outcome = index.outcome(profile, outsideClass, blockStart[i]);
      const possible = sets.union(outcomes.allowed(outcome), outcomes.unknown(outcome));
      if (sets.intersection(possible, wanted) !== sets.none) return false;
    }
    return true;
  }
}

function targetOf(
  { port, targetPort, protocol }: ServicePort,
  ports: readonly { readonly name: string | null; readonly protocol: string; readonly port: number }[],
): number | null {
  if (typeof targetPort !== 'string') return targetPort ?? port;
  return ports.find((one) => one.name === targetPort && one.protocol === protocol)?.port ?? null;
}
