import type { CrdFields } from '../validation/crd-fields.js';

const protocols = ['TCP', 'UDP', 'SCTP'] as const;

/** A port entry of v1alpha1: a number, a range, or a name, which has no protocol (policy semantics 2.2). */
export function adminPort(fields: CrdFields, value: unknown, field: string): Record<string, unknown> {
  const entry = fields.decoder.fields(value, field);
  const [property] = fields.properties(entry, field, ['portNumber', 'portRange', 'namedPort'], true);
  const at = `${field}.${property}`;
  switch (property) {
    case 'portNumber': {
      const { protocol, port } = fields.decoder.fields(entry.portNumber, at);
      return {
        portNumber: {
          protocol: fields.decoder.word(protocol, `${at}.protocol`, protocols),
          port: fields.integer(port, `${at}.port`, 1, 65535),
        },
      };
    }
    case 'portRange': {
      const { protocol, start, end } = fields.decoder.fields(entry.portRange, at);
      return {
        portRange: {
          protocol: fields.decoder.word(protocol, `${at}.protocol`, protocols),
          start: fields.integer(start, `${at}.start`, 1, 65535),
          end: fields.integer(end, `${at}.end`, 1, 65535),
        },
      };
    }
    case 'namedPort':
      return { namedPort: fields.decoder.requiredText(entry.namedPort, at) };
    default:
      return {};
  }
}
