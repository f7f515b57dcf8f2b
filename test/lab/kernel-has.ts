import { execFileSync, spawnSync } from 'node:child_process';

/** Types of devices that kernels have or have not, as `ip link add` is told of one. */
const types = {
  bridge: 'type bridge',
  vxlan: 'type vxlan id 1 dstport 8472 dev lo',
  veth: 'type veth',
  macvlan: 'link parent type macvlan',
  ipvlan: 'link parent type ipvlan',
  ipip: 'type ipip local 127.0.0.1 remote 127.0.0.2',
  wireguard: 'type wireguard',
} as const;

export type DeviceType = keyof typeof types;

const known = new Map<DeviceType, boolean>();

/** Whether this kernel makes devices of a type, found out by making one. */
export function kernelHas(type: DeviceType): boolean {
  const before = known.get(type);
  if (before !== undefined) return before;
  const name = `cr-probe-${process.pid}`;
  execFileSync('ip', ['netns', 'add', name]);
  const makes = (device: string, words: string): boolean =>
    spawnSync('ip', ['-n', name, 'link', 'add', device, ...words.split(' ')]).status === 0;
  makes('parent', types.veth);
  const has = makes('probe', types[type]);
  execFileSync('ip', ['netns', 'del', name]);
  known.set(type, has);
  return has;
}
