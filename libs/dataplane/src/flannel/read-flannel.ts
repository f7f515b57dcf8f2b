import type { ClusterModel, Component, FlannelBackend, FlannelConfig, FlannelNetwork, Sourced } from '#model';
import { canonicalCidr } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { booleanFlag, envOf, flagOf, isTrue } from '../flags.js';
import { imageVersion } from '../image-version.js';
import { parseNetConf } from './parse-net-conf.js';

const defaultPrefix = 'flannel.alpha.coreos.com';

/** flanneld's settings: alone, inside canal, or inside k3s; null where nothing of it runs or is configured. */
export function readFlannel(model: ClusterModel, evidence: Evidence): FlannelNetwork | null {
  const daemon = evidence.daemons.find(({ part }) => part === 'flannel')?.by ?? null;
  const configMap = netConfOf(model, daemon);
  if (daemon === null && evidence.isK3sFlannel) return embeddedFlannel(model);
  if (daemon === null && (configMap === null || runsAnotherNetwork(evidence))) return null;
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

function netConfOf({ components }: ClusterModel, daemon: Component | null): Component | null {
  const maps = components.filter(({ ref, data }) => ref.kind === 'ConfigMap' && Object.hasOwn(data, 'net-conf.json'));
  return maps.find(({ ref }) => ref.namespace === daemon?.ref.namespace) ?? maps[0] ?? null;
}

function runsAnotherNetwork(evidence: Evidence): boolean {
  return evidence.daemons.some(({ part }) => part !== 'kube-proxy' && part !== 'multus' && part !== 'sriov');
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
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return shipped;
  }
  const { plugins, ...single } = (parsed ?? {}) as { plugins?: unknown };
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
function embeddedFlannel({ nodes }: ClusterModel): FlannelNetwork {
  const args = nodes.flatMap(({ annotations }) =>
    Object.hasOwn(annotations, 'k3s.io/node-args') ? [annotations['k3s.io/node-args']] : [],
  );
  const flag = (name: string): string | null =>
    args
      .map((text) => new RegExp(`"--${name}(?:=|",\\s*")([^"]+)"`).exec(text)?.[1] ?? null)
      .find((value) => value !== null) ?? null;
  const annotated = nodes
    .map(({ annotations }) => annotations[`${defaultPrefix}/backend-type`])
    .find((type) => type !== undefined && type !== '');
  const cidrs = (flag('cluster-cidr') ?? '10.42.0.0/16').split(',').flatMap((cidr) => canonicalCidr(cidr.trim()) ?? []);
  const type = k3sBackends[flag('flannel-backend') ?? annotated ?? 'vxlan'];
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
