import type { Runs } from '#engine';
import type { Finding, PortProtocol, RulePeer, RulePort } from '#model';
import type { Audited } from './audited.js';
import { DeclaredPorts } from './declared-ports.js';
import { lint } from './lint.js';
import { nameOf, peerPath, portPath, type WrittenRule, writtenRules } from './written.js';
import { ServicePorts } from './service-ports.js';

/** The ports of rules, against what the destinations declare and what Services translate. */
export function* portChecks(audited: Audited): Iterable<Finding> {
  const services = new ServicePorts(audited);
  const declared = new DeclaredPorts(audited);
  for (const policy of audited.cluster.model.policies) {
    for (const written of writtenRules(policy)) {
      const { ports } = written.rule;
      if (ports === null) continue;
      for (const [k, port] of ports.entries()) {
        const path = portPath(written, port, k);
        if (port.kind === 'Named') yield* namedFindings(audited, written, port, path, declared);
        else if (port.kind === 'Range') {
          yield* featureFindings(written, port, path);
          if (port.first === port.last && written.rule.action === 'Allow')
            yield* numberFindings(audited, written, port, path, { declared, services });
        }
      }
    }
    yield* dnsFindings(policy);
  }
}

type NamedPort = RulePort & { kind: 'Named' };
type PortRange = RulePort & { kind: 'Range' };

/** The pods that a rule's ports are looked up on: whom the policy applies to, or whom an egress rule speaks of. */
function destinationsOf(audited: Audited, { policy, direction, rule }: WrittenRule): readonly Runs[] {
  if (direction === 'Ingress') return [audited.subject(policy).groups];
  if (rule.peers === null) return [[1, audited.groups.end]];
  return rule.peers.flatMap((peer) => (peer.kind === 'Pods' ? [audited.select(peer).groups] : []));
}

const protocols: readonly PortProtocol[] = ['TCP', 'UDP', 'SCTP'];

function* namedFindings(
  audited: Audited,
  written: WrittenRule,
  port: NamedPort,
  path: string,
  declaredPorts: DeclaredPorts,
): Iterable<Finding> {
  const { policy, direction, rule } = written;
  const name = JSON.stringify(port.name);
  const isOutside = (peer: RulePeer): boolean => peer.kind === 'Addresses';
  if (direction === 'Egress' && (rule.peers === null || rule.peers.some(isOutside))) {
    const at = rule.peers?.findIndex(isOutside) ?? -1;
    const where = at < 0 ? 'every destination' : peerPath(written, (rule.peers ?? [])[at], at);
    const message = `the port ${name} in ${path} of ${nameOf(policy)} never matches an address outside, of which ${where} speaks`;
    yield lint('NAMED_PORT_EXTERNAL', message, [policy.ref], {
      path,
      witness: `policy:${nameOf(policy)}`,
      port: port.name,
    });
  }
  const declared = declaredPorts.of(destinationsOf(audited, written));
  if (declared.pods === 0) return;
  const wanted = port.protocol === null ? protocols : [port.protocol];
  const count = Math.max(...wanted.map((protocol) => declared.by.get(`${protocol}/${port.name}`) ?? 0));
  const evidence = { path, port: port.name, protocol: port.protocol ?? undefined, pods: declared.pods };
  const what = `${port.protocol ?? 'any protocol'} port ${name} in ${path} of ${nameOf(policy)}`;
  if (count === 0) {
    const other = protocols.find((protocol) => declared.by.has(`${protocol}/${port.name}`));
    if (other !== undefined) {
      const witness = audited.podText(declared.witness.get(`${other}/${port.name}`) ?? -1);
      yield lint('NAMED_PORT_PROTOCOL_MISMATCH', `${what}: pods declare the name with ${other}`, [policy.ref], {
        ...evidence,
        witness,
        declared: other,
      });
    }
    const witness = audited.podText(declared.first);
    yield lint('NAMED_PORT_UNRESOLVED', `no pod has the ${what}`, [policy.ref], { ...evidence, witness });
  } else if (count < declared.pods && direction === 'Ingress') {
    const witness = audited.podText(lackingPod(audited, written, port));
    const message = `${count} of ${declared.pods} pods have the ${what}`;
    yield lint('NAMED_PORT_PARTIAL', message, [policy.ref], { ...evidence, witness, resolved: count });
  }
}

/** A destination that does not declare a name. */
function lackingPod(audited: Audited, written: WrittenRule, { name, protocol }: NamedPort): number {
  const { groups } = audited;
  for (const runs of destinationsOf(audited, written)) {
    for (let i = 0; i < runs.length; i += 2) {
      for (let g = runs[i]; g < runs[i + 1]; g++) {
        const has = groups.portsOf[g].some(
          (port) => port.name === name && (protocol === null || port.protocol === protocol),
        );
        if (groups.isOrdinary(g) && !has) return groups.podOf[g];
      }
    }
  }
  return -1;
}

function* numberFindings(
  audited: Audited,
  written: WrittenRule,
  { protocol, first: number }: PortRange,
  path: string,
  { declared: declaredPorts, services }: { readonly declared: DeclaredPorts; readonly services: ServicePorts },
): Iterable<Finding> {
  const { policy, rule, direction } = written;
  // Of addresses outside nobody knows what they listen at.
  if (direction === 'Egress' && (rule.peers === null || !rule.peers.every(({ kind }) => kind === 'Pods'))) return;
  const destinations = destinationsOf(audited, written);
  const declared = declaredPorts.of(destinations);
  if (declared.by.has(`${protocol} ${number}`)) return;
  const witness = audited.podText(declared.first);
  const translated = services.translating(protocol, number, destinations);
  if (translated !== null) {
    const { service, target } = translated;
    const message = `${path} of ${nameOf(policy)} names ${number}, a port of Service ${service.namespace}/${service.name}, whose pods listen at ${typeof target === 'string' ? JSON.stringify(target) : target}`;
    const evidence = {
      path,
      witness: `service:${service.namespace}/${service.name}`,
      port: number,
      targetPort: target,
    };
    yield lint('PORT_IS_SERVICE_PORT', message, [policy.ref], evidence);
  }
  // A pod that declares no port at all tells nothing.
  if (declared.declaring > 0) {
    const message = `no pod that ${path} of ${nameOf(policy)} is about declares ${protocol} port ${number}`;
    yield lint('PORT_NOT_EXPOSED', message, [policy.ref], { path, witness, port: number, pods: declared.pods });
  }
}

function* featureFindings({ policy }: WrittenRule, port: PortRange, path: string): Iterable<Finding> {
  if (policy.ref.group !== 'networking.k8s.io') return;
  const witness = `policy:${nameOf(policy)}`;
  const isWhole = port.first === 1 && port.last === 65535;
  if (isWhole) {
    const message = `${path} of ${nameOf(policy)} allows every ${port.protocol} port and no other protocol`;
    yield lint('PORT_ALL_TCP_ONLY', message, [policy.ref], { path, witness });
  }
  const uses = port.protocol === 'SCTP' ? 'SCTP' : port.first !== port.last && !isWhole ? 'endPort' : null;
  if (uses === null) return;
  const message = `${path} of ${nameOf(policy)} uses ${uses}`;
  yield lint('SCTP_OR_ENDPORT_SUPPORT', message, [policy.ref], { path, witness, uses });
}

/** One of the two protocols of DNS without the other, in one direction of a policy. */
function* dnsFindings(policy: WrittenRule['policy']): Iterable<Finding> {
  const rules = writtenRules(policy).filter(({ rule }) => rule.action === 'Allow');
  for (const direction of policy.directions) {
    const own = rules.filter((written) => written.direction === direction);
    const allows = (protocol: PortProtocol): boolean =>
      own.some(
        ({ rule: { ports } }) =>
          ports === null ||
          ports.some(
            (port) => port.kind === 'Range' && port.protocol === protocol && port.first <= 53 && port.last >= 53,
          ),
      );
    const named = own.flatMap((written) =>
      (written.rule.ports ?? []).flatMap((port, k) =>
        port.kind === 'Range' && port.first === 53 && port.last === 53 && port.protocol !== 'SCTP'
          ? [{ port, path: portPath(written, port, k) }]
          : [],
      ),
    );
    if (named.length === 0) continue;
    const [{ port, path }] = named;
    const other = port.protocol === 'UDP' ? 'TCP' : 'UDP';
    if (allows(other)) continue;
    const message = `${nameOf(policy)} allows port 53 over ${port.protocol} and not over ${other}`;
    yield lint('DNS_TCP_MISSING', message, [policy.ref], { path, witness: `policy:${nameOf(policy)}`, missing: other });
  }
}
