import type { Direction, Family, PolicyRule, RulePeer, RulePort, Service } from '#model';
import type { CalicoEntity, CalicoRule } from '../stored-calico.js';
import { calicoRulePorts } from './rule-ports.js';
import type { LabelledNets } from './labelled-nets.js';
import { allOf, calicoRulePeers, everyAddress } from './rule-peers.js';
import { servicePeers } from './service-peers.js';

/** What the meaning of a rule depends on. */
export interface RuleSurroundings {
  readonly direction: Direction;
  /** The namespace of the policy; null for a global one. */
  readonly namespace: string | null;
  readonly sets: LabelledNets;
  serviceNamed(namespace: string, name: string): Service | undefined;
}

/** A rule in the uniform form. What a snapshot does not show becomes a condition that may hold or not. */
export function calicoRule(rule: CalicoRule, surroundings: RuleSurroundings): PolicyRule {
  const { direction, namespace, sets } = surroundings;
  const [peer, subject] = direction === 'Ingress' ? [rule.source, rule.destination] : [rule.destination, rule.source];
  const families = familiesOf(rule);
  // Networks of the peer speak of one family as it is.
  const confined = families.length === 1 && peer.nets.length === 0 ? [everyAddress(families[0])] : [];
  const doubts = undecidable(rule, subject, direction).map((what): RulePeer => ({ kind: 'Undecidable', what }));
  const conditions = [...confined, ...doubts];
  const layer7 = rule.http === undefined ? {} : { layer7: ['http'] };
  const wanted = { action: rule.action, ...calicoRulePorts(rule), ...layer7 };
  if (families.length === 0) return { ...wanted, peers: [] };
  if (peer.services === undefined) {
    return { ...wanted, peers: withConditions(calicoRulePeers(peer, namespace, sets), conditions) };
  }
  const behind = servicePeers(surroundings.serviceNamed(peer.services.namespace, peer.services.name));
  // As the source of ingress, a Service is the addresses behind it and nothing more.
  if (direction === 'Ingress') return { ...wanted, peers: withConditions(behind.peers, conditions) };
  const ports =
    behind.ports?.filter((port) => rule.protocol === undefined || protocolOf(port) === rule.protocol) ?? wanted.ports;
  if (ports?.length === 0) return { ...wanted, peers: [] };
  const mixed: RulePeer[] = behind.isExact
    ? []
    : [{ kind: 'Undecidable', what: 'which backend of the Service has which port' }];
  return { ...wanted, ports, peers: withConditions(behind.peers, [...conditions, ...mixed]) };
}

function withConditions(peers: readonly RulePeer[] | null, conditions: readonly RulePeer[]): RulePeer[] | null {
  if (peers === null) return conditions.length === 0 ? null : [allOf(conditions)];
  return peers.map((peer) => allOf([peer, ...conditions]));
}

function protocolOf(port: RulePort): string | null {
  return port.kind === 'Range' || port.kind === 'Named' ? port.protocol : null;
}

/**
 * The families in which a rule exists: a list of networks, excluded ones too, that has none of a family takes the rule
 * away from the packets of that family (policy semantics 3.5).
 */
function familiesOf({ ipVersion, source, destination }: CalicoRule): Family[] {
  const lists = [source, destination].flatMap(({ nets, notNets }) => [nets, notNets]).filter((list) => list.length > 0);
  return (['IPv4', 'IPv6'] as const).filter(
    (family) =>
      (ipVersion === undefined || ipVersion === (family === 'IPv4' ? 4 : 6)) &&
      lists.every((list) => list.some((net) => net.includes(':') === (family === 'IPv6'))),
  );
}

/** Conditions of a rule that a question does not answer. */
function undecidable(rule: CalicoRule, subject: CalicoEntity, direction: Direction): string[] {
  const { selector, notSelector, namespaceSelector, serviceAccounts, nets, notNets } = subject;
  const narrows =
    [selector, notSelector, namespaceSelector, serviceAccounts].some((part) => part !== undefined) ||
    nets.length + notNets.length > 0;
  const side = direction === 'Ingress' ? 'destination' : 'source';
  return [
    ...(rule.source.ports.length + rule.source.notPorts.length > 0 ? ['the port of the source'] : []),
    ...(narrows ? [`whether the pod itself is the ${side} that the rule speaks of`] : []),
  ];
}
