import type { ClusterModel, Component, FlannelBackend, FlannelConfig, FlannelNetwork, Sourced } from '#model';
import { canonicalCidr } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { booleanFlag, envOf, flagOf, isTrue } from '../flags.js';
import { isCanal } from '../identify-primary.js';
import { imageVersion } from '../image-version.js';
import type { K3sFlags } from '../k3s-flags.js';
import { recordOf } from '../settings.js';
import { parseNetConf } from './parse-net-conf.js';

const defaultPrefix = 'flannel.alpha.coreos.com';

/** flanneld's settings: alone, inside canal, or inside k3s; null where nothing of it runs or is the network. */
export function readFlannel(model: ClusterModel, evidence: Evidence, primary: string): FlannelNetwork | null {
  const daemon = evidence.daemons.find(({ part }) => part === 'flannel')?.by ?? null;
  if (daemon === null && evidence.isK3sFlannel) return embeddedFlannel(model, evidence.k3s);
  const isNetwork = primary === 'flannel' || primary === 'canal';
  const configMap = netConfOf(model, daemon, isCanal(evidence) || primary === 'canal');
  if (daemon === null && !(isNetwork && configMap !== null)) return null;
  const container = daemon?.containers.find(
    ({ name, init }) => !init && (name === 'kube-flannel' || name === 'flanneld'),
  );
  const version = imageVersion(container?.image ?? '');
  const text = configMap?.data['net-conf.json'] ?? null;
  const conf = text === null ? { config: null, problems: [] } : parseNetConf(text, version);
  return {
    from: configMap?.ref ?? daemon?.ref ?? null,
    mode: daemon === null || isKubeMode(daemon) ? 'kube' : 'etcd',
    ...conf,
    ipMasq: ipMasqOf(daemon, configMap),
    annotationPrefix:
      flagOf(daemon, 'kube-annotation-prefix') ?? envOf(daemon, 'FLANNELD_KUBE_ANNOTATION_PREFIX') ?? defaultPrefix,
    version,
    ...cniOf(configMap),
    embedded: false,
  };
}

/** The key of a flannel annotation under the prefix in use; a prefix with a slash ends in a dash. */
export function annotationKey({ annotationPrefix }: FlannelNetwork, name: string): string {
  return annotationPrefix.includes('/') ? `${annotationPrefix}-${name}` : `${annotationPrefix}/${name}`;
}

/** canal has a ConfigMap of its own; one of the other kind may be left over beside it. */
function netConfOf({ components }: ClusterModel, daemon: Component | null, isOfCanal: boolean): Component | null {
  const maps = components.filter(({ ref, data }) => ref.kind === 'ConfigMap' && Object.hasOwn(data, 'net-conf.json'));
  const fits = ({ ref }: Component): number =>
    (/canal-config$/.test(ref.name) === isOfCanal ? 2 : 0) + (ref.namespace === daemon?.ref.namespace ? 1 : 0);
  return [...maps].sort((a, b) => fits(b) - fits(a))[0] ?? null;
}

/** Every manifest for Kubernetes has the flag; a daemon without flags at all is one whose arguments nobody saw. */
function isKubeMode(daemon: Component): boolean {
  const hasArguments = daemon.containers.some(({ name, args }) => name === 'kube-flannel' && args.length > 0);
  const env = envOf(daemon, 'FLANNELD_KUBE_SUBNET_MGR');
  return !hasArguments || booleanFlag(daemon, 'kube-subnet-mgr', env !== null && isTrue(env));
}

function ipMasqOf(daemon: Component | null, configMap: Component | null): Sourced<boolean> {
  const flag = flagOf(daemon, 'ip-masq');
  const env = envOf(daemon, 'FLANNELD_IP_MASQ');
  const from = daemon === null ? {} : { from: daemon.ref };
  if (flag !== null) return { value: isTrue(flag), provenance: 'observed', ...from };
  if (env !== null && env !== '') return { value: isTrue(env), provenance: 'observed', ...from };
  const masquerade = configMap?.data.masquerade;
  if (masquerade !== undefined) return { value: isTrue(masquerade), provenance: 'observed', from: configMap?.ref };
  const hasArguments = daemon?.containers.some(({ args }) => args.some((word) => word.startsWith('-'))) === true;
  return hasArguments ? { value: false, provenance: 'observed', ...from } : { value: true, provenance: 'assumed' };
}

/** The bridge that the flannel plugin delegates to (dataplane B.6); canal has its own plugin and no bridge. */
function cniOf(configMap: Component | null): Pick<FlannelNetwork, 'bridge' | 'hairpin' | 'cniMtu'> {
  const shipped = { bridge: 'cni0', hairpin: true, cniMtu: null };
  const text = configMap?.data['cni-conf.json'];
  if (text === undefined) return shipped;
  const config = recordOf(text);
  if (config === null) return shipped;
  const { plugins, ...single } = config;
  const list: unknown[] = Array.isArray(plugins) ? plugins : [single];
  const plugin = list.find((one) => (one as { type?: unknown } | null)?.type === 'flannel') as
    { delegate?: { bridge?: unknown; hairpinMode?: unknown; mtu?: unknown } } | undefined;
  if (plugin === undefined) return shipped;
  const { bridge, hairpinMode, mtu } = plugin.delegate ?? {};
  return {
    bridge: typeof bridge === 'string' ? bridge : 'cni0',
    hairpin: hairpinMode === true,
    cniMtu: typeof mtu === 'number' && mtu > 0 ? mtu : null,
  };
}

/** k3s runs flannel in its own process, with the server's flags. */
function embeddedFlannel({ nodes }: ClusterModel, k3s: K3sFlags): FlannelNetwork {
  const flag = (name: string): string | undefined => k3s.valuesOf(name).at(0);
  const annotated = nodes
    .map(({ annotations }) => annotations[`${defaultPrefix}/backend-type`])
    .find((type) => type !== undefined && type !== '');
  const cidrs = (flag('cluster-cidr') ?? '10.42.0.0/16').split(',').flatMap((cidr) => canonicalCidr(cidr.trim()) ?? []);
  const written = flag('flannel-backend') ?? annotated ?? 'vxlan';
  const type = Object.hasOwn(k3sBackends, written) ? k3sBackends[written] : undefined;
  const config: FlannelConfig | null =
    type === undefined
      ? null
      : {
          enableIPv4: cidrs.some((cidr) => !cidr.includes(':')),
          enableIPv6: cidrs.some((cidr) => cidr.includes(':')),
          enableNFTables: false,
          network: cidrs.find((cidr) => !cidr.includes(':')) ?? null,
          ipv6Network: cidrs.find((cidr) => cidr.includes(':')) ?? null,
          subnetLen: 0,
          subnetMin: null,
          subnetMax: null,
          ipv6SubnetLen: 0,
          ipv6SubnetMin: null,
          ipv6SubnetMax: null,
          backend: {
            type,
            vni: 1,
            port: type === 'wireguard' ? 51820 : 8472,
            directRouting: false,
            mtu: null,
            udpEncap: false,
          },
        };
  return {
    from: null,
    mode: 'kube',
    config,
    problems: [],
    ipMasq: { value: true, provenance: 'derived' },
    annotationPrefix: defaultPrefix,
    version: null,
    bridge: 'cni0',
    hairpin: true,
    cniMtu: null,
    embedded: true,
  };
}

const k3sBackends: Readonly<Record<string, FlannelBackend['type'] | undefined>> = {
  vxlan: 'vxlan',
  'host-gw': 'host-gw',
  'wireguard-native': 'wireguard',
  wireguard: 'wireguard',
  ipsec: 'ipsec',
};
