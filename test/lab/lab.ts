import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { annotationKey, baseOf, familyOf, flannelLink, readAttachments, readPodAttachments } from '#dataplane';
import type { Cluster } from '#engine';
import type { FlannelConfig, Node, Pod, Service } from '#model';
import { selectorMatches } from '#model';

/** The client outside the cluster. */
export const outsideClient = '203.0.113.9';

/** Interfaces of nodes that secondary networks hang on. */
const secondParents = ['eth1', 'eth2'];

/** What came of one attempt to reach something. */
export interface Reached {
  readonly reached: boolean;
  /** The peer's address as the server's socket saw it. */
  readonly seenByServer: string | null;
}

/** What was seen of one echo request on its way. */
export interface Seen {
  readonly reached: boolean;
  /** TTL as it arrived; the sender starts with 64. */
  readonly ttl: number | null;
  /** Devices of each node on which the request passed, wrapped or not; veth devices of pods are all `veth…`. */
  readonly devices: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One answer to three requests is enough. */
const thrice = ['-c', '3', '-i', '0.3', '-W', '2'];

/**
 * The nodes and pods of a model as network namespaces, joined as its flannel or canal would join them: segments are
 * bridges with a router between them, and everything else is what the daemons would program. Only for IPv4.
 */
export class Lab {
  readonly #prefix = `cr${process.pid}`;
  readonly #spaces = new Map<string, string>();
  readonly #running = new Set<ChildProcess>();
  #links = 0;

  constructor(readonly cluster: Cluster) {}

  build(): void {
    const { nodes } = this.cluster.model;
    this.#fabric();
    for (const node of nodes) this.#node(node);
    for (const pod of this.#pods()) this.#pod(pod);
    for (const node of nodes) for (const peer of nodes) if (peer !== node) this.#peer(node, peer);
    for (const node of nodes) this.#translations(node);
  }

  destroy(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    for (const name of this.#spaces.values()) run('ip', ['netns', 'del', name]);
  }

  /** Opens a TCP connection and asks the server whom it saw. `server` is where the listener is. */
  async connect(from: string, to: string, port: number, server: string, listen: number): Promise<Reached> {
    const listener = this.#spawn(server, [process.execPath, '-e', listenerSource, String(listen)]);
    await lineOf(listener, /listening/);
    const seen = lineOf(listener, /seen (\S+)/, 4000);
    const client = this.#spawn(from, [process.execPath, '-e', clientSource, to, String(port)]);
    const reached = (await lineOf(client, /connected|failed/, 5000)) === 'connected';
    const line = reached ? await seen : null;
    for (const child of [listener, client]) this.#stop(child);
    return { reached, seenByServer: line?.replace('seen ', '').replace('::ffff:', '') ?? null };
  }

  /** Sends echo requests, since a busy machine may lose one, and watches every node and the receiver. */
  async ping(from: string, to: string, receiver: string): Promise<Seen> {
    const watched = [...this.cluster.model.nodes.map(({ name }) => name), receiver];
    const dumps = watched.map((name) => ({ name, child: this.#spawn(name, dumpCommand(to)), lines: '' }));
    for (const dump of dumps) dump.child.stdout?.on('data', (chunk: Buffer) => (dump.lines += chunk.toString()));
    await Promise.all(dumps.map(({ child }) => errorLineOf(child, /listening on/)));
    const reached = this.#exec(from, ['ping', '-n', ...thrice, to]) !== null;
    await new Promise((resolve) => setTimeout(resolve, 400));
    for (const { child } of dumps) this.#stop(child);
    const text = dumps.find(({ name }) => name === receiver)?.lines ?? '';
    const ttl = /ttl (\d+)[^\n]*\n[^\n]*echo request/.exec(text)?.[1];
    return {
      reached,
      ttl: ttl === undefined ? null : Number(ttl),
      devices: new Map(
        dumps.filter(({ name }) => name !== receiver).map(({ name, lines }) => [name, devicesIn(lines)]),
      ),
    };
  }

  /** Whether a packet of so many bytes (IP header included) gets through in one piece. */
  fits(from: string, to: string, bytes: number): boolean {
    return this.#exec(from, ['ping', '-n', ...thrice, '-M', 'do', '-s', String(bytes - 28), to]) !== null;
  }

  #pods(): Pod[] {
    return [...this.cluster.model.pods].filter(
      ({ hostNetwork, addresses, node }) => !hostNetwork && addresses.length > 0 && node !== null,
    );
  }

  get #config(): FlannelConfig {
    return this.cluster.dataplane.network.flannel?.config as FlannelConfig;
  }

  /** A bridge for each /24 of nodes, a router between them, and the world outside behind it. */
  #fabric(): void {
    this.#space('fabric');
    const segments = new Set(this.cluster.model.nodes.map(segmentOf));
    for (const segment of segments) {
      this.#ip('fabric', `link add br${segment} type bridge`);
      this.#ip('fabric', `addr add 192.168.${segment}.1/24 dev br${segment}`);
      this.#ip('fabric', `link set br${segment} up`);
    }
    this.#space('world');
    this.#veth('fabric', 'out0', 'world', 'eth0', 1500);
    this.#ip('fabric', 'addr add 203.0.113.1/24 dev out0');
    this.#ip('world', `addr add ${outsideClient}/24 dev eth0`);
    this.#ip('world', 'route add default via 203.0.113.1');
    // Each second interface has a segment of its own: on a shared one a pod would answer for another's address.
    for (const parent of secondParents) {
      this.#ip('fabric', `link add sec-${parent} type bridge`);
      this.#ip('fabric', `link set sec-${parent} up`);
    }
  }

  #node(node: Node): void {
    const { name } = node;
    const [address] = node.addresses;
    const segment = segmentOf(node);
    const { hostMtu, flannel } = this.cluster.dataplane.network;
    this.#space(name);
    const port = `n${this.#links++}`;
    this.#veth('fabric', port, name, 'eth0', hostMtu.value);
    this.#ip('fabric', `link set ${port} master br${segment}`);
    this.#ip(name, `addr add ${address}/24 dev eth0`);
    this.#ip(name, `route add default via 192.168.${segment}.1`);
    for (const parent of secondParents) {
      const other = `n${this.#links++}`;
      this.#veth('fabric', other, name, parent, hostMtu.value);
      this.#ip('fabric', `link set ${other} master sec-${parent}`);
    }
    const [cidr] = node.podCidrs;
    if (!this.#isRouted) {
      this.#ip(name, `link add ${flannel?.bridge} type bridge`);
      this.#ip(name, `addr add ${gatewayOf(cidr)}/${cidr.split('/')[1]} dev ${flannel?.bridge}`);
      this.#ip(name, `link set ${flannel?.bridge} mtu ${this.#podMtu} up`);
    }
    if (this.#config.backend.type === 'vxlan') this.#vxlan(node);
  }

  #vxlan(node: Node): void {
    const { backend } = this.#config;
    const { device, overheadBytes } = flannelLink(backend);
    const mac = vtepOf(node, annotationKeyOf(this.cluster, 'backend-data'));
    this.#ip(
      node.name,
      `link add ${device} address ${mac} type vxlan id ${backend.vni} local ${node.addresses[0]} dev eth0 dstport ${backend.port} nolearning`,
    );
    this.#ip(node.name, `addr add ${baseOf(node.podCidrs[0])}/32 dev ${device}`);
    this.#ip(node.name, `link set ${device} mtu ${this.cluster.dataplane.network.hostMtu.value - overheadBytes} up`);
  }

  /** What flanneld programs about a peer. */
  #peer(node: Node, peer: Node): void {
    const { backend } = this.#config;
    const { device } = flannelLink(backend);
    const [cidr] = peer.podCidrs;
    const [address] = peer.addresses;
    const isNear = segmentOf(node) === segmentOf(peer);
    if (backend.type === 'host-gw' || (backend.directRouting && isNear)) {
      // Where the peer is not on the link the kernel refuses, and flanneld only logs it.
      this.#ip(node.name, `route add ${cidr} via ${address} dev eth0`, 'MayFail');
      return;
    }
    const mac = vtepOf(peer, annotationKeyOf(this.cluster, 'backend-data'));
    this.#ip(node.name, `neigh add ${baseOf(cidr)} lladdr ${mac} dev ${device} nud permanent`);
    this.#must(node.name, ['bridge', 'fdb', 'append', mac, 'dev', device as string, 'dst', address]);
    this.#ip(node.name, `route add ${cidr} via ${baseOf(cidr)} dev ${device} onlink`);
  }

  #pod(pod: Pod): void {
    const key = `${pod.namespace}/${pod.name}`;
    const node = pod.node as string;
    const [address] = pod.addresses;
    this.#space(key);
    const host = this.#isRouted ? caliNameOf(this.cluster, pod) : `veth${this.#links++}`;
    this.#veth(node, host, key, 'eth0', this.#podMtu);
    if (this.#isRouted) {
      this.#ip(key, `addr add ${address}/32 dev eth0`);
      this.#ip(key, 'route add 169.254.1.1 dev eth0 scope link');
      this.#ip(key, 'route add default via 169.254.1.1');
      this.#write(node, `conf/${host}/proxy_arp`, '1');
      this.#ip(node, `route add ${address} dev ${host} scope link`);
    } else {
      const cidr = this.cluster.model.nodes.find(({ name }) => name === node)?.podCidrs[0] as string;
      this.#ip(node, `link set ${host} master ${this.cluster.dataplane.network.flannel?.bridge}`);
      this.#must(node, ['bridge', 'link', 'set', 'dev', host, 'hairpin', 'on']);
      this.#ip(key, `addr add ${address}/${cidr.split('/')[1]} dev eth0`);
      this.#ip(key, `route add default via ${gatewayOf(cidr)}`);
    }
    this.#attachments(pod, key, node);
  }

  /** macvlan children of the node's second and third interface. */
  #attachments(pod: Pod, key: string, node: string): void {
    const definitions = readAttachments(this.cluster.model);
    for (const on of readPodAttachments(pod)) {
      const plugin = definitions.get(on.network)?.plugin;
      if (plugin?.type !== 'macvlan') continue;
      const child = `mv${this.#links++}`;
      this.#ip(node, `link add link ${plugin.master} name ${child} type macvlan mode ${plugin.mode ?? 'bridge'}`);
      this.#ip(node, `link set ${child} netns ${this.#nameOf(key)} name ${on.interface}`);
      this.#ip(key, `addr add ${on.ips[0]}/16 dev ${on.interface}`);
      this.#ip(key, `link set ${on.interface} up`);
    }
  }

  /** What kube-proxy and flanneld program into the nat table. */
  #translations(node: Node): void {
    const rules: string[] = [];
    for (const service of this.cluster.model.services) rules.push(...this.#serviceRules(node, service));
    const network = this.#config.network as string;
    const [own] = node.podCidrs;
    rules.push(
      'POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE',
      `POSTROUTING -s ${own} -d ${network} -j RETURN`,
      `POSTROUTING -s ${network} -d ${own} -j RETURN`,
      `POSTROUTING ! -s ${network} -d ${own} -j RETURN`,
      `POSTROUTING -s ${network} ! -d 224.0.0.0/4 -j MASQUERADE`,
      `POSTROUTING ! -s ${network} -d ${network} -j MASQUERADE`,
    );
    for (const rule of rules) this.#must(node.name, ['iptables', '-t', 'nat', '-A', ...rule.split(' ')]);
    const local = this.cluster.model.services.filter(({ externalTrafficPolicy }) => externalTrafficPolicy === 'Local');
    for (const service of local) {
      if (this.#backendOf(service)?.node === node.name) continue;
      for (const { nodePort } of service.ports)
        this.#must(node.name, ['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', String(nodePort), '-j', 'DROP']);
    }
  }

  #serviceRules(node: Node, service: Service): string[] {
    const backend = this.#backendOf(service);
    if (backend === null || service.clusterIps.length === 0) return [];
    const [address] = backend.addresses;
    const isLocal = service.externalTrafficPolicy === 'Local';
    const network = this.#config.network as string;
    return service.ports.flatMap(({ port, targetPort, nodePort }) => {
      const to = `-j DNAT --to-destination ${address}:${targetPort ?? port}`;
      const vip = `-p tcp -d ${service.clusterIps[0]} --dport ${port}`;
      const mark = '-j MARK --set-xmark 0x4000/0x4000';
      const inside = [
        // A client that is no pod of the cluster, or the backend itself, is masqueraded.
        `PREROUTING ${vip} ! -s ${network} ${mark}`,
        `PREROUTING ${vip} -s ${address} ${mark}`,
        `OUTPUT ${vip} ${mark}`,
        `PREROUTING ${vip} ${to}`,
        `OUTPUT ${vip} ${to}`,
      ];
      if (nodePort === null || (isLocal && backend.node !== node.name)) return inside;
      const outer = `-p tcp -d ${node.addresses[0]} --dport ${nodePort}`;
      return [...inside, ...(isLocal ? [] : [`PREROUTING ${outer} ${mark}`]), `PREROUTING ${outer} ${to}`];
    });
  }

  #backendOf({ selector, namespace }: Service): Pod | null {
    const matches = ({ labels }: Pod): boolean => selector === null || selectorMatches(selector, labels);
    return this.#pods().find((pod) => pod.namespace === namespace && matches(pod)) ?? null;
  }

  get #isRouted(): boolean {
    return this.cluster.dataplane.network.kind === 'canal';
  }

  get #podMtu(): number {
    return this.cluster.dataplane.podMtu.value as number;
  }

  #nameOf(key: string): string {
    return this.#spaces.get(key) as string;
  }

  #space(key: string): void {
    const name = `${this.#prefix}-${this.#spaces.size}`;
    run('ip', ['netns', 'add', name], 'Must');
    this.#spaces.set(key, name);
    this.#ip(key, 'link set lo up');
    this.#write(key, 'ip_forward', '1');
    for (const which of ['all', 'default']) this.#write(key, `conf/${which}/rp_filter`, '0');
  }

  #veth(a: string, nameA: string, b: string, nameB: string, mtu: number): void {
    this.#ip(a, `link add ${nameA} mtu ${mtu} type veth peer name ${nameB} mtu ${mtu} netns ${this.#nameOf(b)}`);
    this.#ip(a, `link set ${nameA} up`);
    this.#ip(b, `link set ${nameB} up`);
  }

  #ip(key: string, words: string, how: 'Must' | 'MayFail' = 'Must'): void {
    run('ip', ['-n', this.#nameOf(key), ...words.split(' ')], how);
  }

  #write(key: string, name: string, value: string): void {
    this.#must(key, ['sh', '-c', `echo ${value} > /proc/sys/net/ipv4/${name}`]);
  }

  #must(key: string, command: readonly string[]): void {
    run('ip', ['netns', 'exec', this.#nameOf(key), ...command], 'Must');
  }

  #exec(key: string, command: readonly string[]): string | null {
    return run('ip', ['netns', 'exec', this.#nameOf(key), ...command]);
  }

  #spawn(key: string, command: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.#nameOf(key), ...command], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    return child;
  }

  #stop(child: ChildProcess): void {
    child.kill('SIGKILL');
    this.#running.delete(child);
  }
}

/** The output; null where the program failed. */
function run(program: string, args: readonly string[], how: 'Must' | 'MayFail' = 'MayFail'): string | null {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if (how === 'MayFail') return null;
    const { stderr } = error as { stderr?: string };
    throw new Error(`${program} ${args.join(' ')}: ${stderr ?? String(error)}`, { cause: error });
  }
}

function segmentOf({ addresses }: Node): string {
  return addresses[0].split('.')[2];
}

function gatewayOf(cidr: string): string {
  return baseOf(cidr).replace(/0$/, '1');
}

function annotationKeyOf({ dataplane }: Cluster, name: string): string {
  const { flannel } = dataplane.network;
  return flannel === null ? name : annotationKey(flannel, name);
}

function vtepOf({ annotations }: Node, key: string): string {
  return (JSON.parse(annotations[key]) as { VtepMAC: string }).VtepMAC;
}

/** The name that the trace gives the device: the kernel takes it, so that captures show it. */
function caliNameOf({ dataplane }: Cluster, { namespace, name }: Pod): string {
  const prefix = dataplane.network.calico?.interfacePrefix ?? 'cali';
  const digest = execFileSync('sha1sum', { input: `${namespace}.${name}`, encoding: 'utf8' });
  return prefix + digest.slice(0, 11);
}

function dumpCommand(to: string): string[] {
  const filter = `(icmp[icmptype] == icmp-echo) or udp port 8472`;
  return ['tcpdump', '-n', '-l', '-v', '-i', 'any', ...(familyOf(to) === 'IPv4' ? [filter] : [])];
}

function devicesIn(lines: string): Set<string> {
  const names = [...lines.matchAll(/^\S+ (\S+)\s+(?:In|Out|P|B|M)\s/gm)].map(([, name]) => name);
  return new Set(names.map((name) => (/^veth\d+$/.test(name) ? 'veth…' : name)));
}

function lineOf(child: ChildProcess, pattern: RegExp, millis = 10_000): Promise<string | null> {
  return streamLine(child.stdout, pattern, millis);
}

function errorLineOf(child: ChildProcess, pattern: RegExp): Promise<string | null> {
  return streamLine(child.stderr, pattern, 10_000);
}

function streamLine(stream: NodeJS.ReadableStream | null, pattern: RegExp, millis: number): Promise<string | null> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => resolve(null), millis);
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = pattern.exec(text);
      if (found === null) return;
      clearTimeout(timer);
      resolve(found[0]);
    });
  });
}

const listenerSource = `require('net').createServer((s) => { console.log('seen ' + s.remoteAddress); s.end(); }).listen(+process.argv[1], () => console.log('listening'))`;
const clientSource = `const s = require('net').connect(+process.argv[2], process.argv[1]); s.on('connect', () => { console.log('connected'); }); s.on('error', () => { console.log('failed'); }); setTimeout(() => { console.log('failed'); process.exit(); }, 2000)`;
