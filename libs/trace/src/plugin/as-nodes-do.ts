import { familyOf, nodeAddress } from '#dataplane';
import type { Plugin } from './plugin.js';

/** Why a pod that reaches itself through a Service sees another peer than itself, where the network has no way of its own. */
export const byTheProxy = 'the proxy masquerades a pod that reaches itself';

/** Of networks in which a node speaks to pods under its own address, and which leave its processes to themselves. */
export const asNodesDo: Pick<Plugin, 'sourceOfNode' | 'refusesOwnNode' | 'hairpin'> = {
  sourceOfNode: (node, _way, family) => ({ address: nodeAddress(node, family), by: 'address of the node' }),
  refusesOwnNode: () => null,
  hairpin: (node, _pod, _annotated, vip) => ({ address: nodeAddress(node, familyOf(vip)), by: byTheProxy }),
};
