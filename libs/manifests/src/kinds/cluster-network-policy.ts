import { clusterNetworkPolicyShape } from '../validation/policy-shapes.js';
import { CrdFields } from '../validation/crd-fields.js';
import { type TieredDialect, TieredPolicyFields } from '../validation/tiered-policy.js';
import type { KindReader } from './kind-reader.js';

const dialect: TieredDialect = {
  actions: ['Accept', 'Deny', 'Pass'],
  allowing: 'Accept',
  rulesMax: 25,
  peersMax: 25,
  ports: 'protocols',
  portsMax: 25,
  namedPort: 'destinationNamedPort',
  readPort: clusterProtocol,
  podsNeedNamespaces: false,
};

/** ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2 (policy semantics 2.3). */
export const clusterNetworkPolicyReader: KindReader = {
  group: 'policy.networking.k8s.io',
  kind: 'ClusterNetworkPolicy',
  versions: ['v1alpha2'],
  namespaced: false,
  isPolicy: true,
  shape: clusterNetworkPolicyShape,
  unknownFields: 'Dropped',
  read(object, decoder) {
    const fields = new CrdFields(decoder);
    const spec = fields.object(object.spec, 'spec');
    return {
      spec: {
        tier: fields.word(spec.tier, 'spec.tier', ['Admin', 'Baseline']),
        priority: fields.integer(spec.priority, 'spec.priority', 0, 1000),
        ...new TieredPolicyFields(fields, dialect).spec(spec),
      },
    };
  },
};

/** An entry of `protocols`: a protocol with its destination port, or the name of a port of the destination. */
function clusterProtocol(fields: CrdFields, value: unknown, field: string): Record<string, unknown> {
  const entry = fields.decoder.fields(value, field);
  const [property] = fields.properties(entry, field, ['tcp', 'udp', 'sctp', 'destinationNamedPort'], true);
  if (property === undefined) return {};
  const at = `${field}.${property}`;
  if (property === 'destinationNamedPort') return { [property]: fields.decoder.requiredText(entry[property], at) };
  const protocol = fields.decoder.fields(entry[property], at);
  fields.properties(protocol, at, ['destinationPort'], true);
  return {
    [property]: { destinationPort: destinationPort(fields, protocol.destinationPort, `${at}.destinationPort`) },
  };
}

function destinationPort(fields: CrdFields, value: unknown, field: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  const port = fields.decoder.fields(value, field);
  const [property] = fields.properties(port, field, ['number', 'range'], true);
  if (property === 'number') return { number: fields.integer(port.number, `${field}.number`, 1, 65535) };
  if (property !== 'range') return {};
  const range = fields.decoder.fields(port.range, `${field}.range`);
  const start = fields.integer(range.start, `${field}.range.start`, 1, 65535);
  const end = fields.integer(range.end, `${field}.range.end`, 1, 65535);
  if (start >= end) fields.complain(`${field}.range`, 'Invalid', 'Start port must be less than End port');
  return { range: { start, end } };
}
