import { cidr, inside, type Ip, ip } from './addresses.js';
import type {
  RawContainer,
  RawDeployment,
  RawNamespace,
  RawNode,
  RawObject,
  RawPeer,
  RawPod,
  RawPodSpec,
  RawPolicy,
  RawPort,
  RawRule,
  RawSelector,
  RawPodPeer,
  RawService,
  RawSlice,
  RawTieredPeer,
  RawTieredPolicy,
  RawTieredRule,
} from './objects.js';

export type Letter = 'A' | 'D' | 'N' | 'U';

export interface Knobs {
  readonly podIpInIpBlock: string;
  readonly hostNetworkAs: string;
  readonly podToOwnNode: string;
  readonly otherProtocols: string;
  readonly initContainerPorts: string;
  readonly hairpin: string;
}

export const defaultKnobs: Knobs = {
  podIpInIpBlock: 'yes',
  hostNetworkAs: 'node',
  podToOwnNode: 'allow',
  otherProtocols: 'byRule',
  initContainerPorts: 'sidecarOnly',
  hairpin: 'exempt',
};

export const otherWords: Readonly<Record<keyof Knobs, readonly string[]>> = {
  podIpInIpBlock: ['yes', 'no'],
  hostNetworkAs: ['node', 'pod'],
  podToOwnNode: ['allow', 'policy'],
  otherProtocols: ['byRule', 'unfiltered', 'denied'],
  initContainerPorts: ['sidecarOnly', 'all'],
  hairpin: ['exempt', 'subject'],
};

/** One end of a flow. `addresses` is null where nobody knows them: a pod that a template would make. */
export interface End {
  readonly text: string;
  readonly pod: { namespace: string; labels: Readonly<Record<string, string>>; spec: RawPodSpec; name: string } | null;
  readonly node: string | null;
  readonly isNode: boolean;
  readonly live: boolean;
  /** Whether a Service may send to it. */
  readonly ready: boolean;
  readonly addresses: readonly Ip[] | null;
}

/** Where a Service leads, and in which families: what an address that nobody knows does not tell by itself. */
export interface OracleBackend {
  end: End;
  readonly port: number;
  readonly isReached: (v6: boolean) => boolean;
}

/**
 * A second, literal reading of policy semantics 0, 1, 2 and 5.1: policies × rules × peers per
 * question, plain label maps, linear CIDR tests, nothing remembered.
 *
 * An address that nobody knows is tried at the first address of every piece into which ipBlocks, networks and nodes cut its family, in
 * every family that pods and nodes of the snapshot show (IPv4 if none does); a node that nobody knows is tried as being
 * the other end's and as being another one. Where outcomes differ the answer is U.
 */
export class Oracle {
  constructor(readonly objects: readonly RawObject[]) {}

  verdict(
    source: End,
    destination: End,
    protocol: string,
    port: number | null,
    v6: boolean,
    knobs: Knobs,
    viaService = false,
    twins = false,
  ): Letter {
    if (!source.live || !destination.live) return 'N';
    const families = this.#clusterFamilies();
    const has = (end: End): boolean =>
      end.addresses === null ? families.includes(v6) : end.addresses.some((address) => address.v6 === v6);
    if (!has(source) || !has(destination)) return 'N';
    const same = source.pod !== null && source.text === destination.text && !twins;
    if (same && !viaService) return 'A';
    const found = new Set<boolean>();
    for (const sourceAddress of this.#candidates(source, v6)) {
      for (const destinationAddress of this.#candidates(destination, v6)) {
        for (const sameNode of this.#sameNode(source, destination)) {
          const flow = {
            source,
            destination,
            sourceAddress,
            destinationAddress,
            protocol,
            port,
            knobs,
            sameNode,
            same,
          };
          for (const egress of this.#egress(flow)) {
            for (const ingress of this.#ingress(flow)) found.add(egress && ingress);
          }
        }
      }
    }
    if (found.size > 1) return 'U';
    return found.has(true) ? 'A' : 'D';
  }

  /** Whether some other word of some knob changes the letter. */
  isImplementationDefined(
    source: End,
    destination: End,
    protocol: string,
    port: number | null,
    v6: boolean,
    viaService = false,
  ): boolean {
    const base = this.verdict(source, destination, protocol, port, v6, defaultKnobs, viaService);
    return Object.entries(otherWords).some(([knob, words]) =>
      words.some(
        (word) =>
          this.verdict(source, destination, protocol, port, v6, { ...defaultKnobs, [knob]: word }, viaService) !== base,
      ),
    );
  }

  ends(): End[] {
    return [
      ...this.#of('Pod').map((pod) => this.#podEnd(pod)),
      ...this.#templates(),
      ...this.#of('Node').map((node) => this.#nodeEnd(node)),
    ];
  }

  addressEnd(text: string): End {
    const owner = this.ends().find(
      (end) =>
        end.live &&
        end.pod !== null &&
        end.pod.spec.hostNetwork !== true &&
        end.addresses?.some((address) => same(address, ip(text))),
    );
    if (owner !== undefined) return { ...owner, addresses: [ip(text)] };
    const node = this.#of('Node').find((candidate) =>
      nodeAddresses(candidate).some((address) => same(address, ip(text))),
    );
    if (node !== undefined) return { ...this.#nodeEnd(node), addresses: [ip(text)] };
    return { text: `ip:${text}`, pod: null, node: null, isNode: false, live: true, ready: true, addresses: [ip(text)] };
  }

  /** Backends of a Service port: end and target port. */
  backends(service: RawService, port: RawService['spec']['ports'][number]): OracleBackend[] {
    const { selector = {}, clusterIP, ipFamilies, publishNotReadyAddresses } = service.spec;
    const slices = this.#of('EndpointSlice').filter(
      ({ metadata }) =>
        metadata.namespace === service.metadata.namespace &&
        metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name,
    );
    if (slices.length > 0) return this.#backendsInSlices(service, port, slices);
    if (Object.keys(selector).length === 0) return [];
    const isReached = (v6: boolean): boolean => {
      if (ipFamilies !== undefined) return ipFamilies.includes(v6 ? 'IPv6' : 'IPv4');
      return clusterIP === undefined || clusterIP === 'None' || clusterIP.includes(':') === v6;
    };
    return this.ends().flatMap((end) => {
      if (end.pod === null || !end.live || end.pod.namespace !== service.metadata.namespace) return [];
      if (!publishNotReadyAddresses && !end.ready) return [];
      const { labels } = end.pod;
      if (!Object.entries(selector).every(([key, value]) => labels[key] === value)) return [];
      const target = clusterIP === 'None' ? port.port : targetOf(end.pod.spec, port);
      const addresses = end.addresses?.filter(({ v6 }) => isReached(v6)) ?? null;
      const isThere = addresses === null ? this.#clusterFamilies().some(isReached) : addresses.length > 0;
      return target === null || !isThere ? [] : [{ end: { ...end, addresses }, port: target, isReached }];
    });
  }

  /** What a controller wrote down: one backend per end and port, with all addresses of it that stand there. */
  #backendsInSlices(
    service: RawService,
    port: RawService['spec']['ports'][number],
    slices: readonly RawSlice[],
  ): OracleBackend[] {
    const found: OracleBackend[] = [];
    for (const { endpoints, ports } of slices) {
      const target =
        service.spec.clusterIP === 'None'
          ? port
          : ports.find((one) => one.name === port.name && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
      if (target === undefined) continue;
      for (const { addresses, conditions } of endpoints) {
        if (conditions?.ready === false && !service.spec.publishNotReadyAddresses) continue;
        const end = this.addressEnd(addresses[0]);
        const known = found.find((one) => one.end.text === end.text && one.port === target.port);
        if (known === undefined) found.push({ end, port: target.port, isReached: () => true });
        else known.end = { ...end, addresses: [...(known.end.addresses ?? []), ...(end.addresses ?? [])] };
      }
    }
    return found;
  }

  services(): RawService[] {
    return this.#of('Service');
  }

  #of<K extends RawObject['kind']>(kind: K): Extract<RawObject, { kind: K }>[] {
    return this.objects.filter((object): object is Extract<RawObject, { kind: K }> => object.kind === kind);
  }

  #podEnd(pod: RawPod): End {
    const { namespace = 'default', name, labels } = pod.metadata;
    const node = this.#of('Node').find((candidate) => candidate.metadata.name === pod.spec.nodeName);
    const own = (pod.status?.podIPs ?? []).map(({ ip: text }) => ip(text));
    const fromNode = node === undefined ? [] : firstPerFamily(nodeAddresses(node));
    const addresses =
      pod.status === undefined ? null : pod.spec.hostNetwork === true && fromNode.length > 0 ? fromNode : own;
    const finished = ['Succeeded', 'Failed', 'Completed'].includes(pod.status?.phase ?? '');
    return {
      text: `pod:${namespace}/${name}`,
      pod: { namespace, labels: labels ?? {}, spec: pod.spec, name },
      node: pod.spec.nodeName ?? null,
      isNode: false,
      live: !finished && (addresses === null || addresses.length > 0),
      ready:
        pod.metadata.deletionTimestamp === undefined &&
        (pod.status?.conditions ?? []).every(({ type, status }) => type !== 'Ready' || status === 'True'),
      addresses,
    };
  }

  /** Deployments stand for a pod at an unknown address: the generator makes none with pods of its own. */
  #templates(): End[] {
    return this.#of('Deployment')
      .filter(({ spec }: RawDeployment) => spec.replicas !== 0)
      .map(({ metadata: { namespace = 'default', name }, spec: { template } }) => ({
        text: `pod:${namespace}/${name}`,
        pod: { namespace, labels: template.metadata.labels ?? {}, spec: template.spec, name },
        node: template.spec.nodeName ?? null,
        isNode: false,
        live: true,
        ready: true,
        addresses: null,
      }));
  }

  #nodeEnd(node: RawNode): End {
    const { name } = node.metadata;
    return {
      text: `node:${name}`,
      pod: null,
      node: name,
      isNode: true,
      live: true,
      ready: true,
      addresses: firstPerFamily(nodeAddresses(node)),
    };
  }

  #clusterFamilies(): boolean[] {
    const texts = [
      ...this.#of('Pod').flatMap((pod) => (pod.status?.podIPs ?? []).map(({ ip: text }) => text)),
      ...this.#of('Node').flatMap((node) => node.spec?.podCIDRs ?? []),
    ];
    const found = [false, true].filter((v6) => texts.some((text) => text.includes(':') === v6));
    return found.length > 0 ? found : [false];
  }

  #candidates(end: End, v6: boolean): Ip[] {
    if (end.addresses !== null) return end.addresses.filter((address) => address.v6 === v6).slice(0, 1);
    const borders = new Set([0n]);
    for (const text of this.#cidrs()) {
      const range = cidr(text);
      if (range.v6 === v6) borders.add(range.first).add(range.last + 1n);
    }
    const limit = 1n << (v6 ? 128n : 32n);
    return [...borders].filter((n) => n < limit).map((n) => ({ v6, n }));
  }

  #cidrs(): string[] {
    const networks = [...this.#tiered('Admin'), ...this.#tiered('Baseline')].flatMap(({ spec }) =>
      (spec.egress ?? []).flatMap(({ to }) => (to ?? []).flatMap((peer) => peer.networks ?? [])),
    );
    const nodes = this.#of('Node').flatMap(({ status }) =>
      status.addresses.map(({ address }) => `${address}/${address.includes(':') ? 128 : 32}`),
    );
    return [...networks, ...nodes, ...this.#ipBlocks()];
  }

  #ipBlocks(): string[] {
    return this.#of('NetworkPolicy').flatMap(({ spec }) =>
      [...(spec?.ingress ?? []), ...(spec?.egress ?? [])].flatMap((rule) =>
        [...(rule?.from ?? []), ...(rule?.to ?? [])].flatMap(({ ipBlock }) =>
          ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : [],
        ),
      ),
    );
  }

  #sameNode(source: End, destination: End): boolean[] {
    if (source.node !== null && destination.node !== null) return [source.node === destination.node];
    const anywhere = (end: End): boolean => end.node === null && end.pod !== null && end.addresses === null;
    const somewhere = (end: End): boolean => end.node !== null || anywhere(end);
    return somewhere(source) && somewhere(destination) ? [true, false] : [false];
  }

  /** Every outcome that this side may have; two where something is undecidable. */
  #egress(flow: Flow): Set<boolean> {
    const { source, destination, destinationAddress, knobs } = flow;
    if (!isOrdinary(source, knobs)) return new Set([true]);
    const toOwnNode = knobs.podToOwnNode === 'allow' && isNodeLike(destination, knobs) && flow.sameNode;
    return this.#direction('Egress', source, destination, destinationAddress, toOwnNode, flow);
  }

  #ingress(flow: Flow): Set<boolean> {
    const { source, destination, sourceAddress, knobs } = flow;
    if (!isOrdinary(destination, knobs)) return new Set([true]);
    if (isNodeLike(source, knobs) && flow.sameNode) return new Set([true]);
    return this.#direction('Ingress', destination, source, sourceAddress, false, flow);
  }

  /** Policy semantics 6.1, direction: Admin tier, NetworkPolicy, Baseline tier, allow. */
  #direction(
    direction: 'Ingress' | 'Egress',
    subject: End,
    other: End,
    address: Ip,
    toOwnNode: boolean,
    flow: Flow,
  ): Set<boolean> {
    const asking = { direction, subject, other, address, flow };
    const outcomes = new Set<boolean>();
    for (const admin of this.#tier('Admin', asking)) {
      if (admin === 'Allow' || admin === 'Deny') {
        outcomes.add(admin === 'Allow');
        continue;
      }
      const policies = this.#applying(subject, direction);
      if (policies.length > 0) {
        const isExempt = toOwnNode || exemptHairpin(flow);
        outcomes.add(isExempt || this.#allowed(policies, direction, other, address, flow));
        continue;
      }
      for (const baseline of this.#tier('Baseline', asking)) outcomes.add(baseline !== 'Deny');
    }
    return outcomes;
  }

  /** Everything that a tier may decide; `Pass` also where it decides nothing. */
  #tier(tier: 'Admin' | 'Baseline', asking: Asking): Set<TierAction> {
    // The tiers of policy.networking.k8s.io never take a hostNetwork pod for a subject.
    if (asking.subject.pod === null || asking.subject.pod.spec.hostNetwork === true) return new Set(['Pass']);
    const policies = this.#tiered(tier).filter(({ spec }) => this.#isAmong(spec.subject, asking.subject));
    const priorities = [...new Set(policies.map(priorityOf))].sort((a, b) => a - b);
    const decisions = new Set<TierAction>();
    const ask = (at: number): void => {
      if (at === priorities.length) {
        decisions.add('Pass');
        return;
      }
      const group = policies.filter((policy) => priorityOf(policy) === priorities[at]);
      let collected: Set<TierAction>[] = [new Set()];
      for (const policy of group) {
        const found = this.#firstMatches(policy, asking);
        collected = collected.flatMap((actions) =>
          [...found].map((action) => (action === null ? actions : new Set([...actions, action]))),
        );
      }
      for (const actions of collected) {
        if (actions.size === 0) ask(at + 1);
        for (const action of actions) decisions.add(action);
      }
    };
    ask(0);
    return decisions;
  }

  #tiered(tier: 'Admin' | 'Baseline'): RawTieredPolicy[] {
    const all = this.objects.filter((object): object is RawTieredPolicy => tieredKinds.has(object.kind));
    return all.filter(({ kind, spec }) => {
      if (kind === 'ClusterNetworkPolicy') return spec.tier === tier;
      return kind === (tier === 'Admin' ? 'AdminNetworkPolicy' : 'BaselineAdminNetworkPolicy');
    });
  }

  /** The actions that the first matching rule of a policy may have; null where none may match. */
  #firstMatches({ spec }: RawTieredPolicy, asking: Asking): Set<TierAction | null> {
    const found = new Set<TierAction | null>();
    for (const rule of (asking.direction === 'Ingress' ? spec.ingress : spec.egress) ?? []) {
      const peers = (asking.direction === 'Ingress' ? rule.from : rule.to) ?? [];
      const action: TierAction = rule.action === 'Accept' ? 'Allow' : rule.action;
      if (peers.some((peer) => Object.keys(peer).length === 0)) {
        if (action === 'Allow') continue;
        return found.add('Deny');
      }
      if (!entriesMatch(rule, asking.flow)) continue;
      const matches = peers.map((peer) => this.#tieredPeer(peer, asking));
      if (matches.includes('yes')) return found.add(action);
      if (matches.includes('maybe')) found.add(action);
    }
    return found.add(null);
  }

  #tieredPeer(peer: RawTieredPeer, { other, address }: Asking): 'yes' | 'no' | 'maybe' {
    const nodes = this.#of('Node');
    const isAddressOf = (node: RawNode): boolean => nodeAddresses(node).some((one) => same(one, address));
    if (peer.networks) return peer.networks.some((text) => inside(text, address)) ? 'yes' : 'no';
    if (peer.nodes) {
      const selector = peer.nodes;
      return nodes.some((node) => selects(selector, node.metadata.labels ?? {}) && isAddressOf(node)) ? 'yes' : 'no';
    }
    if (peer.domainNames) {
      return other.pod !== null || nodes.some(isAddressOf) ? 'no' : 'maybe';
    }
    return this.#isAmong(peer, other) ? 'yes' : 'no';
  }

  /** Whether an end is a pod that is meant: never a hostNetwork pod, whatever the knobs. */
  #isAmong({ namespaces, pods }: RawPodPeer, { pod, live }: End): boolean {
    if (pod === null || !live || pod.spec.hostNetwork === true) return false;
    const labels = this.#namespaceLabels(pod.namespace);
    if (namespaces) return selects(namespaces, labels);
    return selects(pods?.namespaceSelector ?? {}, labels) && selects(pods?.podSelector ?? {}, pod.labels);
  }

  #applying({ pod }: End, direction: string): RawPolicy[] {
    // Applied one after another: the last object of a name is the one that is there.
    const last = new Map(
      this.#of('NetworkPolicy').map((policy) => [`${policy.metadata.namespace}/${policy.metadata.name}`, policy]),
    );
    return [...last.values()].filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod?.namespace &&
        typesOf(spec).includes(direction) &&
        selects(spec?.podSelector ?? {}, pod?.labels ?? {}),
    );
  }

  #allowed(
    policies: readonly RawPolicy[],
    direction: 'Ingress' | 'Egress',
    other: End,
    address: Ip,
    flow: Flow,
  ): boolean {
    if (flow.protocol === 'ICMP' && flow.knobs.otherProtocols !== 'byRule')
      return flow.knobs.otherProtocols === 'unfiltered';
    return policies.some(({ metadata, spec }) =>
      ((direction === 'Ingress' ? spec?.ingress : spec?.egress) ?? []).some((rule) => {
        const { from, to, ports }: RawRule = rule ?? {};
        const peers = (direction === 'Ingress' ? from : to) ?? [];
        const isPeer =
          peers.length === 0 ||
          peers.some((peer) => this.#peer(peer, metadata.namespace ?? 'default', other, address, flow.knobs));
        return isPeer && ((ports ?? []).length === 0 || (ports ?? []).some((port) => portMatches(port ?? {}, flow)));
      }),
    );
  }

  #peer(peer: RawPeer, namespace: string, other: End, address: Ip, knobs: Knobs): boolean {
    if (peer.ipBlock) {
      if (isOrdinary(other, knobs) && other.pod?.spec.hostNetwork !== true && knobs.podIpInIpBlock === 'no')
        return false;
      return inside(peer.ipBlock.cidr, address) && !(peer.ipBlock.except ?? []).some((text) => inside(text, address));
    }
    if (!isOrdinary(other, knobs) || other.pod === null) return false;
    if (
      peer.namespaceSelector
        ? !selects(peer.namespaceSelector, this.#namespaceLabels(other.pod.namespace))
        : other.pod.namespace !== namespace
    )
      return false;
    return selects(peer.podSelector ?? {}, other.pod.labels);
  }

  #namespaceLabels(name: string): Readonly<Record<string, string>> {
    const found: RawNamespace | undefined = this.#of('Namespace').find(({ metadata }) => metadata.name === name);
    return { ...found?.metadata.labels, 'kubernetes.io/metadata.name': name };
  }
}

interface Flow {
  readonly source: End;
  readonly destination: End;
  readonly sourceAddress: Ip;
  readonly destinationAddress: Ip;
  readonly protocol: string;
  readonly port: number | null;
  readonly knobs: Knobs;
  readonly sameNode: boolean;
  /** A pod with itself, through a Service. */
  readonly same: boolean;
}

const tieredKinds: ReadonlySet<string> = new Set([
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
]);

type TierAction = 'Allow' | 'Deny' | 'Pass';

/** One side of a flow: whose policies are asked about whom, at which address. */
interface Asking {
  readonly direction: 'Ingress' | 'Egress';
  readonly subject: End;
  readonly other: End;
  readonly address: Ip;
  readonly flow: Flow;
}

/** The BaselineAdminNetworkPolicy goes after every ClusterNetworkPolicy of its tier. */
function priorityOf({ spec }: RawTieredPolicy): number {
  return spec.priority ?? Infinity;
}

/** Whether the ports of a rule match; no list matches everything. */
function entriesMatch({ ports, protocols }: RawTieredRule, flow: Flow): boolean {
  const isBetween = (first: number, last: number): boolean =>
    flow.port !== null && flow.port >= first && flow.port <= last;
  const isNamed = (name: string): boolean =>
    flow.destination.pod !== null &&
    flow.destination.pod.spec.hostNetwork !== true &&
    declared(flow.destination.pod.spec, flow.knobs.initContainerPorts === 'all').some(
      (one) => one.name === name && (one.protocol ?? 'TCP') === flow.protocol && one.containerPort === flow.port,
    );
  if (ports) {
    return ports.some(({ portNumber, portRange, namedPort }) => {
      if (namedPort !== undefined) return isNamed(namedPort);
      if (portNumber) {
        return (portNumber.protocol ?? 'TCP') === flow.protocol && isBetween(portNumber.port, portNumber.port);
      }
      return (portRange?.protocol ?? 'TCP') === flow.protocol && isBetween(portRange?.start ?? 0, portRange?.end ?? 0);
    });
  }
  if (protocols) {
    return protocols.some(({ tcp, udp, sctp, destinationNamedPort }) => {
      if (destinationNamedPort !== undefined) return isNamed(destinationNamedPort);
      const name = tcp ? 'TCP' : udp ? 'UDP' : 'SCTP';
      const { number, range } = (tcp ?? udp ?? sctp)?.destinationPort ?? {};
      return name === flow.protocol && isBetween(range?.start ?? number ?? 0, range?.end ?? number ?? 0);
    });
  }
  return true;
}

function exemptHairpin({ same: isSame, knobs }: Flow): boolean {
  return isSame && knobs.hairpin === 'exempt';
}

function isOrdinary({ pod }: End, knobs: Knobs): boolean {
  return pod !== null && (pod.spec.hostNetwork !== true || knobs.hostNetworkAs === 'pod');
}

function isNodeLike({ isNode, pod }: End, knobs: Knobs): boolean {
  return isNode || (pod?.spec.hostNetwork === true && knobs.hostNetworkAs === 'node');
}

function typesOf(spec: RawPolicy['spec']): readonly string[] {
  const given = spec?.policyTypes ?? [];
  if (given.length > 0) return given;
  return (spec?.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function selects({ matchLabels, matchExpressions }: RawSelector, labels: Readonly<Record<string, string>>): boolean {
  const isEqual = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    isEqual &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const has = key in labels;
      if (operator === 'Exists') return has;
      if (operator === 'DoesNotExist') return !has;
      if (operator === 'In') return has && (values ?? []).includes(labels[key]);
      return !has || !(values ?? []).includes(labels[key]);
    })
  );
}

function portMatches(
  { protocol = 'TCP', port, endPort }: RawPort,
  { destination, protocol: asked, port: number, knobs }: Flow,
): boolean {
  if (protocol !== asked || number === null) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return number >= port && number <= (endPort ?? port);
  if (destination.pod === null || !isOrdinary(destination, knobs)) return false;
  return declared(destination.pod.spec, knobs.initContainerPorts === 'all').some(
    (one) => one.name === port && (one.protocol ?? 'TCP') === protocol && one.containerPort === number,
  );
}

function declared(
  { containers = [], initContainers = [] }: RawPodSpec,
  plainInit: boolean,
): NonNullable<RawContainer['ports']>[number][] {
  const init = initContainers.filter(({ restartPolicy }) => plainInit || restartPolicy === 'Always');
  return [...containers, ...init].flatMap(({ ports = [] }) => ports);
}

function targetOf(
  spec: RawPodSpec,
  { port, protocol = 'TCP', targetPort }: RawService['spec']['ports'][number],
): number | null {
  if (targetPort === undefined || targetPort === 0) return port;
  if (typeof targetPort === 'number') return targetPort;
  return (
    declared(spec, false).find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)
      ?.containerPort ?? null
  );
}

function nodeAddresses({ status }: RawNode): Ip[] {
  return status.addresses
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({ address }) => ip(address));
}

function firstPerFamily(addresses: readonly Ip[]): Ip[] {
  return addresses.filter((address, i) => addresses.findIndex(({ v6 }) => v6 === address.v6) === i);
}

function same(a: Ip, b: Ip): boolean {
  return a.v6 === b.v6 && a.n === b.n;
}
