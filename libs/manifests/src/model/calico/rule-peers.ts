import { everything, type Family, type NamespaceScope, type RulePeer } from '#model';
import { and, type CalicoSelector, not } from '../../calico-selector/calico-selector.js';
import { modelSelectorOf } from '../../calico-selector/model-selector.js';
import type { CalicoEntity } from '../stored-calico.js';
import { calicoLabels, isUnknownLabel } from './endpoint-labels.js';
import type { LabelledNets } from './labelled-nets.js';
import { keysOf, ofNamespaces, ofServiceAccounts, validSelector } from './selectors.js';

const anyNamespace: NamespaceScope = { kind: 'Selected', selector: everything };

/**
 * Whom a rule speaks of on the other side of its subject; null: everyone (policy semantics 3.5). An address matches a
 * selector when a pod has it or a set of networks contains it whose labels satisfy the selector, so that a selector is
 * never about addresses that nobody knows.
 */
export function calicoRulePeers(entity: CalicoEntity, namespace: string | null, sets: LabelledNets): RulePeer[] | null {
  const selected = selectedBy(entity, namespace, sets);
  const conditions = [...selected.conditions, ...netConditions(entity)];
  if (selected.any === null) return conditions.length === 0 ? null : [allOf(conditions)];
  return selected.any.map((peer) => allOf([peer, ...conditions, ...portConditions(peer, entity)]));
}

/** Peers that fulfil all of a list of conditions, which is not empty. */
export function allOf(conditions: readonly RulePeer[]): RulePeer {
  return conditions.length === 1 ? conditions[0] : { kind: 'All', of: conditions };
}

/** Every address of a family. */
export function everyAddress(family: Family): RulePeer {
  return { kind: 'Addresses', cidrs: [family === 'IPv4' ? '0.0.0.0/0' : '::/0'], except: [] };
}

interface Selected {
  /** One of these must be met; null: none is asked for. */
  readonly any: readonly RulePeer[] | null;
  readonly conditions: readonly RulePeer[];
}

function selectedBy(entity: CalicoEntity, namespace: string | null, sets: LabelledNets): Selected {
  const { selector, notSelector, namespaceSelector, serviceAccounts } = entity;
  const excluded = notSelector === undefined ? [] : [validSelector(notSelector)];
  const own = [
    ...(selector === undefined ? [] : [validSelector(selector)]),
    ...(serviceAccounts === undefined
      ? []
      : [ofServiceAccounts(serviceAccounts.names, validSelector(serviceAccounts.selector))]),
  ];
  // Without a namespaceSelector, what a namespaced policy selects or excludes is taken from its own namespace.
  const isLocal = namespaceSelector === undefined && namespace !== null && own.length + excluded.length > 0;
  const where = placeOf(namespaceSelector, isLocal ? namespace : null);
  if (own.length === 0 && where === null) {
    const conditions = excluded.flatMap((one) => matching(one, anywhere, sets)).map(negated);
    return { any: null, conditions };
  }
  // Selected and excluded are looked up on one and the same endpoint.
  const wanted = [...own, ...excluded.map(not)];
  return {
    any: matching(wanted.length === 0 ? { kind: 'All' } : and(wanted), where ?? anywhere, sets),
    conditions: [],
  };
}

/** Where endpoints are looked for: `scope` for pods, null for none; `selector` for sets, which have inherited labels. */
interface Place {
  readonly scope: NamespaceScope | null;
  readonly selector: CalicoSelector;
}

const anywhere: Place = { scope: anyNamespace, selector: { kind: 'All' } };

function placeOf(namespaceSelector: string | undefined, own: string | null): Place | null {
  if (own !== null) {
    return {
      scope: { kind: 'Named', name: own },
      selector: { kind: 'In', key: calicoLabels.namespace, values: [own] },
    };
  }
  if (namespaceSelector === undefined) return null;
  const selector = validSelector(namespaceSelector);
  const keyOf = (key: string): string => (key === calicoLabels.name ? 'kubernetes.io/metadata.name' : key);
  const scope: NamespaceScope = { kind: 'Selected', selector: modelSelectorOf(selector, keyOf) };
  return { scope: selector.kind === 'Global' ? null : scope, selector: ofNamespaces(selector) };
}

/** Pods and sets in a place that satisfy a selector. */
function matching(selector: CalicoSelector, { scope, selector: place }: Place, sets: LabelledNets): RulePeer[] {
  const unknown = keysOf(selector).filter(isUnknownLabel);
  const pods: RulePeer[] =
    scope === null
      ? []
      : unknown.length === 0
        ? [{ kind: 'Pods', namespaces: scope, pods: modelSelectorOf(selector) }]
        : [
            allOf([
              { kind: 'Pods', namespaces: scope, pods: everything },
              { kind: 'Undecidable', what: 'the labels of service accounts' },
            ]),
          ];
  const cidrs = sets.matching(modelSelectorOf(and([selector, place])));
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
