import type { Direction } from '#model';
import type { CiliumPorts, CiliumSpec } from '../stored-cilium.js';
import type { CiliumObjects } from './cilium-objects.js';

/**
 * The first thing in a rule set that Cilium's agent refuses although the API server takes it, with its path: selectors of
 * nodes that are switched off, and rules of layer 7 that do not go with each other, or with the ports that they are for.
 * null: nothing. The agent then puts no part of the policy in force, which the object's status tells and a manifest does not.
 */
export function refusedByAgent(
  spec: CiliumSpec,
  path: string,
  { refusesNodeSelectors }: Pick<CiliumObjects, 'refusesNodeSelectors'>,
): string | null {
  if (refusesNodeSelectors) {
    for (const list of ['ingress', 'egress', 'ingressDeny', 'egressDeny'] as const) {
      for (const [i, { fromNodes = [], toNodes = [] }] of spec[list].entries()) {
        if (fromNodes.length + toNodes.length === 0) continue;
        const name = fromNodes.length > 0 ? 'fromNodes' : 'toNodes';
        return `${path}.${list}[${i}].${name}: Cilium's agent takes it only with enable-node-selector-labels, which cilium-config does not switch on`;
      }
    }
  }
  for (const [list, direction] of [
    ['ingress', 'Ingress'],
    ['egress', 'Egress'],
  ] as const) {
    for (const [i, { toPorts = [] }] of spec[list].entries()) {
      for (const [k, entry] of toPorts.entries()) {
        const why = refusedEntry(entry, direction);
        if (why !== null) return `${path}.${list}[${i}].toPorts[${k}].rules: ${why}`;
      }
    }
  }
  return null;
}

function refusedEntry({ rules = {}, ports }: CiliumPorts, direction: Direction): string | null {
  const kinds = ['http', 'kafka', 'dns', 'l7'].filter((name) => Array.isArray(rules[name]) && rules[name].length > 0);
  if (kinds.length > 1) return `Cilium's agent does not take ${kinds.join(' and ')} together`;
  const [kind] = kinds;
  if (kind === undefined) return null;
  if (kind === 'l7' && typeof rules.l7proto !== 'string') return "Cilium's agent does not take l7 without l7proto";
  if (kind === 'dns' && direction === 'Ingress') return "Cilium's agent takes dns in egress rules only";
  if (ports.some(({ port }) => port === '0')) return `Cilium's agent does not take ${kind} on every port`;
  if (kind !== 'dns' && ports.some(({ protocol }) => protocol !== 'TCP'))
    return `Cilium's agent takes ${kind} on ports of TCP only`;
  return null;
}
