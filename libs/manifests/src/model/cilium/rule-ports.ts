import type { PolicyRule, PortProtocol, RulePort } from '#model';
import type { CiliumIcmp, CiliumPort, CiliumPorts, CiliumRule } from '../stored-cilium.js';
import { icmpTypes } from './icmp-types.js';

type PortsOfRule = Pick<PolicyRule, 'ports' | 'layer7'>;

/**
 * The ports of a rule: those that are allowed or denied as such together, and each entry that restricts what it allows at
 * layer 7. An entry without ports says nothing; a rule without an entry means every protocol (policy semantics 4).
 */
export function ciliumRulePorts({ toPorts = [], icmps = [] }: CiliumRule): readonly PortsOfRule[] {
  if (toPorts.length + icmps.length === 0) return [{ ports: null }];
  const plain = [
    ...toPorts.filter((entry) => layer7KindsOf(entry).length === 0).flatMap(({ ports }) => ports.flatMap(portsOf)),
    ...icmps.flatMap(({ fields }) => fields.map(icmpOf)),
  ];
  const restricted = toPorts
    .filter((entry) => layer7KindsOf(entry).length > 0)
    .map((entry) => ({ ports: entry.ports.flatMap(portsOf), layer7: layer7KindsOf(entry) }));
  return [{ ports: plain }, ...restricted].filter(({ ports }) => ports.length > 0);
}

/** What an entry has rules of, sorted: a kind without a rule restricts nothing. */
function layer7KindsOf({ rules = {}, serverNames, listener }: CiliumPorts): string[] {
  const { http, kafka, dns, l7, l7proto } = rules;
  return [
    ...(isFilled(dns) ? ['dns'] : []),
    ...(isFilled(http) ? ['http'] : []),
    ...(isFilled(kafka) ? ['kafka'] : []),
    ...(isFilled(l7) || isFilled(l7proto) || listener !== undefined ? ['l7'] : []),
    ...(isFilled(serverNames) ? ['tls'] : []),
  ];
}

function isFilled(value: unknown): boolean {
  return (Array.isArray(value) || typeof value === 'string') && value.length > 0;
}

const portProtocols: readonly PortProtocol[] = ['TCP', 'UDP', 'SCTP'];

function portsOf({ port, endPort, protocol }: CiliumPort): RulePort[] {
  const protocols = portProtocols.filter((one) => protocol === 'ANY' || protocol === one);
  if (!/^[0-9]+$/.test(port)) {
    return [{ kind: 'Named', protocol: protocols.length === 1 ? protocols[0] : null, name: port }];
  }
  const [first, last] = port === '0' ? [1, 65535] : [Number(port), endPort ?? Number(port)];
  return protocols.map((one) => ({ kind: 'Range', protocol: one, first, last }));
}

function icmpOf({ family, type }: CiliumIcmp): RulePort {
  return { kind: 'Icmp', family, type: typeof type === 'number' ? type : icmpTypes[family][type], code: null };
}
