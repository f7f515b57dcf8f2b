import type { Address, AddressRange, Entry, PeerExpression, Service } from '#model';
import {
  compareAddresses,
  compareText,
  formatAddress,
  parseAddress,
  parseCidr,
  parsePeer,
  QuestionError,
  rangeContains,
  selectorMatches,
} from '#model';
import { firstAddressBlock } from '../compile/address-blocks.js';
import type { Cluster } from './cluster.js';
import { type Party, partyOfAddress, partyOfNode, partyOfNodeAddress, partyOfPod, roleOf } from './party.js';
import type { ResolvedPeer } from './verdict.js';

/** What a peer of a question stands for in a snapshot. */
export type Resolved =
  | {
      readonly kind: 'Parties';
      readonly peer: ResolvedPeer;
      /** The live ends it stands for; addresses of a set are given one for each piece that no policy tells apart. */
      readonly parties: readonly Party[];
      /** One pod, node or address, as against a set that happens to have one member. */
      readonly isSet: boolean;
    }
  | {
      readonly kind: 'Service';
      readonly peer: ResolvedPeer;
      readonly service: Service;
      /** The load balancer before it that opens connections of its own, where its address was asked for; else null. */
      readonly balancer: Party | null;
    }
  /** What an Ingress, Route, Gateway or route of the Gateway API lets in; one entry at least. */
  | { readonly kind: 'Entries'; readonly peer: ResolvedPeer; readonly entries: readonly Entry[] };

/**
 * Looks a peer up. Cost: a few look-ups; linear in the pods for namespaces, sets, CIDRs and `internet`.
 * @throws QuestionError PEER_MALFORMED, PEER_NOT_FOUND, PEER_AMBIGUOUS
 */
export function resolvePeer(cluster: Cluster, text: string, field: string): Resolved {
  const expression = parsePeer(text, field);
  const resolver = new Resolver(cluster, text, field);
  return resolver.resolve(expression);
}

class Resolver {
  constructor(
    readonly cluster: Cluster,
    readonly text: string,
    readonly field: string,
  ) {}

  resolve(peer: PeerExpression): Resolved {
    const { lookups } = this.cluster;
    switch (peer.kind) {
      case 'Named': {
        const number = lookups.podNumber(peer.namespace, peer.name);
        return number !== undefined && !this.#isTemplate(number)
          ? this.#podNumbered(number, peer)
          : this.#workload({ ...peer, workloadKind: null });
      }
      case 'Pod':
        return this.#pod(peer);
      case 'Workload':
        return this.#workload(peer);
      case 'Service': {
        const service = lookups.serviceByName().get(`${peer.namespace}/${peer.name}`);
        return service === undefined ? this.#notFound('Service', peer) : this.#service(service);
      }
      case 'Entry':
        return this.#entries(peer);
      case 'Node': {
        const number = lookups.nodeNumber().get(peer.name);
        return number === undefined
          ? this.#notFound('node', peer)
          : this.#one('Node', peer, partyOfNode(this.cluster, number));
      }
      case 'Address':
        return this.#address(parseAddress(peer.address) as Address);
      case 'Cidr':
        return this.#set('Cidr', { name: peer.cidr }, this.#partiesIn([parseCidr(peer.cidr) as AddressRange], true));
      case 'Internet':
        return this.#set('Internet', { name: 'internet' }, this.#partiesIn(wholeSpace, false));
      case 'Namespace': {
        if (!lookups.namespaceLabels().has(peer.name)) return this.#notFound('namespace', peer);
        return this.#set('Namespace', peer, this.#pods(lookups.podNumbers(peer.name)));
      }
      case 'Pods': {
        const { namespace, selector } = peer;
        if (namespace !== null && !lookups.namespaceLabels().has(namespace))
          return this.#notFound('namespace', { name: namespace });
        const { labelSet, labelSets } = lookups.columns();
        const selected = lookups
          .podNumbers(namespace)
          .filter((number) => selectorMatches(selector, labelSets[labelSet[number]]));
        return this.#set('Pods', { namespace, name: this.text }, this.#pods(selected));
      }
    }
  }

  /** A template's pod bears its workload's name; asked for by name, the workload is meant. */
  #isTemplate(number: number): boolean {
    const pod = this.cluster.model.pods.at(number);
    return pod?.origin === 'Template' && pod.workload !== null;
  }

  #pod(name: { namespace: string; name: string }): Resolved {
    const number = this.cluster.lookups.podNumber(name.namespace, name.name);
    return number === undefined ? this.#notFound('pod', name) : this.#podNumbered(number, name);
  }

  #podNumbered(number: number, name: { namespace: string; name: string }): Resolved {
    const party = partyOfPod(this.cluster, number);
    const role = roleOf(this.cluster, party, this.cluster.semantics);
    const note =
      role === 'HostNetwork'
        ? `a hostNetwork pod cannot be told from its node ${party.node ?? '(unknown)'}`
        : undefined;
    return this.#one('Pod', name, role === 'NotLive' ? null : party, note);
  }

  #workload(asked: { workloadKind: string | null; namespace: string; name: string }): Resolved {
    const { lookups, model } = this.cluster;
    const found = (lookups.workloadsByName().get(`${asked.namespace}/${asked.name}`) ?? []).filter(
      ({ kind }) => asked.workloadKind === null || kind === asked.workloadKind,
    );
    if (found.length > 1) {
      const kinds = found.map(({ kind }) => kind).sort(compareText);
      throw new QuestionError(
        'PEER_AMBIGUOUS',
        `${this.field} is ${JSON.stringify(this.text)}: that names ${kinds.join(' and ')}; say which, for example ${kinds[0].toLowerCase()}:${asked.namespace}/${asked.name}`,
        this.field,
        kinds.map((kind) => `${kind.toLowerCase()}:${asked.namespace}/${asked.name}`).join(', '),
      );
    }
    if (found.length === 0) {
      // A pod without an owner is a workload of its own.
      const number = lookups.podNumber(asked.namespace, asked.name);
      const isItsOwn = number !== undefined && model.pods.at(number)?.workload === null && asked.workloadKind === null;
      return isItsOwn ? this.#pod(asked) : this.#notFound(asked.workloadKind ?? 'pod or workload', asked);
    }
    return this.#set(found[0].kind, asked, this.#pods(lookups.podsOfWorkload(found[0])));
  }

  #address(address: Address): Resolved {
    const text = formatAddress(address);
    const { lookups, semantics } = this.cluster;
    const owners = lookups
      .podsAt(address)
      .map((number) => partyOfPod(this.cluster, number))
      .filter((party) => roleOf(this.cluster, party, semantics) !== 'NotLive');
    if (owners.length > 1) throw this.#shared(text, owners.map((party) => party.text).join(' and '), 'pod');
    if (owners.length === 1) {
      const pod = owners[0].pod as NonNullable<Party['pod']>;
      const only = { ...owners[0], addresses: owners[0].addresses.filter(({ family }) => family === address.family) };
      return this.#one('Pod', pod, only, `${text} is the address of pod ${pod.namespace}/${pod.name}`);
    }
    const node = lookups.nodeByAddress().get(text);
    if (node !== undefined) {
      const party = partyOfNodeAddress(this.cluster, node, address);
      return this.#one('Node', { name: party.node as string }, party, `${text} is an address of node ${party.node}`);
    }
    if (this.field.endsWith('to')) {
      const services = lookups.servicesByAddress().get(text) ?? [];
      if (services.length > 1) {
        const names = services.map(({ namespace, name }) => `service:${namespace}/${name}`).join(' and ');
        throw this.#shared(text, names, 'Service');
      }
      if (services.length === 1) {
        const [{ namespace, name }] = services;
        const isProxied = services[0].proxiedLoadBalancerIps.includes(text);
        const what = isProxied ? 'of a load balancer that opens connections of its own to' : 'of';
        const balancer = isProxied ? partyOfAddress(address) : null;
        return this.#service(services[0], `${text} is an address ${what} Service ${namespace}/${name}`, balancer);
      }
    }
    return this.#one('Address', { name: text }, partyOfAddress(address));
  }

  #shared(address: string, names: string, what: string): QuestionError {
    return new QuestionError(
      'PEER_AMBIGUOUS',
      `${this.field} is ip:${address}, which is the address of ${names}; name the ${what}`,
      this.field,
      names,
    );
  }

  #service(service: Service, note?: string, balancer: Party | null = null): Resolved {
    return { kind: 'Service', peer: peerOf('Service', service, note), service, balancer };
  }

  /** A Gateway is every route that names it. */
  #entries({ entryKind, ...name }: Extract<PeerExpression, { kind: 'Entry' }>): Resolved {
    const entries = this.cluster.model.entries.filter(({ ref, gateway }) => {
      const named = entryKind === 'Gateway' ? gateway : ref;
      return named?.kind === entryKind && named.namespace === name.namespace && named.name === name.name;
    });
    // A route may name a Gateway that is not there.
    const isThere = entries.some(({ refusal }) => entryKind !== 'Gateway' || refusal !== 'NoGateway');
    return isThere ? { kind: 'Entries', peer: peerOf(entryKind, name), entries } : this.#notFound(entryKind, name);
  }

  #one(kind: string, name: NameOf, party: Party | null, note?: string): Resolved {
    return { kind: 'Parties', peer: peerOf(kind, name, note), parties: party === null ? [] : [party], isSet: false };
  }

  #set(kind: string, name: NameOf, parties: readonly Party[]): Resolved {
    return { kind: 'Parties', peer: peerOf(kind, name), parties, isSet: true };
  }

  #pods(numbers: readonly number[]): Party[] {
    return numbers
      .map((number) => partyOfPod(this.cluster, number))
      .filter((party) => roleOf(this.cluster, party, this.cluster.semantics) !== 'NotLive');
  }

  /**
   * The ends inside address ranges: one address for each piece that no policy tells apart and that is not taken up
   * by pods, nodes and Services; with `known`, the pods and nodes that have an address there as well.
   */
  #partiesIn(ranges: readonly AddressRange[], known: boolean): Party[] {
    const { lookups } = this.cluster;
    const pods = lookups
      .podsWithAddress()
      .map((number) => partyOfPod(this.cluster, number))
      .filter((party) => roleOf(this.cluster, party, this.cluster.semantics) !== 'NotLive')
      .flatMap((party) => party.addresses.flatMap(({ address }) => (address === null ? [] : [{ address, party }])));
    const nodes = [...lookups.nodeByAddress()].map(([text, number]) => {
      const address = parseAddress(text) as Address;
      return { address, party: partyOfNodeAddress(this.cluster, number, address) };
    });
    const taken = [...pods, ...nodes];
    const services = [...lookups.servicesByAddress().keys()].map((text) => parseAddress(text) as Address);
    const occupied = [...taken.map(({ address }) => address), ...services].sort(compareAddresses);
    const inside = taken
      .filter(({ address }) => ranges.some((range) => rangeContains(range, address)))
      .map(({ address, party }) => ({
        ...party,
        addresses: party.addresses.filter(({ family }) => family === address.family),
      }));
    const free = ranges.flatMap((range) => this.#pieces(range)).flatMap((piece) => firstFree(piece, occupied));
    return [...(known ? inside : []), ...free.map(partyOfAddress)];
  }

  /** The parts of a range that lie in one address block each. */
  #pieces(range: AddressRange): AddressRange[] {
    const { blocks } = this.cluster.index;
    const pieces: AddressRange[] = [];
    for (let block = blocks.blockOf(range.first); block <= blocks.blockOf(range.last); block++) {
      if (block < firstAddressBlock) continue;
      const whole = blocks.rangeOf(block);
      const first = compareAddresses(whole.first, range.first) < 0 ? range.first : whole.first;
      const last = compareAddresses(whole.last, range.last) > 0 ? range.last : whole.last;
      pieces.push({ first, last });
    }
    return pieces;
  }

  #notFound(what: string, name: NameOf): never {
    const shown = name.namespace == null ? name.name : `${name.namespace}/${name.name}`;
    const hint =
      name.namespace == null || this.cluster.lookups.namespaceLabels().has(name.namespace)
        ? ''
        : `; there is no namespace ${name.namespace} either`;
    throw new QuestionError(
      'PEER_NOT_FOUND',
      `${this.field} is ${JSON.stringify(this.text)}: the snapshot has no ${what} ${shown}${hint}`,
      this.field,
    );
  }
}

interface NameOf {
  readonly namespace?: string | null;
  readonly name: string;
}

const wholeSpace: readonly AddressRange[] = [
  { first: { family: 'IPv4', value: 0 }, last: { family: 'IPv4', value: 2 ** 32 - 1 } },
  { first: { family: 'IPv6', value: 0n }, last: { family: 'IPv6', value: (1n << 128n) - 1n } },
];

function peerOf(kind: string, { namespace, name }: NameOf, note?: string): ResolvedPeer {
  return { kind, namespace: namespace ?? null, name, ...(note === undefined ? {} : { note }) };
}

/** The lowest address of a piece that nobody has; none where all are taken. `occupied` is sorted. */
function firstFree({ first, last }: AddressRange, occupied: readonly Address[]): Address[] {
  let candidate = first;
  for (const address of occupied) {
    if (compareAddresses(address, candidate) < 0) continue;
    if (compareAddresses(address, candidate) > 0) break;
    if (compareAddresses(candidate, last) === 0) return [];
    candidate = next(candidate);
  }
  return [candidate];
}

function next(address: Address): Address {
  return address.family === 'IPv4'
    ? { family: 'IPv4', value: address.value + 1 }
    : { family: 'IPv6', value: address.value + 1n };
}
