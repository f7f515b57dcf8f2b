import { everything, type NamespaceScope } from '#model';
import { and, type CalicoSelector, not } from '../../calico-selector/calico-selector.js';
import type { CalicoEntity } from '../stored-calico.js';
import { calicoLabels } from './endpoint-labels.js';
import { ofNamespaces, ofServiceAccounts } from './selectors.js';
import type { Surroundings } from './surroundings.js';

/** What one side of a rule says of the labels of endpoints (policy semantics 3.5). */
export interface EntitySelectors {
  /** Met by some endpoint or set of networks at the address, in `place`; null: none is asked for. */
  readonly wanted: CalicoSelector | null;
  readonly place: Place;
  /** Met by none at the address, wherever; only where nothing is wanted. */
  readonly excluded: readonly CalicoSelector[];
}

/** Where endpoints are looked for: `scope` for pods, null for none; `selector` for what has inherited labels. */
export interface Place {
  readonly scope: NamespaceScope | null;
  readonly selector: CalicoSelector;
}

const anywhere: Place = { scope: { kind: 'Selected', selector: everything }, selector: { kind: 'All' } };

/** Cost: that of the selectors' first reading. */
export function entitySelectors(
  { selector, notSelector, namespaceSelector, serviceAccounts }: CalicoEntity,
  namespace: string | null,
  surroundings: Surroundings,
): EntitySelectors {
  const excluded = notSelector === undefined ? [] : [surroundings.parsed(notSelector)];
  const own = [
    ...(selector === undefined ? [] : [surroundings.parsed(selector)]),
    ...(serviceAccounts === undefined
      ? []
      : [ofServiceAccounts(serviceAccounts.names, surroundings.parsed(serviceAccounts.selector))]),
  ];
  // Without a namespaceSelector, what a namespaced policy selects or excludes is taken from its own namespace.
  const isLocal = namespaceSelector === undefined && namespace !== null && own.length + excluded.length > 0;
  const place = placeOf(namespaceSelector, isLocal ? namespace : null, surroundings);
  if (own.length === 0 && place === null) return { wanted: null, place: anywhere, excluded };
  // Selected and excluded are looked up on one and the same endpoint.
  const wanted = [...own, ...excluded.map(not)];
  return { wanted: wanted.length === 0 ? { kind: 'All' } : and(wanted), place: place ?? anywhere, excluded: [] };
}

function placeOf(namespaceSelector: string | undefined, own: string | null, surroundings: Surroundings): Place | null {
  if (own !== null) {
    return {
      scope: { kind: 'Named', name: own },
      selector: { kind: 'In', key: calicoLabels.namespace, values: [own] },
    };
  }
  if (namespaceSelector === undefined) return null;
  const selector = surroundings.parsed(namespaceSelector);
  const scope: NamespaceScope = { kind: 'Selected', selector: surroundings.ofNamespaces(namespaceSelector) };
  return { scope: selector.kind === 'Global' ? null : scope, selector: ofNamespaces(selector) };
}
