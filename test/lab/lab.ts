import { readAttachments } from '#dataplane';
import type { Cluster } from '#engine';
import type { Node, Pod } from '#model';
import { addresses } from './addresses.js';
import { Agent, type Met } from './agent.js';
import { Capture, type Packet } from './capture.js';
import { hostPortRules } from './host-port-rules.js';
import { Netns } from './netns.js';
import { podLinks } from './pod-links.js';
import { attachSecondary, secondParents } from './secondary-links.js';
import { type Wiring, wiringOf } from './wiring.js';

/** The client outside the cluster, as a peer is called that is no node and no pod. */
export const outside = { key: 'world', address: '203.0.113.9' } as const;

/** Ports that pods, nodes and the client outside listen on. */
const ports = [8080, 5432];

/** What was seen of echo requests on their way. */
export interface Seen {
  readonly reached: boolean;
  /** Packets by the network namespace they were seen in, in their order. */
  readonly packets: ReadonlyMap<string, readonly Packet[]>;
}

/**
 * The nodes and pods of a model as network namespaces, joined as its network would join them: segments are bridges with
 * a router between them, and everything else is what the daemons would program (`Wiring`). Only for IPv4.
 */
export class Lab {
  readonly #netns = new Map<string, Netns>();
  readonly #agents = new Map<string, Agent>();
  readonly #captures = new Map<string, Capture>();
  readonly #wiring: Wiring;
  #links = 0;

  constructor(readonly cluster: Cluster) {
    this.#wiring = wiringOf(cluster, (key) => this.netns(key));
  }

  async build(): Promise<void> {
    const { nodes } = this.cluster.model;
    this.#add('fabric');
    const speakers = [outside.key, ...nodes.map(({ name }) => name), ...this.#pods().map(keyOf)];
    for (const key of speakers) this.#add(key);
    // They take the longest to start, and may do so meanwhile.
    for (const key of speakers) this.#agents.set(key, new Agent(this.netns(key), key, ports));
    this.#fabric();
    for (const node of nodes) this.#node(node);
    for (const node of nodes) await this.#wiring.node(node);
    for (const pod of this.#pods()) this.#pod(pod);
    for (const node of nodes) this.#rules(node);
    await Promise.all([...this.#agents.values()].map(({ ready }) => ready));
  }

  /** Takes away all that was made; a lab that was not built to its end as well. */
  destroy(): void {
    for (const netns of this.#netns.values()) netns.destroy();
    this.#netns.clear();
  }

  netns(key: string): Netns {
    const found = this.#netns.get(key);
    if (found === undefined) throw new Error(`the lab has no ${key}`);
    return found;
  }

  /** Opens a TCP connection, and waits for so many milliseconds at most. */
  connect(from: string, to: string, port: number, patience?: number): Promise<Met> {
    return this.#agents.get(from)!.connect(to, port, patience);
  }

  /** Sends echo requests until one is answered, and watches every node and the receiver. */
  async ping(from: string, to: string, receiver: string): Promise<Seen> {
    const { result, packets } = await this.watch(receiver, () => this.netns(from).succeeds([...ping, to]));
    const isRequest = ({ text, port }: Packet): boolean =>
      text.includes(`> ${to}: ICMP echo request`) || opaque.includes(port ?? 0);
    return { reached: result, packets: new Map([...packets].map(([key, seen]) => [key, seen.filter(isRequest)])) };
  }

  /** Does something, and tells what passed every node and one other network namespace meanwhile. */
  async watch<T>(
    other: string,
    action: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly packets: ReadonlyMap<string, readonly Packet[]> }> {
    const watched = [...new Set([...this.cluster.model.nodes.map(({ name }) => name), other])];
    for (const key of watched) if (!this.#captures.has(key)) this.#captures.set(key, new Capture(this.netns(key)));
    const captures = watched.map((key) => this.#captures.get(key)!);
    await Promise.all(captures.map(({ ready }) => ready));
    for (const capture of captures) capture.forget();
    const result = await action();
    const taken = await Promise.all(captures.map((capture) => capture.take()));
    return { result, packets: new Map(watched.map((key, i) => [key, taken[i]])) };
  }

  /** Whether a packet of so many bytes (IP header included) gets through in one piece. */
  fits(from: string, to: string, bytes: number): Promise<boolean> {
    return this.netns(from).succeeds([...ping, '-M', 'do', '-s', String(bytes - 28), to]);
  }

  /** Gives the fabric routes to pods, as one that learns them would have. */
  routePods(): void {
    const nodeOf = ({ node }: Pod): string => this.cluster.model.nodes.find(({ name }) => name === node)!.addresses[0];
    this.netns('fabric').batch(this.#pods().map((pod) => `route add ${pod.addresses[0]} via ${nodeOf(pod)}`));
  }

  get #parents(): readonly string[] {
    return readAttachments(this.cluster.model).size > 0 ? secondParents : [];
  }

  #pods(): Pod[] {
    return [...this.cluster.model.pods].filter(
      ({ hostNetwork, addresses: own, node }) => !hostNetwork && own.length > 0 && node !== null,
    );
  }

  /** A bridge for each segment, a router between them, and the world outside behind it. */
  #fabric(): void {
    const [fabric, world] = [this.netns('fabric'), this.netns(outside.key)];
    const segments = new Set(this.cluster.model.nodes.map(({ addresses: [own] }) => addresses.segmentOf(own)));
    for (const segment of segments) {
      const bridge = bridgeOf(segment);
      const lines = [`link add ${bridge} type bridge`, `addr add ${addresses.gatewayOf(segment)}/24 dev ${bridge}`];
      fabric.batch([...lines, `link set ${bridge} up`]);
    }
    podLinks.veth(fabric, 'out0', world, 'eth0', 1500);
    fabric.batch(['addr add 203.0.113.1/24 dev out0']);
    world.batch([`addr add ${outside.address}/24 dev eth0`, 'route add default via 203.0.113.1']);
    // Each second interface has a segment of its own: on a shared one a pod would answer for another's address.
    for (const parent of this.#parents)
      fabric.batch([`link add sec-${parent} type bridge`, `link set sec-${parent} up`]);
  }

  #node({ name, addresses: [address] }: Node): void {
    const [netns, fabric] = [this.netns(name), this.netns('fabric')];
    const segment = addresses.segmentOf(address);
    const mtu = this.cluster.dataplane.network.hostMtu.value;
    const port = `n${this.#links++}`;
    podLinks.veth(fabric, port, netns, 'eth0', mtu);
    fabric.batch([`link set ${port} master ${bridgeOf(segment)}`]);
    netns.batch([`addr add ${address}/24 dev eth0`, `route add default via ${addresses.gatewayOf(segment)}`]);
    for (const parent of this.#parents) {
      const other = `n${this.#links++}`;
      podLinks.veth(fabric, other, netns, parent, mtu);
      fabric.batch([`link set ${other} master sec-${parent}`]);
    }
  }

  #pod(pod: Pod): void {
    this.#wiring.pod(pod, this.#links++);
    attachSecondary(this.cluster.model, pod, this.netns(keyOf(pod)), this.netns(pod.node as string));
  }

  #rules(node: Node): void {
    const netns = this.netns(node.name);
    const { nat, filter } = this.#wiring.services(node);
    const hostPorts = hostPortRules(this.cluster, node, this.#wiring.podPrefix);
    netns.rules('nat', [...hostPorts, ...nat, ...this.#wiring.masquerades(node)]);
    netns.rules('filter', filter);
  }

  #add(key: string): void {
    this.#netns.set(key, new Netns());
  }
}

/** Until one echo is answered, an error comes back, or two seconds are over. */
const ping = ['ping', '-n', '-c', '1', '-i', '0.05', '-w', '2'];

/** Ports of tunnels into which tcpdump cannot look. */
const opaque = [8285, 51820];

function keyOf({ namespace, name }: Pod): string {
  return `${namespace}/${name}`;
}

function bridgeOf(segment: string): string {
  return `br${segment.split('.').slice(0, 3).join('x')}`;
}
