import type { ClusterModel, Component, KubeRouterNetwork } from '#model';
import type { Evidence } from '../evidence.js';
import { booleanFlag, flagOf, flagsOf } from '../flags.js';
import { imageVersion, versionAtLeast } from '../image-version.js';
import { recordOf } from '../settings.js';

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
    enableIpv6: booleanFlag(daemon, 'enable-ipv6', false),
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

/** The bridge of its CNI configuration: one plugin, or a list of them. */
function cniOf(configMap: Component | undefined): Pick<KubeRouterNetwork, 'cniBridge' | 'cniMtu' | 'bridgeHairpin'> {
  const config = recordOf(configMap?.data['cni-conf.json']);
  const plugins = (Array.isArray(config?.plugins) ? (config.plugins as unknown[]) : [config]) as Plugin[];
  const bridge = plugins.find((plugin) => plugin?.type === 'bridge');
  const mtu = bridge?.mtu;
  return {
    cniBridge: typeof bridge?.bridge === 'string' ? bridge.bridge : 'kube-bridge',
    cniMtu: typeof mtu === 'number' && mtu > 0 ? mtu : null,
    bridgeHairpin: bridge?.hairpinMode === true,
  };
}

type Plugin = Readonly<Record<string, unknown>> | null | undefined;
