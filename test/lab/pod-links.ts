import { createHash } from 'node:crypto';
import type { Pod } from '#model';
import type { Netns } from './netns.js';

/** How pods hang on their nodes. */
export const podLinks = { veth, bridged, routed } as const;

/** Two devices that are each other's other end. */
function veth(a: Netns, nameA: string, b: Netns, nameB: string, mtu: number): void {
  a.batch([
    `link add ${nameA} mtu ${mtu} type veth peer name ${nameB} mtu ${mtu} netns ${b.name}`,
    `link set ${nameA} up`,
  ]);
  b.batch([`link set ${nameB} up`]);
}

interface Bridged {
  readonly device: string;
  readonly bridge: string;
  readonly hairpin: boolean;
  /** With its prefix. */
  readonly address: string;
  readonly gateway: string;
  readonly mtu: number;
}

/** A port of the node's bridge, as the bridge plugin makes it. */
function bridged(node: Netns, pod: Netns, { device, bridge, hairpin, address, gateway, mtu }: Bridged): void {
  veth(node, device, pod, 'eth0', mtu);
  node.batch([`link set ${device} master ${bridge}`]);
  if (hairpin) node.does(`bridge link set dev ${device} hairpin on`);
  pod.batch([`addr add ${address} dev eth0`, `route add default via ${gateway}`]);
}

/** A link that the node routes to, as Calico's plugin makes it: the gateway exists only in the node's answers to ARP. */
function routed(
  node: Netns,
  pod: Netns,
  of: Pod,
  { prefix, mtu }: { readonly prefix: string; readonly mtu: number },
): void {
  const device = prefix + createHash('sha1').update(`${of.namespace}.${of.name}`).digest('hex').slice(0, 11);
  const [address] = of.addresses;
  veth(node, device, pod, 'eth0', mtu);
  // Without the second the kernel puts each answer off by up to 0.8 seconds; Felix sets both.
  node.write({ [`net.ipv4.conf.${device}.proxy_arp`]: 1, [`net.ipv4.neigh.${device}.proxy_delay`]: 0 });
  node.batch([`route add ${address} dev ${device} scope link`]);
  pod.batch([
    `addr add ${address}/32 dev eth0`,
    'route add 169.254.1.1 dev eth0 scope link',
    'route add default via 169.254.1.1',
  ]);
}
