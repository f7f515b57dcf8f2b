import { spawnSync } from 'node:child_process';
import { type DeviceType, kernelHas } from './kernel-has.js';

/** Programs the lab needs, with the Debian package that brings each. */
const tools: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  bridge: 'iproute2',
  iptables: 'iptables',
  ping: 'iputils-ping',
  tcpdump: 'tcpdump',
};

/** Types of devices that no network of the lab does without. */
const types: readonly DeviceType[] = ['bridge', 'vxlan', 'veth', 'macvlan'];

let found: string | null | undefined;

/** Why the lab cannot run on this machine, in one line; null where it can. */
export function labProblem(): string | null {
  found ??= findProblem();
  return found;
}

function findProblem(): string | null {
  if (process.platform !== 'linux') return 'the lab needs Linux';
  if (process.getuid?.() !== 0) return 'the lab makes network namespaces, which only root may';
  const missing = Object.keys(tools).filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((tool) => tools[tool]))].join(' ');
    return `the lab needs ${missing.join(', ')}: apt-get install ${packages}`;
  }
  const name = `cr-probe-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name]);
  if (made.status !== 0) return `this kernel gives no network namespaces: ${String(made.stderr).trim()}`;
  spawnSync('ip', ['netns', 'del', name]);
  const refused = types.find((type) => !kernelHas(type));
  return refused === undefined ? null : `this kernel has no ${refused} devices`;
}
