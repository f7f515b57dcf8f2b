import type { Direction, Family, PolicyRule, RulePeer, RulePort } from '#model';
import type { CalicoEntity, CalicoRule } from '../stored-calico.js';
import { ownParts } from './own-parts.js';
import { allOf, calicoRulePeers, everyAddress } from './rule-peers.js';
import { calicoRulePorts } from './rule-ports.js';
import { servicePeers } from './service-peers.js';
import { sourcePortsOf } from './source-ports.js';
import type { Surroundings } from './surroundings.js';

/** Where a rule stands. */
export interface RulePlace {
  readonly direction: Direction;
  /** The namespace of the policy; null for a global one. */
  readonly namespace: string | null;
}

/**
 * A rule in the uniform form: one for each kind of subjects and of peers that it treats alike, at least one. What a
 * snapshot does not show becomes a condition that may hold or not.
 */
export function calicoRules(rule: CalicoRule, place: RulePlace, surroundings: Surroundings): PolicyRule[] {
  const isIngress = place.direction === 'Ingress';
  const [peer, subject] = isIngress ? [rule.source, rule.destination] : [rule.destination, rule.source];
  const layer7 = rule.http === undefined ? {} : { layer7: ['http'] };
  const wanted = { action: rule.action, ...calicoRulePorts(rule), ...layer7 };
  const families = familiesOf(rule);
  const sourcePorts = sourcePortsOf(rule);
  if (families.length === 0 || sourcePorts === 'None') return [{ ...wanted, peers: [] }];
  // Networks of the peer speak of one family as it is.
  const confined = families.length === 1 && peer.nets.length === 0 ? [everyAddress(families[0])] : [];
  const conditions = [...confined, ...(sourcePorts === 'All' ? [] : [sourcePorts])];
  const targets = targetsOf(rule, peer, wanted.ports, place, surroundings);
  if (targets.length === 0) return [{ ...wanted, peers: [] }];
  return ownParts(subject, place.namespace, families, surroundings).flatMap((own) =>
    targets.map(({ peers, ports }): PolicyRule => ({
      ...wanted,
      ports,
      peers: withConditions(peers, [...conditions, ...own.conditions]),
      ...(own.subject === undefined ? {} : { subject: own.subject }),
    })),
  );
}

/** Peers with the ports that the rule means on them. */
interface Target {
  readonly peers: readonly RulePeer[] | null;
  readonly ports: readonly RulePort[] | null;
}

function targetsOf(
  { protocol }: CalicoRule,
  peer: CalicoEntity,
  ports: readonly RulePort[] | null,
  { direction, namespace }: RulePlace,
  surroundings: Surroundings,
): Target[] {
  if (peer.services === undefined) return [{ peers: calicoRulePeers(peer, namespace, surroundings), ports }];
  const behind = servicePeers(surroundings.serviceNamed(peer.services));
  // As the source of ingress, a Service is the addresses behind it and nothing more.
  if (direction === 'Ingress') return [{ peers: behind.flatMap(({ peers }) => peers), ports }];
  return behind
    .map((group) => ({
      peers: group.peers,
      ports: group.ports.filter((port) => protocol === undefined || protocolOf(port) === protocol),
    }))
    .filter((group) => group.ports.length > 0);
}

function withConditions(
  peers: readonly RulePeer[] | null,
  conditions: readonly RulePeer[],
): readonly RulePeer[] | null {
  if (conditions.length === 0) return peers;
  return peers === null ? [allOf(conditions)] : peers.map((peer) => allOf([peer, ...conditions]));
}

function protocolOf(port: RulePort): string | null {
  return port.kind === 'Range' || port.kind === 'Named' ? port.protocol : null;
}

/**
 * The families in which a rule exists: a list of networks, excluded ones too, that has none of a family takes the rule
 * away from the packets of that family (policy semantics 3.5).
 */
function familiesOf({ ipVersion, source, destination }: CalicoRule): readonly Family[] {
  const lists = [source.nets, source.notNets, destination.nets, destination.notNets].filter(({ length }) => length > 0);
  if (ipVersion === undefined && lists.length === 0) return bothFamilies;
  return bothFamilies.filter(
    (family) =>
      (ipVersion === undefined || ipVersion === (family === 'IPv4' ? 4 : 6)) &&
      lists.every((list) => list.some((net) => net.includes(':') === (family === 'IPv6'))),
  );
}

const bothFamilies: readonly Family[] = ['IPv4', 'IPv6'];
