import type { StoredPodPeer, StoredSelector, StoredTieredPeer, StoredTieredRule } from '../model/stored-body.js';
import { parseLegacyCidr } from './cidr.js';
import type { CrdFields } from './crd-fields.js';
import type { Fields } from './decoder.js';
import { decodeLabelSelector, labelSelectorComplaints } from './label-selector.js';

/** In what the kinds of policy.networking.k8s.io differ. */
export interface TieredDialect {
  readonly actions: readonly string[];
  /** The action under which domain names may stand; null where they may not stand at all. */
  readonly allowing: string | null;
  readonly rulesMax: number;
  readonly peersMax: number;
  /** The field that lists ports, and how many it may list. */
  readonly ports: 'ports' | 'protocols';
  readonly portsMax: number;
  /** The property of a port entry that names a port of the destination. */
  readonly namedPort: 'namedPort' | 'destinationNamedPort';
  readonly readPort: (fields: CrdFields, value: unknown, field: string) => Record<string, unknown>;
  /** Whether `pods` must say which namespaces it means. */
  readonly podsNeedNamespaces: boolean;
}

const namedPortText =
  'networks/nodes/domainNames peer cannot be set with namedPorts since there are no namedPorts for networks/nodes/domainNames';
const networksMax = 25;
const domainNamesMax = 25;
const networkLengthMax = 43;
const ruleNameMax = 100;
/** As the schema has it: its `A-z` lets a label begin with an underscore. */
const domainName = /^(\*\.)?([a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?$/;

/**
 * Subject and rules of a policy of policy.networking.k8s.io, every default explicit, checked as its schema does (policy
 * semantics 2.2 to 2.4). A peer without any property that is known is kept empty: it fails closed.
 */
export class TieredPolicyFields {
  constructor(
    readonly fields: CrdFields,
    readonly dialect: TieredDialect,
  ) {}

  spec(spec: Fields): { subject: StoredPodPeer; ingress: StoredTieredRule[]; egress: StoredTieredRule[] } {
    const subject = this.fields.object(spec.subject, 'spec.subject');
    this.fields.properties(subject, 'spec.subject', ['namespaces', 'pods'], true);
    const { rulesMax } = this.dialect;
    return {
      subject: this.#podPeer(subject, 'spec.subject'),
      ingress: this.fields.list(spec.ingress, 'spec.ingress', 0, rulesMax, (rule, at) => this.#rule(rule, at, 'from')),
      egress: this.fields.list(spec.egress, 'spec.egress', 0, rulesMax, (rule, at) => this.#rule(rule, at, 'to')),
    };
  }

  #rule(value: unknown, at: string, peerField: 'from' | 'to'): StoredTieredRule {
    const { actions, allowing, ports, portsMax, peersMax, namedPort, readPort } = this.dialect;
    const rule = this.fields.decoder.fields(value, at);
    const action = this.fields.word(rule.action, `${at}.action`, actions);
    if (rule[peerField] === undefined || rule[peerField] === null) {
      this.fields.complain(`${at}.${peerField}`, 'Required', '');
    }
    const peers = this.fields.list(rule[peerField], `${at}.${peerField}`, 1, peersMax, (peer, peerAt) =>
      this.#peer(peer, peerAt, peerField),
    );
    const isLimited = rule[ports] !== undefined && rule[ports] !== null;
    const entries = this.fields.list(rule[ports], `${at}.${ports}`, 1, portsMax, (port, portAt) =>
      readPort(this.fields, port, portAt),
    );
    const isByAddress = peers.some((peer) => 'networks' in peer || 'nodes' in peer || 'domainNames' in peer);
    if (isByAddress && entries.some((entry) => namedPort in entry)) this.fields.complain(at, 'Invalid', namedPortText);
    if (peers.some((peer) => 'domainNames' in peer) && action !== allowing) {
      const detail = `domainNames peers are only supported for ${allowing} rules`;
      this.fields.complain(`${at}.action`, 'Invalid', detail, action);
    }
    return {
      name: this.fields.text(rule.name, `${at}.name`, ruleNameMax) ?? undefined,
      action: action as StoredTieredRule['action'],
      [peerField]: peers,
      [ports]: isLimited ? entries : undefined,
    };
  }

  #peer(value: unknown, at: string, peerField: 'from' | 'to'): StoredTieredPeer {
    const peer = this.fields.decoder.fields(value, at);
    const ofEgress = ['networks', 'nodes', ...(this.dialect.allowing === null ? [] : ['domainNames'])];
    const known = ['namespaces', 'pods', ...(peerField === 'to' ? ofEgress : [])];
    const [property] = this.fields.properties(peer, at, known, false);
    switch (property) {
      case 'namespaces':
      case 'pods':
        return this.#podPeer(peer, at);
      case 'networks':
        return {
          networks: this.#texts(peer.networks, `${at}.networks`, networksMax, (text, f) => this.#cidr(text, f)),
        };
      case 'nodes':
        return { nodes: this.#selector(peer.nodes, `${at}.nodes`) };
      case 'domainNames':
        return {
          domainNames: this.#texts(peer.domainNames, `${at}.domainNames`, domainNamesMax, (text, f) =>
            this.#domainName(text, f),
          ),
        };
      default:
        return {};
    }
  }

  #podPeer(peer: Fields, at: string): StoredPodPeer {
    if (peer.namespaces !== undefined && peer.namespaces !== null) {
      return { namespaces: this.#namespaces(peer.namespaces, `${at}.namespaces`) };
    }
    if (peer.pods === undefined || peer.pods === null) return {};
    const field = `${at}.pods`;
    const pods = this.fields.decoder.fields(peer.pods, field);
    const isOld = pods.namespaces !== undefined && pods.namespaces !== null;
    if (!isOld && this.dialect.podsNeedNamespaces) this.#need(pods.namespaceSelector, `${field}.namespaceSelector`);
    this.#need(pods.podSelector, `${field}.podSelector`);
    return {
      pods: {
        namespaceSelector: isOld
          ? this.#namespaces(pods.namespaces, `${field}.namespaces`)
          : this.#selector(pods.namespaceSelector, `${field}.namespaceSelector`),
        podSelector: this.#selector(pods.podSelector, `${field}.podSelector`),
      },
    };
  }

  /** A selector of namespaces; first versions of the API put it one level deeper, beside comparisons with the subject. */
  #namespaces(value: unknown, field: string): StoredSelector {
    const fields = this.fields.decoder.fields(value, field);
    for (const name of ['sameLabels', 'notSameLabels']) {
      if (fields[name] === undefined || fields[name] === null) continue;
      const detail = 'is of a version of the API that is no longer served; select the namespaces by their labels';
      this.fields.complain(`${field}.${name}`, 'Forbidden', detail);
    }
    const isOld = fields.namespaceSelector !== undefined && fields.namespaceSelector !== null;
    return isOld
      ? this.#selector(fields.namespaceSelector, `${field}.namespaceSelector`)
      : this.#selector(value, field);
  }

  #selector(value: unknown, field: string): StoredSelector {
    const selector = decodeLabelSelector(this.fields.decoder, value, field);
    for (const complaint of labelSelectorComplaints(selector, field)) this.fields.decoder.complain(complaint);
    return selector as StoredSelector;
  }

  /** A list that is a set to the API server: it takes no text twice. Two that mean the same are kept once. */
  #texts(value: unknown, field: string, max: number, check: (text: string, at: string) => string): string[] {
    const seen = new Set<string>();
    const read = this.fields.list(value, field, 1, max, (entry, at) => {
      const text = this.fields.decoder.text(entry, at);
      if (text === null) return '';
      if (seen.has(text)) this.fields.complain(at, 'Duplicate', 'may not be there twice', text);
      seen.add(text);
      return check(text, at);
    });
    return [...new Set(read)];
  }

  #cidr(text: string, at: string): string {
    const parsed = parseLegacyCidr(text);
    if (text.length > networkLengthMax) {
      this.fields.complain(at, 'TooLong', `must be no more than ${networkLengthMax} characters`, text);
    } else if (parsed === null || parsed.leadingZeros) {
      this.fields.complain(at, 'Invalid', 'Invalid CIDR format provided', text);
    } else if (parsed.isMapped || (text.includes(':') && text.includes('.'))) {
      const detail =
        'CIDR must be either an IPv4 or IPv6 address. IPv4 address embedded in IPv6 addresses are not supported';
      this.fields.complain(at, 'Invalid', detail, text);
    }
    return parsed?.text ?? text;
  }

  #domainName(text: string, at: string): string {
    if (!domainName.test(text)) this.fields.complain(at, 'Invalid', `must match ${domainName.source}`, text);
    return text;
  }

  #need(value: unknown, field: string): void {
    if (value === undefined || value === null) this.fields.complain(field, 'Required', '');
  }
}
