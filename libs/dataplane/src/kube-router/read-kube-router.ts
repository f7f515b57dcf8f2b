import type { ClusterModel, Component, KubeRouterNetwork } from '#model';
import type { Evidence } from '../evidence.js';
import { booleanFlag, flagOf, flagsOf } from '../flags.js';
import { imageVersion, versionAtLeast } from '../image-version.js';

/** kube-router's flags, with the daemon's own defaults; null where it does not run. */
export function readKubeRouter({ components, nodes }: ClusterModel, evidence: Evidence): KubeRouterNetwork | null {
  const daemon = evidence.daemons.find(({ part }) => part === 'kube-router')?.by ?? null;
  if (daemon === null) return null;
  const configMap = components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === 'kube-router-cfg');
  const version = imageVersion(
    daemon.containers.find(({ name, init }) => !init && name === 'kube-router')?.image ?? '',
  );
  const list = (flag: string): string[] => flagsOf(daemon, flag).flatMap((value) => value.split(','));
  const ranges = list('service-cluster-ip-range');
  const annotated = nodes.some(({ annotations }) => Object.hasOwn(annotations, 'kube-router.io/peer.ips'));
  return {
    from: daemon.ref,
    router: booleanFlag(daemon, 'run-router', true),
    firewall: booleanFlag(daemon, 'run-firewall', true),
    serviceProxy: booleanFlag(daemon, 'run-service-proxy', true),
    overlay: booleanFlag(daemon, 'enable-overlay', true),
    overlayType: flagOf(daemon, 'overlay-type') === 'full' ? 'full' : 'subnet',
    overlayEncap: flagOf(daemon, 'overlay-encap') === 'fou' ? 'fou' : 'ipip',
    fouPort: Number(flagOf(daemon, 'overlay-encap-port') ?? 5555) || 5555,
    podEgress: booleanFlag(daemon, 'enable-pod-egress', true),
    masqueradeAll: booleanFlag(daemon, 'masquerade-all', false),
    autoMtu: booleanFlag(daemon, 'auto-mtu', true),
    enableCni: booleanFlag(daemon, 'enable-cni', true),
    hairpin: booleanFlag(daemon, 'hairpin-mode', false),
    ...cniOf(configMap),
    clusterIpRanges: ranges.length > 0 ? ranges : ['10.96.0.0/12'],
    externalIpRanges: list('service-external-ip-range'),
    loadBalancerIpRanges: list('loadbalancer-ip-range'),
    strictVipValidation: versionAtLeast(version, 2, 8) && booleanFlag(daemon, 'strict-external-ip-validation', true),
    externalPeers: flagOf(daemon, 'peer-router-ips') !== null || annotated,
    version,
  };
}

/** The bridge of its CNI configuration. */
function cniOf(configMap: Component | undefined): Pick<KubeRouterNetwork, 'cniBridge' | 'cniMtu' | 'bridgeHairpin'> {
  const text = configMap?.data['cni-conf.json'] ?? '';
  const mtu = /"mtu"\s*:\s*(\d+)/.exec(text)?.[1];
  return {
    cniBridge: /"bridge"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? 'kube-bridge',
    cniMtu: mtu === undefined || mtu === '0' ? null : Number(mtu),
    bridgeHairpin: /"hairpinMode"\s*:\s*true/.test(text),
  };
}
