import type { Family, RulePeer } from '#model';
import { and, type CalicoSelector } from '../../calico-selector/calico-selector.js';
import { modelSelectorOf } from '../../calico-selector/model-selector.js';
import type { CalicoEntity } from '../stored-calico.js';
import { entitySelectors, type Place } from './entity-selectors.js';
import type { Surroundings } from './surroundings.js';

/**
 * Whom a rule speaks of on the other side of its subject; null: everyone (policy semantics 3.5). An address matches a
 * selector when a pod has it or a set of networks contains it whose labels satisfy the selector, so that a selector is
 * never about addresses that nobody knows.
 */
export function calicoRulePeers(
  entity: CalicoEntity,
  namespace: string | null,
  surroundings: Surroundings,
): RulePeer[] | null {
  const { wanted, place, excluded } = entitySelectors(entity, namespace, surroundings);
  const conditions = [
    ...excluded.flatMap((one) => matching(one, place, surroundings)).map(negated),
    ...netConditions(entity),
  ];
  if (wanted === null) return conditions.length === 0 ? null : [allOf(conditions)];
  return matching(wanted, place, surroundings).map((peer) =>
    allOf([peer, ...conditions, ...portConditions(peer, entity)]),
  );
}

/** Peers that fulfil all of a list of conditions, which is not empty. */
export function allOf(conditions: readonly RulePeer[]): RulePeer {
  return conditions.length === 1 ? conditions[0] : { kind: 'All', of: conditions };
}

/** Every address of a family. */
export function everyAddress(family: Family): RulePeer {
  return { kind: 'Addresses', cidrs: [family === 'IPv4' ? '0.0.0.0/0' : '::/0'], except: [] };
}

/** Pods and sets in a place that satisfy a selector. */
function matching(selector: CalicoSelector, { scope, selector: place }: Place, surroundings: Surroundings): RulePeer[] {
  const pods = scope === null ? [] : surroundings.podPeers(scope, selector);
  const { sets } = surroundings;
  const cidrs = sets.areNone ? [] : sets.matching(modelSelectorOf(and([selector, place])));
  return cidrs.length === 0 ? pods : [...pods, { kind: 'Addresses', cidrs, except: [] }];
}

/**
 * The name of a port stands for the ports of selected pods. A pod that is met only because a set contains its address
 * may have a port of that name all the same.
 */
function portConditions(peer: RulePeer, { ports, notPorts }: CalicoEntity): RulePeer[] {
  const isNamed = [...ports, ...notPorts].some((port) => typeof port === 'string' && !/^[0-9]+:[0-9]+$/.test(port));
  return isNamed && peer.kind === 'Addresses'
    ? [{ kind: 'Undecidable', what: 'whether the named port is one of what the selector selects' }]
    : [];
}

function negated(peer: RulePeer): RulePeer {
  return { kind: 'Not', of: peer };
}

function netConditions({ nets, notNets }: CalicoEntity): RulePeer[] {
  if (nets.length > 0) return [{ kind: 'Addresses', cidrs: nets, except: notNets }];
  return notNets.length > 0 ? [negated({ kind: 'Addresses', cidrs: notNets, except: [] })] : [];
}
