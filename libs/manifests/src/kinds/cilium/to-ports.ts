import type { CiliumIcmp, CiliumPort, CiliumPorts, CiliumRule } from '../../model/stored-cilium.js';
import type { Decoder, Fields } from '../../validation/decoder.js';
import { type Shape, unknownMembers } from '../../validation/unknown-fields.js';
import { withoutHeaders } from './without-headers.js';

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

/** The ports of a rule; those that deny know ports only. */
export function readToPorts(decoder: Decoder, value: unknown, field: string, action: 'Allow' | 'Deny'): CiliumPorts[] {
  return decoder.elements(value, field, (element, at) => {
    const fields = decoder.fields(element, at);
    const ports = decoder.elements(fields.ports, `${at}.ports`, (port, portAt) => readPort(decoder, port, portAt));
    complainOfNumber(decoder, ports.length, `${at}.ports`);
    const { ports: _ports, ...others } = toPortsShape;
    const restrictions = Object.keys(others).filter((name) => isGiven(fields, name));
    if (action === 'Deny') {
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
  const text = decoder.requiredText(fields.port, `${field}.port`);
  const port = portOf(text);
  const endPort = decoder.integerIn(fields.endPort, `${field}.endPort`, [0, 65535]) || undefined;
  if (typeof fields.port === 'string' && port === null) {
    const detail = 'must be a number from 0 to 65535, as a text, or the name of a port';
    decoder.complain({ field: `${field}.port`, reason: 'Invalid', detail, value: text });
  }
  const isNumber = typeof port === 'number';
  if (endPort !== undefined && port !== null && (!isNumber || endPort < port)) {
    const detail = isNumber ? 'must be greater than or equal to `port`' : 'needs a `port` that is a number';
    decoder.complain({ field: `${field}.endPort`, reason: 'Invalid', detail, value: endPort });
  }
  return {
    port: String(port ?? text),
    endPort,
    protocol: decoder.word(fields.protocol, `${field}.protocol`, protocols),
  };
}

/**
 * A port as the agent reads it: a name in lower case, as ports are named, or a number, to the base of 8 where it begins
 * with a zero; null: neither.
 */
function portOf(text: string): number | string | null {
  const isName = text.length <= 15 && /[a-zA-Z]/.test(text) && /^[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*$/.test(text);
  if (isName) return text.toLowerCase();
  if (!/^(0|[1-9][0-9]*|0[0-7]+)$/.test(text)) return null;
  const number = Number.parseInt(text, text.startsWith('0') ? 8 : 10);
  return number > 65535 ? null : number;
}

function complainOfNumber(decoder: Decoder, count: number, field: string): void {
  if (count <= portsMax) return;
  decoder.complain({ field, reason: 'TooLong', detail: `must have at most ${portsMax} elements`, value: count });
}
