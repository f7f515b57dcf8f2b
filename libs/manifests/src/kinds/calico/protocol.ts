import type { CalicoProtocol, CalicoProtocolName } from '../../model/stored-calico.js';
import type { Decoder } from '../../validation/decoder.js';

const numbers: Readonly<Record<CalicoProtocolName, number>> = {
  TCP: 6,
  UDP: 17,
  ICMP: 1,
  ICMPv6: 58,
  SCTP: 132,
  UDPLite: 136,
};
const names = Object.keys(numbers) as CalicoProtocolName[];

/** A protocol by its name where it has one, else by its number from 1 to 255; numbers may be written as texts. */
export function readProtocol(decoder: Decoder, value: unknown, field: string): CalicoProtocol | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const name = names.find((known) => known === value);
  if (name !== undefined) return name;
  const number = typeof value === 'string' && /^[0-9]{1,3}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 255) {
    return names.find((known) => numbers[known] === number) ?? number;
  }
  const detail = `must be one of ${names.join(', ')} or a number from 1 to 255`;
  decoder.complain({ field, reason: 'Invalid', detail, value });
  return undefined;
}

/** Whether packets of the protocol have ports that a rule can name. */
export function hasPorts(protocol: CalicoProtocol | undefined): boolean {
  return protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP';
}
