import { spawnSync } from 'node:child_process';

/** Programs the lab needs, with the Debian package that brings each. */
const tools: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  bridge: 'iproute2',
  iptables: 'iptables',
  ping: 'iputils-ping',
  tcpdump: 'tcpdump',
};

/** Why the lab cannot run on this machine, in one line; null where it can. */
export function labProblem(): string | null {
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
  const types = ['type bridge', 'type vxlan id 1 dstport 8472 dev lo', 'type veth'];
  const refused = types.find(
    (type, i) => spawnSync('ip', ['-n', name, 'link', 'add', `p${i}`, ...type.split(' ')]).status !== 0,
  );
  spawnSync('ip', ['netns', 'del', name]);
  return refused === undefined ? null : `this kernel has no ${refused.split(' ')[1]} devices`;
}
