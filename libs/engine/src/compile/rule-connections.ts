import type { ContainerPort, PolicyRule, PolicySemantics, RulePort } from '#model';
import { type ConnectionSetId, type ConnectionSets, type Dimension, dimensions } from '../sets/connection-sets.js';
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
  return [rule.ports, rule.exceptPorts].some((ports) => ports?.some((port) => port.kind === 'Named') === true);
}

/**
 * The keys of `NamedPorts` under which a name is looked up: one for its protocol, or one for each where it has none
 * (policy semantics 2.2).
 */
export function namedPortKeys({ protocol, name }: RulePort & { kind: 'Named' }): string[] {
  return (protocol === null ? portProtocols : [protocol]).map((each) => `${each}/${name}`);
}

/**
 * The connections a rule speaks of, for one destination: everything where it lists no ports, less what it excepts. A
 * name the destination does not declare under the rule's protocol matches nothing. Cost: n log n in the ports.
 */
export function ruleConnections(rule: PolicyRule, destination: NamedPorts, sets: ConnectionSets): ConnectionSetId {
  const listed = rule.ports === null ? sets.all : connectionsOfPorts(rule.ports, destination, sets);
  if (rule.exceptPorts === undefined) return listed;
  return sets.difference(listed, connectionsOfPorts(rule.exceptPorts, destination, sets));
}

const portProtocols = ['TCP', 'UDP', 'SCTP'] as const;

function connectionsOfPorts(
  ports: readonly RulePort[],
  destination: NamedPorts,
  sets: ConnectionSets,
): ConnectionSetId {
  const intervals = dimensions.map((): [number, number][] => []);
  const add = (dimension: Dimension, first: number, last: number): unknown =>
    intervals[dimensions.indexOf(dimension)].push([first, last]);
  for (const port of ports) {
    switch (port.kind) {
      case 'Range':
        add(port.protocol, port.first, port.last);
        break;
      case 'Named':
        for (const protocol of port.protocol === null ? portProtocols : [port.protocol]) {
          for (const number of destination.get(`${protocol}/${port.name}`) ?? []) add(protocol, number, number);
        }
        break;
      case 'Icmp': {
        const first = (port.type ?? 0) * 256 + (port.code ?? 0);
        const last = (port.type ?? 255) * 256 + (port.code ?? 255);
        add(port.family === 'IPv4' ? 'ICMP' : 'ICMPv6', first, last);
        break;
      }
      case 'Protocol':
        add('Other', port.number, port.number);
    }
  }
  return sets.intern(intervals.map(intervalSetOf));
}
