import type { ContainerPort, PolicyRule, PolicySemantics, PortProtocol } from '#model';
import type { ConnectionSetId, ConnectionSets } from '../sets/connection-sets.js';
import { intervalSetOf } from '../sets/interval-set.js';

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
    const numbers = result.get(key);
    if (numbers === undefined) result.set(key, [port]);
    else numbers.push(port);
  }
  return result;
}

export function hasNamedPort(rule: PolicyRule): boolean {
  return rule.ports !== null && rule.ports.some((port) => port.kind === 'Named');
}

/**
 * The connections a rule speaks of, for one destination. A rule without ports speaks of everything; one with ports
 * speaks of TCP, UDP and SCTP only. A name the destination does not declare under the rule's protocol matches nothing.
 * Cost: n log n in the ports.
 */
export function ruleConnections(rule: PolicyRule, destination: NamedPorts, sets: ConnectionSets): ConnectionSetId {
  if (rule.ports === null) return sets.all;
  const intervals: Record<PortProtocol, (readonly [number, number])[]> = { TCP: [], UDP: [], SCTP: [] };
  for (const port of rule.ports) {
    if (port.kind === 'Range') intervals[port.protocol].push([port.first, port.last]);
    else {
      const numbers = destination.get(`${port.protocol}/${port.name}`) ?? [];
      for (const number of numbers) intervals[port.protocol].push([number, number]);
    }
  }
  const { TCP, UDP, SCTP } = intervals;
  return sets.intern([intervalSetOf(TCP), intervalSetOf(UDP), intervalSetOf(SCTP), [], [], []]);
}
