import type { ContainerPort, PolicyRule, PolicySemantics, RulePort } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';

/** Port numbers that the named ports of a destination pod stand for, by `protocol/name`. */
export type NamedPorts = ReadonlyMap<string, readonly number[]>;

/** What a destination that is no pod has: a name never matches it. */
export const noNamedPorts: NamedPorts = new Map();

/**
 * The named ports of a destination pod: those of its containers and sidecars, and of its plain init containers only
 * under `initContainerPorts=all`. Every declaring container counts (policy semantics 1.2).
 */
export function namedPortsOf(ports: readonly ContainerPort[], semantics: PolicySemantics): NamedPorts {
  const result = new Map<string, number[]>();
  for (const { name, protocol, port, declaredBy } of ports) {
    if (name === null || (declaredBy === 'Init' && semantics.initContainerPorts !== 'all')) continue;
    const key = `${protocol}/${name}`;
    result.set(key, [...(result.get(key) ?? []), port]);
  }
  return result;
}

export function hasNamedPort(rule: PolicyRule): boolean {
  return rule.ports !== null && rule.ports.some((port) => port.kind === 'Named');
}

/**
 * The connections a rule speaks of, for one destination. A rule without ports speaks of everything; one with ports
 * speaks of TCP, UDP and SCTP only. A name the destination does not declare under the rule's protocol matches nothing.
 */
export function ruleConnections(rule: PolicyRule, destination: NamedPorts, sets: ConnectionSets): ConnectionSetId {
  if (rule.ports === null) return sets.all;
  return rule.ports.reduce((result, port) => sets.union(result, portConnections(port, destination, sets)), sets.none);
}

function portConnections(port: RulePort, destination: NamedPorts, sets: ConnectionSets): ConnectionSetId {
  if (port.kind === 'Range') return sets.ofDimension(port.protocol, [port.first, port.last]);
  const numbers = destination.get(`${port.protocol}/${port.name}`) ?? [];
  return numbers.reduce((result, n) => sets.union(result, sets.ofDimension(port.protocol, [n, n])), sets.none);
}
