import type { AntreaNetwork } from '#model';
import type { Evidence } from '../evidence.js';
import { numberOf } from '../network-object.js';
import { settingsIn, settingText } from '../settings.js';
import { configMapOf, runs } from '../shown.js';

/** `antrea-agent.conf` with the agent's defaults; null where Antrea does not run. */
export function readAntrea(evidence: Evidence, primary: string): AntreaNetwork | null {
  const map = configMapOf(evidence, 'antrea');
  if (primary !== 'antrea' && !(runs(evidence, 'antrea') && primary === 'ambiguous')) return null;
  const settings = settingsIn(map, 'antrea-agent.conf');
  const text = (...path: readonly string[]): string | null => settingText(settings, ...path) || null;
  const mode = modes.find((word) => word.toLowerCase() === text('trafficEncapMode')?.toLowerCase()) ?? 'encap';
  const tunnel = tunnels.find((word) => word === text('tunnelType')?.toLowerCase()) ?? 'geneve';
  const port = numberOf(text('tunnelPort'));
  const mtu = numberOf(text('defaultMTU'));
  return {
    // What nobody can read is no source: the agent does not start on it.
    from: settings.kind === 'Settings' ? (map?.ref ?? null) : null,
    mode,
    tunnel,
    tunnelPort: port !== null && port > 0 ? port : usualPorts[tunnel],
    encryption: encryptions.find((word) => word === text('trafficEncryptionMode')?.toLowerCase()) ?? null,
    gateway: text('hostGateway') ?? 'antrea-gw0',
    ovsBridge: text('ovsBridge') ?? 'br-int',
    mtu: mtu !== null && mtu > 0 ? mtu : null,
    noSnat: text('noSNAT') === 'true',
  };
}

const modes = ['encap', 'noEncap', 'hybrid', 'networkPolicyOnly'] as const;
const encryptions = ['wireguard', 'ipsec'] as const;
const tunnels = ['geneve', 'vxlan', 'gre', 'stt'] as const;
const usualPorts: Readonly<Record<AntreaNetwork['tunnel'], number | null>> = {
  geneve: 6081,
  vxlan: 4789,
  gre: null,
  stt: 7471,
};
