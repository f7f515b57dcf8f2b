import type { Decoder } from '../../validation/decoder.js';

/** The ports of one side of a rule: a number, an inclusive range `first:last`, or the name of a port. */
export function readPorts(decoder: Decoder, value: unknown, field: string): (number | string)[] {
  return decoder.elements(value, field, (element, at) => {
    const port = portOf(element);
    if (port !== null) return port;
    const detail =
      'must be a port from 1 to 65535, a range such as "8080:8089" whose first is not above its last, or a port name';
    decoder.complain({ field: at, reason: 'Invalid', detail, value: element });
    return 0;
  });
}

function portOf(value: unknown): number | string | null {
  if (typeof value === 'number') return isPort(value) ? value : null;
  if (typeof value !== 'string') return null;
  if (/^[0-9]+$/.test(value)) return isPort(Number(value)) ? Number(value) : null;
  const range = /^([0-9]+):([0-9]+)$/.exec(value);
  if (range === null) return /^[A-Za-z0-9_.-]{1,128}$/.test(value) ? value : null;
  const [first, last] = [Number(range[1]), Number(range[2])];
  if (!isPort(first) || !isPort(last) || first > last) return null;
  return first === last ? first : `${first}:${last}`;
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= 65535;
}
