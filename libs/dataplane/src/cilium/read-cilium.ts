import type { CiliumNetwork, ClusterModel } from '#model';
import { canonicalCidr } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { masqueradeAgentInCilium } from '../masquerade-agent.js';
import { numberOf } from '../network-object.js';
import { configMapOf } from '../shown.js';

/** `cilium-config` with the agent's defaults, where Cilium (or GKE's Dataplane V2) is the network; else null. */
export function readCilium(model: ClusterModel, evidence: Evidence, primary: string): CiliumNetwork | null {
  if (primary !== 'cilium' && primary !== 'gke-dpv2' && primary !== 'ambiguous') return null;
  const map = configMapOf(evidence, 'cilium');
  if (map === null && primary === 'ambiguous') return null;
  const data = map?.data ?? {};
  const text = (...names: readonly string[]): string | null => {
    const found = names.find((name) => Object.hasOwn(data, name) && data[name].trim() !== '');
    return found === undefined ? null : data[found].trim();
  };
  const isOn = (fallback: boolean, ...names: readonly string[]): boolean => {
    const written = text(...names);
    return written === null ? fallback : written.toLowerCase() === 'true';
  };
  const cidr = (...names: readonly string[]): string | null => canonicalCidr(text(...names) ?? '');
  // Before `routing-mode`, `tunnel: disabled` said native.
  const old = text('tunnel');
  const isNative = text('routing-mode') === 'native' || (text('routing-mode') === null && old === 'disabled');
  const protocol = (text('tunnel-protocol') ?? old) === 'geneve' ? 'geneve' : 'vxlan';
  const mode = text('bpf-lb-mode', 'node-port-mode');
  const mtu = numberOf(text('mtu'));
  const port = numberOf(text('tunnel-port'));
  return {
    from: map?.ref ?? null,
    routing: isNative ? 'native' : 'tunnel',
    tunnelProtocol: protocol,
    tunnelPort: port !== null && port > 0 ? port : protocol === 'geneve' ? 6081 : 8472,
    encryption: isOn(false, 'enable-wireguard') ? 'wireguard' : isOn(false, 'enable-ipsec') ? 'ipsec' : null,
    mtu: mtu !== null && mtu > 0 ? mtu : null,
    autoDirectNodeRoutes: isOn(false, 'auto-direct-node-routes'),
    ipam: text('ipam') ?? 'cluster-pool',
    masqueradeV4: isOn(true, 'enable-ipv4-masquerade', 'masquerade'),
    masqueradeV6: isOn(true, 'enable-ipv6-masquerade', 'masquerade'),
    bpfMasquerade: isOn(false, 'enable-bpf-masquerade'),
    nativeCidrV4: cidr('ipv4-native-routing-cidr', 'native-routing-cidr'),
    nativeCidrV6: cidr('ipv6-native-routing-cidr'),
    masqueradeInterfaces: (text('egress-masquerade-interfaces') ?? '').split(/[\s,]+/).filter((name) => name !== ''),
    masqueradeAgent: isOn(false, 'enable-ip-masq-agent') ? masqueradeAgentInCilium(model) : null,
    loadBalancerMode: mode === 'dsr' || mode === 'hybrid' ? mode : 'snat',
  };
}
