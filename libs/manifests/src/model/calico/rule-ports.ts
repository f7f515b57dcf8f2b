import type { PolicyRule, RulePort } from '#model';
import type { CalicoIcmp, CalicoProtocol, CalicoRule } from '../stored-calico.js';

/** The ports and protocols of a rule (policy semantics 3.5). Ports of the source are not among them. */
export function calicoRulePorts(rule: CalicoRule): Pick<PolicyRule, 'ports' | 'exceptPorts'> {
  const { protocol, notProtocol, icmp, notICMP, destination } = rule;
  const except = [
    ...destination.notPorts.map((port) => portOf(port, protocol)),
    ...(notProtocol === undefined ? [] : [wholeProtocol(notProtocol)]),
    ...(notICMP === undefined ? [] : [icmpOf(protocol, notICMP)]),
  ];
  return { ports: wanted(), ...(except.length === 0 ? {} : { exceptPorts: except }) };

  function wanted(): RulePort[] | null {
    if (destination.ports.length > 0) return destination.ports.map((port) => portOf(port, protocol));
    if (icmp !== undefined) return [icmpOf(protocol, icmp)];
    return protocol === undefined ? null : [wholeProtocol(protocol)];
  }
}

function portOf(port: number | string, protocol: CalicoProtocol | undefined): RulePort {
  const carrier = protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP' ? protocol : null;
  const range = /^([0-9]+)(?::([0-9]+))?$/.exec(String(port));
  // Without a protocol there are only names.
  if (range === null || carrier === null) return { kind: 'Named', protocol: carrier, name: String(port) };
  return { kind: 'Range', protocol: carrier, first: Number(range[1]), last: Number(range[2] ?? range[1]) };
}

function wholeProtocol(protocol: CalicoProtocol): RulePort {
  switch (protocol) {
    case 'TCP':
    case 'UDP':
    case 'SCTP':
      return { kind: 'Range', protocol, first: 1, last: 65535 };
    case 'ICMP':
    case 'ICMPv6':
      return icmpOf(protocol, {});
    case 'UDPLite':
      return { kind: 'Protocol', number: 136 };
    default:
      return { kind: 'Protocol', number: protocol };
  }
}

function icmpOf(protocol: CalicoProtocol | undefined, { type, code }: CalicoIcmp): RulePort {
  return { kind: 'Icmp', family: protocol === 'ICMPv6' ? 'IPv6' : 'IPv4', type: type ?? null, code: code ?? null };
}
