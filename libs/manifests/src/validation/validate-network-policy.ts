import type { Complaint } from './complaint.js';
import { parseLegacyCidr } from './cidr.js';
import { Decoder, type Fields } from './decoder.js';
import { decodeLabelSelector, type LabelSelector, labelSelectorComplaints } from './label-selector.js';
import { annotationComplaints, dnsLabelProblems, dnsSubdomainProblems, labelComplaints } from './names.js';

const protocols = ['TCP', 'UDP', 'SCTP'];
const policyTypes = ['Ingress', 'Egress'];
const portRangeText = 'must be between 1 and 65535, inclusive';
const cidrText = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export interface NetworkPolicyValidation {
  /** As a server with the gate StrictIPCIDRValidation. */
  readonly strictCidr: boolean;
}

/**
 * What the API server says against a NetworkPolicy, in its order and its words (policy semantics 1.3): first values of
 * the wrong type, and if there are any nothing else; then every violated rule.
 */
export function validateNetworkPolicy(object: unknown, options: NetworkPolicyValidation): Complaint[] {
  const decoder = new Decoder();
  const root = decoder.fields(object, '');
  const metadata = decodeMetadata(decoder, root);
  const policy = decodePolicy(decoder, root);
  if (decoder.complaints.length > 0) return decoder.complaints;
  return [...metadataComplaints(metadata), ...new SpecValidation(options).complaints(policy)];
}

/** A NetworkPolicy's spec with the types it should have; nothing is defaulted. */
interface RawPolicy {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly string[];
  readonly ingress: readonly RawRule[];
  readonly egress: readonly RawRule[];
}
interface RawRule {
  readonly ports: readonly RawPort[];
  readonly peers: readonly RawPeer[];
}
interface RawPort {
  /** Null: not given, which is TCP. */
  readonly protocol: string | null;
  readonly port: number | string | null;
  readonly endPort: number | null;
}
interface RawPeer {
  readonly podSelector: LabelSelector | null;
  readonly namespaceSelector: LabelSelector | null;
  readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } | null;
}

/** Reads the parts of a policy, complaining of wrong types only. */
export function decodePolicy(decoder: Decoder, object: Fields): RawPolicy {
  const spec = decoder.fields(object.spec, 'spec');
  const rules = (value: unknown, field: string, peerField: 'from' | 'to'): RawRule[] =>
    decoder.elements(value, field, (rule, at) => {
      const fields = decoder.fields(rule, at);
      return {
        ports: decoder.elements(fields.ports, `${at}.ports`, (port, portAt) => decodePort(decoder, port, portAt)),
        peers: decoder.elements(fields[peerField], `${at}.${peerField}`, (peer, peerAt) =>
          decodePeer(decoder, peer, peerAt),
        ),
      };
    });
  return {
    podSelector: decodeLabelSelector(decoder, spec.podSelector, 'spec.podSelector'),
    policyTypes: decoder.elements(spec.policyTypes, 'spec.policyTypes', (type, at) => decoder.text(type, at) ?? ''),
    ingress: rules(spec.ingress, 'spec.ingress', 'from'),
    egress: rules(spec.egress, 'spec.egress', 'to'),
  };
}

function decodePort(decoder: Decoder, value: unknown, field: string): RawPort {
  const { protocol, port, endPort } = decoder.fields(value, field);
  return {
    protocol: decoder.text(protocol, `${field}.protocol`),
    port: typeof port === 'string' ? port : decodePortNumber(decoder, port, `${field}.port`),
    endPort: decoder.integer(endPort, `${field}.endPort`),
  };
}

function decodePortNumber(decoder: Decoder, value: unknown, field: string): number | null {
  if (typeof value === 'number' || value === undefined || value === null) return decoder.integer(value, field);
  decoder.complain({ field, reason: 'Decode', detail: 'must be an integer or a string', value });
  return null;
}

function decodePeer(decoder: Decoder, value: unknown, field: string): RawPeer {
  const { podSelector, namespaceSelector, ipBlock } = decoder.fields(value, field);
  const selector = (given: unknown, at: string): LabelSelector | null =>
    given === undefined || given === null ? null : decodeLabelSelector(decoder, given, at);
  const block = ipBlock === undefined || ipBlock === null ? null : decoder.fields(ipBlock, `${field}.ipBlock`);
  return {
    podSelector: selector(podSelector, `${field}.podSelector`),
    namespaceSelector: selector(namespaceSelector, `${field}.namespaceSelector`),
    ipBlock:
      block === null
        ? null
        : {
            cidr: decoder.text(block.cidr, `${field}.ipBlock.cidr`) ?? '',
            except: decoder.elements(
              block.except,
              `${field}.ipBlock.except`,
              (cidr, at) => decoder.text(cidr, at) ?? '',
            ),
          },
  };
}

interface RawMetadata {
  readonly name: string;
  readonly generateName: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function decodeMetadata(decoder: Decoder, root: Fields): RawMetadata {
  const metadata = decoder.fields(root.metadata, 'metadata');
  const text = (field: 'name' | 'generateName' | 'namespace'): string =>
    decoder.text(metadata[field], `metadata.${field}`) ?? '';
  return {
    name: text('name'),
    generateName: text('generateName'),
    namespace: text('namespace'),
    labels: decoder.texts(metadata.labels, 'metadata.labels'),
    annotations: decoder.texts(metadata.annotations, 'metadata.annotations'),
  };
}

function metadataComplaints({ name, generateName, namespace, labels, annotations }: RawMetadata): Complaint[] {
  const result: Complaint[] = [];
  if (name === '') {
    if (generateName === '')
      result.push({ field: 'metadata.name', reason: 'Required', detail: 'name or generateName is required' });
  } else {
    result.push(...invalid('metadata.name', dnsSubdomainProblems(name), name));
  }
  if (namespace === '') result.push({ field: 'metadata.namespace', reason: 'Required', detail: '' });
  else result.push(...invalid('metadata.namespace', dnsLabelProblems(namespace), namespace));
  result.push(...labelComplaints(labels, 'metadata.labels'));
  result.push(...annotationComplaints(annotations, 'metadata.annotations'));
  return result;
}

function invalid(field: string, details: readonly string[], value: unknown): Complaint[] {
  return details.map((detail) => ({ field, reason: 'Invalid', detail, value }));
}

class SpecValidation {
  constructor(readonly options: NetworkPolicyValidation) {}

  complaints(policy: RawPolicy): Complaint[] {
    return [
      ...labelSelectorComplaints(policy.podSelector, 'spec.podSelector'),
      ...policy.ingress.flatMap((rule, i) => this.#rule(rule, `spec.ingress[${i}]`, 'from')),
      ...policy.egress.flatMap((rule, i) => this.#rule(rule, `spec.egress[${i}]`, 'to')),
      ...this.#types(policy.policyTypes),
    ];
  }

  #rule(rule: RawRule, field: string, peerField: string): Complaint[] {
    return [
      ...rule.ports.flatMap((port, i) => this.#port(port, `${field}.ports[${i}]`)),
      ...rule.peers.flatMap((peer, i) => this.#peer(peer, `${field}.${peerField}[${i}]`)),
    ];
  }

  #types(types: readonly string[]): Complaint[] {
    if (types.length > 2) {
      return [
        {
          field: 'spec.policyTypes',
          reason: 'Invalid',
          detail: 'may not specify more than two policyTypes',
          value: types,
        },
      ];
    }
    return types.flatMap((type, i): Complaint[] =>
      policyTypes.includes(type)
        ? []
        : [
            {
              field: `spec.policyTypes[${i}]`,
              reason: 'NotSupported',
              detail: 'supported values: "Ingress", "Egress"',
              value: type,
            },
          ],
    );
  }

  #port({ protocol, port, endPort }: RawPort, field: string): Complaint[] {
    const result: Complaint[] = [];
    if (protocol !== null && !protocols.includes(protocol)) {
      result.push({
        field: `${field}.protocol`,
        reason: 'NotSupported',
        detail: 'supported values: "TCP", "UDP", "SCTP"',
        value: protocol,
      });
    }
    if (typeof port === 'string' && endPort !== null) {
      result.push({
        field: `${field}.endPort`,
        reason: 'Invalid',
        detail: 'may not be specified when `port` is non-numeric',
        value: endPort,
      });
    }
    if (typeof port === 'number' && !isPort(port)) {
      result.push({ field: `${field}.port`, reason: 'Invalid', detail: portRangeText, value: port });
    }
    if (typeof port === 'string') result.push(...invalid(`${field}.port`, portNameProblems(port), port));
    if (endPort !== null && port === null) {
      result.push({
        field: `${field}.endPort`,
        reason: 'Invalid',
        detail: 'may not be specified when `port` is not specified',
        value: endPort,
      });
    }
    if (endPort !== null && typeof port === 'number') {
      if (endPort < port) {
        result.push({
          field: `${field}.endPort`,
          reason: 'Invalid',
          detail: 'must be greater than or equal to `port`',
          value: endPort,
        });
      }
      if (!isPort(endPort))
        result.push({ field: `${field}.endPort`, reason: 'Invalid', detail: portRangeText, value: endPort });
    }
    return result;
  }

  #peer(peer: RawPeer, field: string): Complaint[] {
    const selectors = [peer.podSelector, peer.namespaceSelector].filter((selector) => selector !== null).length;
    const result: Complaint[] = [];
    if (peer.podSelector !== null) result.push(...labelSelectorComplaints(peer.podSelector, `${field}.podSelector`));
    if (peer.namespaceSelector !== null)
      result.push(...labelSelectorComplaints(peer.namespaceSelector, `${field}.namespaceSelector`));
    if (peer.ipBlock !== null) result.push(...this.#ipBlock(peer.ipBlock, `${field}.ipBlock`));
    if (selectors === 0 && peer.ipBlock === null)
      result.push({ field, reason: 'Required', detail: 'must specify a peer' });
    if (selectors > 0 && peer.ipBlock !== null) {
      result.push({ field, reason: 'Forbidden', detail: 'may not specify both ipBlock and another peer' });
    }
    return result;
  }

  #ipBlock({ cidr, except }: NonNullable<RawPeer['ipBlock']>, field: string): Complaint[] {
    if (cidr === '') return [{ field: `${field}.cidr`, reason: 'Required', detail: '' }];
    const outer = parseLegacyCidr(cidr);
    if (outer === null) return [{ field: `${field}.cidr`, reason: 'Invalid', detail: cidrText, value: cidr }];
    return [
      ...this.#strictCidr(cidr, `${field}.cidr`),
      ...except.flatMap((text, i): Complaint[] => {
        const at = `${field}.except[${i}]`;
        const inner = parseLegacyCidr(text);
        if (inner === null) return [{ field: at, reason: 'Invalid', detail: cidrText, value: text }];
        // The server looks where the exception begins and compares the prefixes as they are written, which tells a
        // mapped block from a plain one.
        const isInside = inner.family === outer.family && inner.first >= outer.first && inner.first <= outer.last;
        const isStrict = isInside && inner.writtenPrefix > outer.writtenPrefix;
        const subset: Complaint[] = isStrict
          ? []
          : [{ field: at, reason: 'Invalid', detail: 'must be a strict subset of `cidr`', value: text }];
        return [...this.#strictCidr(text, at), ...subset];
      }),
    ];
  }

  #strictCidr(text: string, field: string): Complaint[] {
    const parsed = parseLegacyCidr(text);
    if (!this.options.strictCidr || parsed === null) return [];
    const detail = parsed.leadingZeros
      ? 'must not have leading 0s in IP or prefix length'
      : parsed.isMapped
        ? 'must not have an IPv4-mapped IPv6 address'
        : parsed.hasHostBits
          ? 'must not have bits set beyond the prefix length'
          : null;
    return detail === null ? [] : [{ field, reason: 'Invalid', detail, value: text }];
  }
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65535;
}

/** What is wrong with the name of a port (IANA service name), in the server's order. */
export function portNameProblems(name: string): string[] {
  const result: string[] = [];
  if (Buffer.byteLength(name) > 15) result.push('must be no more than 15 bytes');
  if (!/^[-a-z0-9]+$/.test(name)) result.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) result.push('must contain at least one letter (a-z)');
  if (name.includes('--')) result.push('must not contain consecutive hyphens');
  if (name !== '' && (name.startsWith('-') || name.endsWith('-'))) result.push('must not begin or end with a hyphen');
  return result;
}
