import { fileURLToPath } from 'node:url';
import { kernelHas } from './kernel-has.js';
import { lineOf } from './line-of.js';
import type { Netns } from './netns.js';

/** A device that wraps packets for other nodes. */
export interface TunnelEnd {
  readonly device: string;
  /** The node's own address. */
  readonly local: string;
  readonly mtu: number;
  /** Of the device, with its prefix; null where it has none. */
  readonly address: string | null;
  readonly peers: readonly TunnelPeer[];
}

export interface TunnelPeer {
  /** Addresses of pods behind it. */
  readonly cidrs: readonly string[];
  /** The peer node's address. */
  readonly outer: string;
  /** Words that a daemon adds to its routes. */
  readonly route?: string;
}

/** Tunnels between nodes, each as a kernel makes it, or a daemon in userspace where that is how it is done. */
export const tunnels = { vxlan, ipip, udp, wireguard } as const;

interface VxlanEnd extends TunnelEnd {
  readonly vni: number;
  readonly port: number;
  readonly mac: string;
  /** Of each peer in the order of `peers`: its device's MAC and address. */
  readonly vteps: readonly { readonly mac: string; readonly address: string }[];
}

function vxlan(netns: Netns, { device, local, mtu, address, peers, vni, port, mac, vteps }: VxlanEnd): void {
  netns.batch([
    `link add ${device} address ${mac} type vxlan id ${vni} local ${local} dev eth0 dstport ${port} nolearning`,
    `addr add ${address} dev ${device}`,
    `link set ${device} mtu ${mtu} up`,
  ]);
  peers.forEach(({ cidrs, outer }, i) => {
    const vtep = vteps[i];
    netns.does(`bridge fdb append ${vtep.mac} dev ${device} dst ${outer}`);
    netns.batch([
      `neigh add ${vtep.address} lladdr ${vtep.mac} dev ${device} nud permanent`,
      ...cidrs.map((cidr) => `route add ${cidr} via ${vtep.address} dev ${device} onlink`),
    ]);
  });
}

/** By the kernel's driver; where it has none, by a process that wraps just the same and hangs on a TUN device. */
async function ipip(netns: Netns, end: TunnelEnd): Promise<void> {
  if (!kernelHas('ipip')) return userspace(netns, end, ['ipip']);
  const { device, local, peers } = end;
  const remote = peers.length === 1 ? ` remote ${peers[0].outer}` : '';
  // `tunl0` is there already where the driver makes one in every namespace.
  netns.tries(`link add ${device} type ipip local ${local}${remote}`);
  address(netns, end);
  route(netns, end, ({ outer }) => ` via ${outer} dev ${device} onlink`);
}

/** flanneld's own back end in userspace. */
function udp(netns: Netns, end: TunnelEnd & { readonly port: number }): Promise<void> {
  return userspace(netns, end, ['udp', String(end.port)]);
}

const daemon = fileURLToPath(new URL('tun-daemon.pl', import.meta.url));

async function userspace(netns: Netns, end: TunnelEnd, how: readonly string[]): Promise<void> {
  const { device, peers } = end;
  const table = peers.flatMap(({ cidrs, outer }) => cidrs.map((cidr) => `${cidr}=${outer}`));
  const child = netns.start(['perl', daemon, device, ...how, ...table]);
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  if ((await lineOf(child.stdout, /ready/)) === null) throw new Error(`${device}: ${complaint}`);
  address(netns, end);
  route(netns, end, () => ` dev ${device}`);
}

interface WireguardEnd extends TunnelEnd {
  readonly port: number;
}

/** Private keys of nodes are made up from their addresses, and the public ones are what `wg` makes of them. */
function wireguard(netns: Netns, { peers, ...end }: WireguardEnd): void {
  const { device, local, port } = end;
  netns.batch([`link add ${device} type wireguard`]);
  netns.does(`wg set ${device} listen-port ${port} private-key /dev/stdin`, [privateKeyOf(local)]);
  for (const { cidrs, outer } of peers) {
    const key = netns.says(['wg', 'pubkey'], privateKeyOf(outer)).trim();
    netns.does(`wg set ${device} peer ${key} endpoint ${outer}:${port} allowed-ips ${cidrs.join(',')}`);
  }
  address(netns, { ...end, peers });
  route(netns, { ...end, peers }, () => ` dev ${device}`);
}

function privateKeyOf(address: string): string {
  return Buffer.alloc(32, `key of ${address} `).toString('base64');
}

function address(netns: Netns, { device, mtu, address: own }: TunnelEnd): void {
  const lines = own === null ? [] : [`addr add ${own} dev ${device}`];
  netns.batch([...lines, `link set ${device} mtu ${mtu} up`]);
}

function route(netns: Netns, { peers }: TunnelEnd, words: (peer: TunnelPeer) => string): void {
  netns.batch(peers.flatMap((peer) => peer.cidrs.map((cidr) => `route add ${cidr}${words(peer)}${peer.route ?? ''}`)));
}
