import type { RulePeer } from '#model';
import { selectorOf } from '../policies.js';
import type { StoredSelector } from '../stored-body.js';
import type { CiliumCidr, CiliumRule } from '../stored-cilium.js';
import type { CiliumObjects } from './cilium-objects.js';
import { entityPeers, type EntitySurroundings } from './entity-peers.js';
import { not, outsideIf, outsideIn } from './plain-peers.js';
import { type CiliumRequirement, requirementsOf, scopedRequirements } from './requirements.js';
import { selectorPeers } from './selector-peers.js';
import { ciliumServicePeers } from './service-peers.js';

/** What the meaning of a rule depends on. */
export interface RuleSurroundings extends EntitySurroundings, Pick<CiliumObjects, 'services' | 'serviceLabels'> {
  /** The namespace of the policy; null for a clusterwide one. */
  readonly namespace: string | null;
  /** What `fromRequires` or `toRequires` of all rules of the list demand of endpoints. */
  readonly required: readonly CiliumRequirement[];
}

/**
 * Whom a rule speaks of on the other side of its subject; null: everyone (policy semantics 4). A list of peers that is
 * there and empty means nobody, and so does a rule that has neither peers nor ports.
 */
export function ciliumRulePeers(rule: CiliumRule, around: RuleSurroundings): RulePeer[] | null {
  const peers = namedPeers(rule, around);
  const mode = modeOf(rule.authentication);
  if (mode === null || mode === 'disabled') return peers;
  const condition: RulePeer = { kind: 'Undecidable', what: `whether the two ends authenticate each other (${mode})` };
  return peers === null ? [condition] : peers.map((peer) => ({ kind: 'All', of: [peer, condition] }));
}

/** The demands of `fromRequires` or `toRequires` in a list of rules. */
export function requiredIn(rules: readonly CiliumRule[], namespace: string | null): CiliumRequirement[] {
  return rules.flatMap(({ fromRequires, toRequires }) =>
    (fromRequires ?? toRequires ?? []).flatMap((one) => scopedRequirements(requirementsOf(one), namespace)),
  );
}

function namedPeers(rule: CiliumRule, around: RuleSurroundings): RulePeer[] | null {
  const lists = {
    endpoints: rule.fromEndpoints ?? rule.toEndpoints,
    entities: rule.fromEntities ?? rule.toEntities,
    cidrs: rule.fromCIDR ?? rule.toCIDR,
    cidrSets: rule.fromCIDRSet ?? rule.toCIDRSet,
    nodes: rule.fromNodes ?? rule.toNodes,
    services: rule.toServices,
    names: rule.toFQDNs,
    groups: rule.fromGroups ?? rule.toGroups,
  };
  const given = Object.values(lists).filter((list) => list !== undefined);
  if (given.some((list) => list.length === 0)) return [];
  if (given.length === 0) {
    const hasPorts = (rule.toPorts ?? []).length + (rule.icmps ?? []).length > 0;
    return hasPorts ? null : [];
  }
  const entities = (lists.entities ?? []).map((entity) => entityPeers(entity, around));
  if (entities.includes(null)) return null;
  return [
    ...entities.flatMap((peers) => peers ?? []),
    ...(lists.endpoints ?? []).flatMap((selector) => endpointPeers(selector, around)),
    ...(lists.cidrs === undefined ? [] : [outsideIn(lists.cidrs)]),
    ...(lists.cidrSets ?? []).map(cidrPeer),
    ...(lists.nodes ?? []).map((selector) => nodePeer(selector, around)),
    ...(lists.services === undefined ? [] : ciliumServicePeers(lists.services, around)),
    ...(lists.names === undefined ? [] : [outsideIf(`which addresses have the names ${namesIn(lists.names)}`)]),
    ...(lists.groups === undefined ? [] : [outsideIf('which addresses the groups of a cloud have')]),
  ];
}

function endpointPeers(selector: StoredSelector, around: RuleSurroundings): RulePeer[] {
  const own = scopedRequirements(requirementsOf(selector), around.namespace);
  return selectorPeers([...own, ...around.required], around);
}

function cidrPeer({ cidr, except, ...group }: CiliumCidr): RulePeer {
  if (cidr !== undefined) return outsideIn([cidr], except);
  return outsideIf(`which addresses the group ${JSON.stringify(Object.values(group)[0])} has`);
}

/** Nodes are meant as seen from other nodes, by their labels. */
function nodePeer({ matchLabels, matchExpressions }: StoredSelector, { direction }: RuleSurroundings): RulePeer {
  const bare = (key: string): string => key.replace(/^(k8s|any):/, '');
  const selector = selectorOf({
    matchLabels: Object.fromEntries(Object.entries(matchLabels).map(([key, value]) => [bare(key), value])),
    matchExpressions: matchExpressions.map((one) => ({ ...one, key: bare(one.key) })),
  });
  const selected: RulePeer = { kind: 'Nodes', nodes: selector };
  return direction === 'Ingress' ? selected : { kind: 'All', of: [selected, not({ kind: 'OwnNode' })] };
}

function namesIn(names: readonly unknown[]): string {
  const texts = names.flatMap((one) => (one !== null && typeof one === 'object' ? Object.values(one) : []));
  return texts.filter((text) => typeof text === 'string').join(', ');
}

function modeOf(authentication: unknown): string | null {
  if (authentication === null || typeof authentication !== 'object') return null;
  const { mode } = authentication as { mode?: unknown };
  return typeof mode === 'string' ? mode : null;
}
