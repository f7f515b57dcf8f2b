import type { CiliumIcmp, CiliumPort, CiliumPorts, CiliumRule } from '../../model/stored-cilium.js';
import type { Decoder, Fields } from '../../validation/decoder.js';
import { type Shape, unknownMembers } from '../../validation/unknown-fields.js';

/** Most ports of one entry, and most ICMP types of one entry. */
const portsMax = 40;

const protocols = ['ANY', 'TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPV6', 'VRRP', 'IGMP'] as const;

export const toPortsShape: Shape = {
  ports: [{ port: null, endPort: null, protocol: null }],
  rules: null,
  // These restrict what is allowed at layer 7 or hand it to a proxy.
  listener: null,
  originatingTLS: null,
  terminatingTLS: null,
  serverNames: null,
};
export const icmpsShape: Shape = { fields: [{ family: null, type: null }] };

/** The ports of a rule; `layer7` is false in rules that deny, which know ports only. */
export function readToPorts(decoder: Decoder, value: unknown, field: string, layer7: boolean): CiliumPorts[] {
  return decoder.elements(value, field, (element, at) => {
    const fields = decoder.fields(element, at);
    const ports = decoder.elements(fields.ports, `${at}.ports`, (port, portAt) => readPort(decoder, port, portAt));
    complainOfNumber(decoder, ports.length, `${at}.ports`);
    const { ports: _ports, ...others } = toPortsShape;
    const restrictions = Object.keys(others).filter((name) => isGiven(fields, name));
    if (!layer7) {
      for (const name of restrictions)
        decoder.complain({ field: `${at}.${name}`, reason: 'Forbidden', detail: 'is not known in rules that deny' });
    }
    return {
      ...unknownMembers(fields, toPortsShape),
      ...Object.fromEntries(restrictions.map((name) => [name, withoutHeaders(fields[name])])),
      ports,
    };
  });
}

/** Header values that requests must have may be secrets, and say nothing about connections. */
function withoutHeaders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutHeaders);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([name]) => name !== 'headers' && name !== 'headerMatches');
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutHeaders(member)]));
}

/** ICMP types of a rule. */
export function readIcmps(decoder: Decoder, value: unknown, field: string): NonNullable<CiliumRule['icmps']> {
  return decoder.elements(value, field, (element, at) => {
    const icmp = decoder.fields(element, at);
    const fields = decoder.elements(icmp.fields, `${at}.fields`, (one, oneAt): CiliumIcmp => {
      const { family, type } = decoder.fields(one, oneAt);
      const isName = typeof type === 'string' && !/^[0-9]+$/.test(type);
      const number = typeof type === 'string' ? Number(type) : type;
      if ((type ?? null) === null)
        decoder.complain({ field: `${oneAt}.type`, reason: 'Required', detail: 'must be an ICMP type' });
      return {
        family: decoder.word(family, `${oneAt}.family`, ['IPv4', 'IPv6']),
        type: isName ? type : (decoder.integerIn(number, `${oneAt}.type`, [0, 255]) ?? 0),
      };
    });
    complainOfNumber(decoder, fields.length, `${at}.fields`);
    return { fields };
  });
}

export function isGiven(fields: Fields, name: string): boolean {
  return Object.hasOwn(fields, name) && fields[name] !== null && fields[name] !== undefined;
}

function readPort(decoder: Decoder, value: unknown, field: string): CiliumPort {
  const fields = decoder.fields(value, field);
  const port = decoder.requiredText(fields.port, `${field}.port`);
  const endPort = decoder.integerIn(fields.endPort, `${field}.endPort`, [0, 65535]) || undefined;
  const isNumber = /^[0-9]+$/.test(port);
  const isName = port.length <= 15 && /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(port);
  if (typeof fields.port === 'string' && (isNumber ? Number(port) > 65535 : !isName)) {
    const detail = 'must be a number from 0 to 65535, as a text, or the name of a port';
    decoder.complain({ field: `${field}.port`, reason: 'Invalid', detail, value: port });
  }
  if (endPort !== undefined && (!isNumber || endPort < Number(port))) {
    const detail = isNumber ? 'must be greater than or equal to `port`' : 'needs a `port` that is a number';
    decoder.complain({ field: `${field}.endPort`, reason: 'Invalid', detail, value: endPort });
  }
  const protocol =
    typeof fields.protocol === 'string' ? fields.protocol.toUpperCase() : (fields.protocol as string | undefined);
  return {
    port: isNumber ? String(Number(port)) : port,
    endPort,
    protocol: decoder.word(protocol, `${field}.protocol`, protocols),
  };
}

function complainOfNumber(decoder: Decoder, count: number, field: string): void {
  if (count <= portsMax) return;
  decoder.complain({ field, reason: 'TooLong', detail: `must have at most ${portsMax} elements`, value: count });
}
