import type { RulePeer } from '#model';
import { ciliumLabels } from './endpoint-labels.js';
import { entityPeers, type EntitySurroundings } from './entity-peers.js';
import { everyPod, not } from './plain-peers.js';
import { podSelectionOf } from './pod-selection.js';
import type { CiliumRequirement } from './requirements.js';

/**
 * Whom a selector of endpoints means. Beside pods there are identities that have nothing but a reserved label; they meet
 * requirements that a label is missing or has not some value, so that `NotIn` on the namespace means the world too.
 */
export function selectorPeers(requirements: readonly CiliumRequirement[], around: EntitySurroundings): RulePeer[] {
  return [...pods(requirements), ...reserved(requirements, around)];
}

function pods(requirements: readonly CiliumRequirement[]): RulePeer[] {
  const isKnown = ({ key }: CiliumRequirement): boolean => key !== ciliumLabels.cluster;
  const selected: RulePeer = { kind: 'Pods', ...podSelectionOf(requirements.filter(isKnown)) };
  return requirements.every(isKnown)
    ? [selected]
    : [{ kind: 'All', of: [selected, { kind: 'Undecidable', what: 'the name of the cluster' }] }];
}

function reserved(requirements: readonly CiliumRequirement[], around: EntitySurroundings): RulePeer[] {
  if (requirements.some(({ source, key }) => source === 'reserved' && key === 'kube-apiserver')) {
    return ofApiServer(requirements, around);
  }
  const means = (...names: string[]): boolean => requirements.every((one) => isMetBy(new Set(names), one));
  return [
    ...(means('host') ? (entityPeers('host', around) ?? []) : []),
    ...(means('remote-node') ? (entityPeers('remote-node', around) ?? []) : []),
    ...(['world-ipv4', 'world-ipv6'] as const)
      .filter((world) => means('world', world))
      .flatMap((world) => (entityPeers(world, around) ?? []).map((peer) => ifLabelled(peer, requirements))),
  ];
}

/** The label of the API server is one that nodes and the world may have beside their own. */
function ofApiServer(requirements: readonly CiliumRequirement[], around: EntitySurroundings): RulePeer[] {
  const [first, ...others] = requirements;
  const isAsked = first.operator === 'Exists' || (first.operator === 'In' && first.values.includes(''));
  if (others.length === 0 && isAsked) return entityPeers('kube-apiserver', around) ?? [];
  return [{ kind: 'All', of: [not(everyPod), { kind: 'Undecidable', what: 'which addresses the API server has' }] }];
}

/** Addresses outside may have labels of networks, names and groups, which nobody wrote down. */
function ifLabelled(peer: RulePeer, requirements: readonly CiliumRequirement[]): RulePeer {
  const asked = requirements.filter(isOfAddress).map(({ source, key }) => `${source}:${key}`);
  if (asked.length === 0) return peer;
  return {
    kind: 'All',
    of: [peer, { kind: 'Undecidable', what: `which addresses have the labels ${asked.join(', ')}` }],
  };
}

function isMetBy(names: ReadonlySet<string>, requirement: CiliumRequirement): boolean {
  const { source, key, operator, values } = requirement;
  if (isOfAddress(requirement)) return names.has('world') || operator === 'NotIn' || operator === 'DoesNotExist';
  // A reserved label has no value.
  const has = (source === 'reserved' || source === 'any') && names.has(key);
  switch (operator) {
    case 'In':
      return has && values.includes('');
    case 'NotIn':
      return !has || !values.includes('');
    case 'Exists':
      return has;
    case 'DoesNotExist':
      return !has;
  }
}

function isOfAddress({ source }: CiliumRequirement): boolean {
  return source === 'cidr' || source === 'fqdn' || source === 'cidrgroup';
}
