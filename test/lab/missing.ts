import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { kernelHas } from './kernel-has.js';
import { labProblem } from './lab-problem.js';

/** Why a part of the lab is left out on this machine, in one line each; null where it is not. */
export const missing = { userspace, ipip, wireguard, ipvlan } as const;

/** For tunnels that a process makes. */
function userspace(): string | null {
  if (!existsSync('/dev/net/tun')) return 'tunnels in userspace: this kernel has no /dev/net/tun';
  const perl = spawnSync('perl', ['-MSocket', '-e', '1']).status === 0;
  return perl ? null : 'tunnels in userspace: there is no perl to run one with';
}

function ipip(): string | null {
  if (labProblem() !== null || kernelHas('ipip')) return null;
  const otherwise = userspace();
  return otherwise === null ? null : `IPIP: this kernel has no ipip devices, and for ${otherwise}`;
}

function wireguard(): string | null {
  if (labProblem() !== null) return null;
  if (!kernelHas('wireguard')) return 'WireGuard: this kernel has no wireguard devices';
  const has = spawnSync('wg', ['--version']).error === undefined;
  return has ? null : 'WireGuard: there is no wg (apt-get install wireguard-tools)';
}

function ipvlan(): string | null {
  return labProblem() !== null || kernelHas('ipvlan') ? null : 'ipvlan: this kernel has no ipvlan devices';
}
