import { cidrHolds } from '#dataplane';
import type { Node } from '#model';
import type { Context } from './context.js';
import { type End, type HostEnd, partyAt, type PodEnd } from './ends.js';
import { Path } from './path.js';
import { passGate } from './policy-gate.js';
import type { PodLink, Tunnel, Way } from './plugin/plugin.js';
import { plainWay } from './plugin/ways.js';
import { serviceSnat } from './service-snat.js';
import type { ServiceUse } from './service-use.js';
import type { Route } from './trace.js';

/** One flow on the cluster's own network. */
export interface Flow {
  readonly client: End;
  readonly server: End;
  /** The server's own port, behind any translation; null: all. */
  readonly port: number | null;
  readonly use: ServiceUse | null;
  /** `backend 10.244.2.7:5432`; null where there is no choice. */
  readonly when: string | null;
}

/** The routes of a flow: one, or one for each way that nothing decides. */
export function buildRoutes(context: Context, flow: Flow): Route[] {
  const sender = senderOf(flow);
  return waysOf(context, flow, sender).map((way) => new RouteBuilder(context, flow, sender, way).build());
}

/** The node that decides how the packet gets to the server; null where nobody knows. */
function senderOf({ client, server, use }: Flow): Node | null {
  if (use !== null && use.entry !== null) return use.entry;
  return client.kind === 'Outside' ? server.node : client.node;
}

/** Null where the packet needs no way between nodes. */
function waysOf({ plugin }: Context, { server }: Flow, sender: Node | null): readonly (Way | null)[] {
  if (server.kind === 'Outside' || sender === null || server.node === null || sender.name === server.node.name)
    return [null];
  return server.kind === 'Host' ? [plainWay] : plugin.ways(sender, server.node, server.address);
}

class RouteBuilder {
  readonly #path: Path;

  constructor(
    readonly context: Context,
    readonly flow: Flow,
    readonly sender: Node | null,
    readonly way: Way | null,
  ) {
    const { client, server, port, use } = flow;
    const destinationPort = use?.port ?? port;
    this.#path = new Path({
      source: client.address,
      destination: use === null ? server.address : use.address,
      ...(destinationPort === null ? {} : { destinationPort }),
    });
  }

  build(): Route {
    const { client } = this.flow;
    for (const assumption of this.way?.assumptions ?? []) {
      this.context.assumptions.set(`${assumption.name} ${assumption.value}`, assumption);
    }
    switch (client.kind) {
      case 'Pod':
        this.#fromPod(client);
        break;
      case 'Host':
        this.#fromHost(client);
        break;
      case 'Outside':
        this.#fromOutside();
        break;
    }
    if (!this.#path.isStopped) this.#toServer();
    const when = [this.flow.when, this.way?.when ?? null].filter((part) => part !== null).join('; ');
    return this.#path.finish(when === '' ? 'always' : when, 'default');
  }

  #fromPod(client: PodEnd): void {
    const { plugin, cluster } = this.context;
    const { use, server } = this.flow;
    const link = plugin.link(client.pod);
    const { node } = client;
    this.#path.add({
      node,
      netns: 'pod',
      device: link.podDevice,
      nameSource: 'assumed',
      kind: 'podInterface',
      action: 'send',
      mtu: link.mtu,
    });
    const isEbpf = use !== null && cluster.dataplane.proxy.value.startsWith('ebpf/');
    const translatesHere = use !== null && (use.entry === null || use.entry === node);
    if (isEbpf && translatesHere) this.#translateService(node, 'lb');
    this.#hostSide(link, node, 'receive');
    if (!isEbpf && translatesHere) this.#translateService(node, 'nat');
    if (this.#path.isStopped) return;
    const entry = use?.entry ?? null;
    const destination =
      translatesHere || entry === null ? server.party : (partyAt(cluster, use?.address ?? '') ?? server.party);
    const isHairpin = isOnePod(client, server);
    passGate(this.context, this.#path, {
      direction: 'Egress',
      node,
      source: client.party,
      destination,
      port: translatesHere || use === null ? this.flow.port : use.port,
      viaService: use !== null,
      device: link.hostDevice,
    });
    if (this.#path.isStopped || translatesHere || use === null || entry === null) {
      if (isHairpin && !this.#path.isStopped) this.#hairpin(client);
      return;
    }
    this.#crossToEntry(node, entry, client);
  }

  #fromHost(client: HostEnd): void {
    const { plugin, family } = this.context;
    const { use, server } = this.flow;
    if (use === null && server.kind === 'Pod')
      this.#path.startFrom(plugin.sourceOfNode(client.node, this.way, family).address);
    this.#path.add({ node: client.node, netns: 'host', device: null, kind: 'socket', action: 'send' });
    if (use === null) return;
    if (use.entry === null || use.entry === client.node) this.#translateService(client.node, 'nat');
    else this.#crossToEntry(client.node, use.entry, client);
  }

  #fromOutside(): void {
    const { use } = this.flow;
    this.#fabric(null, null);
    if (this.sender === null) return;
    this.#nic(this.sender, 'receive', null);
    if (use !== null) this.#translateService(this.sender, 'nat');
  }

  /** A client inside the cluster that addresses another node: it goes there as to any host. */
  #crossToEntry(from: Node | null, entry: Node, client: End): void {
    if (client.kind === 'Pod' && from !== null) {
      const chosen = this.context.plugin.sourceOfPod(from, this.#path.tuple.source, {
        address: this.#path.tuple.destination,
        isNode: true,
        way: null,
      });
      if (chosen !== null) this.#path.translate(from, 'SNAT', { source: chosen.address }, { by: chosen.by });
      this.#path.forward();
    }
    if (from !== null) this.#nic(from, 'send', null);
    this.#fabric(null, null);
    this.#nic(entry, 'receive', null);
    this.#translateService(entry, 'nat');
  }

  #translateService(node: Node | null, kind: 'nat' | 'lb'): void {
    const { use, server, port } = this.flow;
    if (use === null || use.address === null) return;
    const refusal = this.#vipRefusal(use);
    if (refusal !== null) {
      this.#path.weaken('unreachable', refusal);
      return;
    }
    const proxy = this.context.cluster.dataplane.proxy.value;
    this.#path.translate(
      node,
      'DNAT',
      { destination: server.address, ...(port === null ? {} : { destinationPort: port }) },
      {
        by: use.by === 'HostPort' ? 'portmap: CNI-HOSTPORT-DNAT' : translators(proxy),
        device: serviceDevice(proxy, use),
        kind,
      },
    );
  }

  /** Why the proxy does not answer at this address; null where it does. */
  #vipRefusal(use: ServiceUse): string | null {
    const { network, proxy } = this.context.cluster.dataplane;
    if (proxy.value !== 'kube-router/ipvs' || network.kubeRouter === null) return null;
    const { strictVipValidation, externalIpRanges, loadBalancerIpRanges } = network.kubeRouter;
    const ranges = use.by === 'ExternalIP' ? externalIpRanges : use.by === 'LoadBalancer' ? loadBalancerIpRanges : null;
    if (!strictVipValidation || ranges === null || use.address === null || isIn(ranges, use.address)) return null;
    return `VIP_REFUSED: kube-router answers only at addresses inside its ranges, and ${use.address} is in none`;
  }

  #hairpin(client: PodEnd): void {
    const { plugin } = this.context;
    const { use } = this.flow;
    if (client.node === null || use === null) return;
    const annotated = use.service?.annotations['kube-router.io/service.hairpin'] !== undefined;
    const chosen = plugin.hairpin(client.node, client.pod, annotated, use.address ?? client.address ?? '');
    if ('refused' in chosen) this.#path.weaken('unreachable', chosen.refused);
  }

  #toServer(): void {
    const { server } = this.flow;
    switch (server.kind) {
      case 'Outside':
        this.#leaveCluster();
        break;
      case 'Host':
        this.#toHost(server);
        break;
      case 'Pod':
        this.#toPod(server);
        break;
    }
  }

  #leaveCluster(): void {
    const { plugin } = this.context;
    const { client, server } = this.flow;
    const { sender } = this;
    // Policy was asked at the pod, before anything translated its address.
    this.#path.seeByPolicy();
    if (sender !== null) {
      this.#translateSource(sender, client);
      if (client.kind === 'Pod') {
        const chosen = plugin.sourceOfPod(sender, this.#path.tuple.source, {
          address: server.address,
          isNode: false,
          way: null,
        });
        if (chosen !== null) this.#path.translate(sender, 'SNAT', { source: chosen.address }, { by: chosen.by });
        else this.#noteBareSource();
      }
    }
    if (client.kind !== 'Host') this.#path.forward();
    this.#nic(sender, 'send', null);
    this.#fabric(null, null);
  }

  #noteBareSource(): void {
    if (this.context.cluster.dataplane.network.externalRouting === true) return;
    this.#path.weaken(
      'conditional',
      `POD_ADDRESS_LEAVES: nothing translates ${this.#path.tuple.source ?? 'the pod address'}; answers come back only if the fabric routes it`,
    );
  }

  #toHost(server: HostEnd): void {
    const { plugin } = this.context;
    const { client } = this.flow;
    const { sender } = this;
    const isOwnNode = sender?.name === server.node.name;
    this.#path.seeByPolicy();
    if (sender !== null && !isOwnNode) {
      this.#translateSource(sender, client);
      if (client.kind === 'Pod') {
        const chosen = plugin.sourceOfPod(sender, this.#path.tuple.source, {
          address: server.address,
          isNode: true,
          way: null,
        });
        if (chosen !== null) this.#path.translate(sender, 'SNAT', { source: chosen.address }, { by: chosen.by });
        this.#path.forward();
      }
      this.#nic(sender, 'send', null);
      this.#fabric(null, this.way);
      this.#nic(server.node, 'receive', null);
    }
    const refused = client.kind === 'Pod' && isOwnNode && client.node === sender ? plugin.refusesOwnNode() : null;
    if (refused !== null) {
      this.#path.weaken('unreachable', refused);
      return;
    }
    this.#path.add({ node: server.node, netns: 'host', device: null, kind: 'socket', action: 'deliver' });
  }

  #toPod(server: PodEnd): void {
    const { plugin } = this.context;
    const { client } = this.flow;
    const link = plugin.link(server.pod);
    if (this.sender === null || server.node === null) {
      const who = server.node === null ? server.pod : (client as PodEnd).pod;
      this.#path.weaken('conditional', `POD_NOT_PLACED: no node runs ${who.namespace}/${who.name} yet`);
      if (link.bridge === null) this.#path.forward();
      this.#deliver(server, link);
      return;
    }
    if (this.way === null) this.#withinNode(server, link, this.sender);
    else this.#acrossNodes(server, link, this.sender, this.way);
  }

  #withinNode(server: PodEnd, link: PodLink, node: Node): void {
    const { client, use } = this.flow;
    const crossedBridge = client.kind === 'Pod' && client.node === node && link.bridge !== null;
    // Frames between two ports of a bridge are switched; what was translated, or has no bridge, is forwarded.
    if (client.kind !== 'Host' && (!crossedBridge || use !== null)) this.#path.forward();
    if (crossedBridge) this.#noteBridgedPolicy(use);
    const isHairpin = client.kind === 'Pod' && isOnePod(client, server);
    const snat = isHairpin ? this.#hairpinSource(client) : use === null ? null : this.#serviceSource(node);
    if (snat === null) {
      if (!crossedBridge) this.#bridge(link, node);
      this.#deliver(server, link);
      return;
    }
    // Policy is checked before the source is translated: it sees the client itself.
    this.#gateIngress(server, link);
    if (this.#path.isStopped) return;
    this.#path.translate(node, 'SNAT', { source: snat.address }, { by: snat.by });
    if (!crossedBridge) this.#bridge(link, node);
    this.#podSide(server, link);
  }

  #acrossNodes(server: PodEnd, link: PodLink, sender: Node, way: Way): void {
    const { client } = this.flow;
    const receiver = server.node as Node;
    if (client.kind !== 'Host' || this.flow.use?.entry != null) this.#path.forward();
    this.#translateSource(sender, client);
    if (client.kind === 'Pod' && this.flow.use?.entry == null) {
      const chosen = this.context.plugin.sourceOfPod(sender, this.#path.tuple.source, {
        address: server.address,
        isNode: false,
        way,
      });
      if (chosen !== null) this.#path.translate(sender, 'SNAT', { source: chosen.address }, { by: chosen.by });
    }
    this.#path.weaken(way.delivery, way.reason);
    if (this.#path.isStopped) return;
    const { tunnel } = way;
    this.#tunnelEnd(sender, tunnel, 'encapsulate');
    this.#nic(sender, 'send', tunnel);
    this.#fabric(tunnel, way);
    this.#nic(receiver, 'receive', tunnel);
    this.#tunnelEnd(receiver, tunnel, 'decapsulate');
    this.#path.forward();
    this.#bridge(link, receiver);
    this.#deliver(server, link);
  }

  #translateSource(sender: Node, client: End): void {
    if (this.flow.use === null) return;
    const snat = this.#serviceSource(sender);
    if (snat === null || (client.kind === 'Host' && snat.address === this.#path.tuple.source)) return;
    this.#path.translate(sender, 'SNAT', { source: snat.address }, { by: snat.by });
  }

  #serviceSource(at: Node): ReturnType<typeof serviceSnat> {
    const { client, server, use } = this.flow;
    const { source } = this.#path.tuple;
    return use === null || use.address === null
      ? null
      : serviceSnat(this.context, { client, server, use, at, way: this.way, source });
  }

  #hairpinSource({ node, pod }: PodEnd): { readonly address: string | null; readonly by: string } | null {
    const { use } = this.flow;
    if (node === null || use === null) return null;
    const annotated = use.service?.annotations['kube-router.io/service.hairpin'] !== undefined;
    const chosen = this.context.plugin.hairpin(node, pod, annotated, use.address ?? '');
    return 'refused' in chosen ? null : chosen;
  }

  #noteBridgedPolicy(use: ServiceUse | null): void {
    const { policyEngine, network } = this.context.cluster.dataplane;
    const isBridged = ['kube-router', 'kube-network-policies'].includes(policyEngine.value);
    if (use !== null || !isBridged || network.flannel?.config?.enableNFTables === false) return;
    this.context.assumptions.set('br_netfilter', {
      name: 'br_netfilter',
      value: 'bridged frames of one node pass through iptables, so that policies hold between them',
      provenance: 'assumed',
    });
  }

  #deliver(server: PodEnd, link: PodLink): void {
    this.#hostSide({ ...link, bridge: null }, server.node, 'send');
    this.#gateIngress(server, link);
    if (this.#path.isStopped) return;
    this.#podInterface(server, link);
  }

  #podSide(server: PodEnd, link: PodLink): void {
    this.#hostSide({ ...link, bridge: null }, server.node, 'send');
    this.#podInterface(server, link);
  }

  #podInterface({ node }: PodEnd, { podDevice, mtu }: PodLink): void {
    this.#path.add({
      node,
      netns: 'pod',
      device: podDevice,
      nameSource: 'assumed',
      kind: 'podInterface',
      action: 'deliver',
      mtu,
    });
  }

  #gateIngress(server: PodEnd, link: PodLink): void {
    const { cluster } = this.context;
    const { client, use, port } = this.flow;
    this.#path.seeByPolicy();
    const { source } = this.#path.tuple;
    const isUnchanged = source === client.address || source === null;
    const isOwnNode = client.kind === 'Host' && client.node.name === server.node?.name;
    const party = isUnchanged || isOwnNode ? client.party : (partyAt(cluster, source) ?? client.party);
    passGate(this.context, this.#path, {
      direction: 'Ingress',
      node: server.node,
      source: party,
      destination: server.party,
      port,
      viaService: use !== null,
      device: link.hostDevice,
    });
  }

  #hostSide({ hostDevice, hostDeviceSource, bridge, mtu }: PodLink, node: Node | null, action: string): void {
    this.#path.add({
      node,
      netns: 'host',
      device: hostDevice,
      nameSource: hostDeviceSource,
      kind: 'hostVeth',
      action,
      mtu,
    });
    if (bridge !== null)
      this.#path.add({
        node,
        netns: 'host',
        device: bridge,
        nameSource: 'derived',
        kind: 'bridge',
        action: 'switch',
        mtu,
      });
  }

  #bridge({ bridge, mtu }: PodLink, node: Node): void {
    if (bridge === null) return;
    this.#path.add({
      node,
      netns: 'host',
      device: bridge,
      nameSource: 'derived',
      kind: 'bridge',
      action: 'switch',
      mtu,
    });
  }

  #tunnelEnd(node: Node, tunnel: Tunnel | null, action: 'encapsulate' | 'decapsulate'): void {
    if (tunnel === null || tunnel.device === null) return;
    const device = action === 'encapsulate' ? tunnel.device : tunnel.peerDevice;
    const { mtu, encap, userspace } = tunnel;
    const sends = action === 'encapsulate';
    const proxy = (): void => {
      if (userspace !== undefined)
        this.#path.add({
          node,
          netns: 'host',
          device: null,
          kind: 'proxy',
          action: `${action} in ${userspace}`,
          encap,
        });
    };
    if (!sends) proxy();
    this.#path.add({ node, netns: 'host', device, nameSource: 'derived', kind: 'tunnelDevice', action, mtu, encap });
    if (sends) proxy();
  }

  #nic(node: Node | null, action: 'send' | 'receive', tunnel: Tunnel | null): void {
    const { nodeInterface, hostMtu } = this.context.cluster.dataplane.network;
    const nameSource = nodeInterface.provenance === 'configured' ? 'derived' : 'assumed';
    // Without a device of its own, a transform on the interface takes its bytes from there.
    const mtu = tunnel !== null && tunnel.device === null ? tunnel.mtu : hostMtu.value;
    const encap = tunnel?.encap ?? null;
    this.#path.add({ node, netns: 'host', device: nodeInterface.value, nameSource, kind: 'nic', action, mtu, encap });
  }

  #fabric(tunnel: Tunnel | null, way: Way | null): void {
    const { hostMtu } = this.context.cluster.dataplane.network;
    const routed = way?.routed ?? null;
    const action = routed === null ? 'carry' : routed ? 'route' : 'switch';
    this.#path.add({
      node: null,
      netns: 'none',
      device: null,
      kind: 'fabric',
      action,
      mtu: hostMtu.value,
      encap: tunnel?.encap ?? null,
    });
  }
}

/** Pods are told apart by their numbers: the model may make a new record each time it is asked. */
function isOnePod(client: PodEnd, server: End): boolean {
  return server.kind === 'Pod' && server.party.podNumber === client.party.podNumber;
}

function isIn(ranges: readonly string[], address: string): boolean {
  return ranges.some((cidr) => cidrHolds(cidr, address));
}

function translators(proxy: string): string {
  switch (proxy) {
    case 'kube-proxy/ipvs':
      return 'IPVS on kube-ipvs0';
    case 'kube-proxy/nftables':
      return 'nftables: table kube-proxy';
    case 'kube-router/ipvs':
      return 'IPVS on kube-dummy-if';
    case 'ebpf/calico':
    case 'ebpf/cilium':
      return `${proxy}: before the packet leaves the pod`;
    default:
      return 'KUBE-SERVICES → KUBE-SVC-… → KUBE-SEP-…';
  }
}

function serviceDevice(proxy: string, { by }: ServiceUse): string | null {
  if (by === 'HostPort') return null;
  return proxy === 'kube-proxy/ipvs' ? 'kube-ipvs0' : proxy === 'kube-router/ipvs' ? 'kube-dummy-if' : null;
}
