import type { CalicoNetwork, CalicoPool, ClusterModel, Component, NetworkObject } from '#model';
import { canonicalCidr } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { envOf } from '../flags.js';
import { isCanal } from '../identify-primary.js';
import { imageVersion } from '../image-version.js';
import { numberOf, objectsOf, specOf, textOf } from '../network-object.js';
import { settingsIn, settingText } from '../settings.js';
import { calicoBpf } from './calico-bpf.js';

type Mode = CalicoPool['ipipMode'];

/**
 * calico-node's settings (dataplane E); null where it neither runs nor is the network. What is not set has the value the
 * daemon takes. Felix reads its environment before its FelixConfiguration.
 */
export function readCalico(model: ClusterModel, evidence: Evidence, primary: string): CalicoNetwork | null {
  const daemon = evidence.daemons.find(({ part }) => part === 'calico')?.by ?? null;
  if (daemon === null && primary !== 'calico' && primary !== 'canal') return null;
  const configMap = calicoConfigOf(model, isCanal(evidence) || primary === 'canal');
  const installation = specOf(model, 'Installation', 'default');
  if (daemon === null && configMap === null && installation === undefined) return null;
  const felix = specOf(model, 'FelixConfiguration', 'default')?.spec ?? {};
  const operator = recordIn(installation?.spec.calicoNetwork);
  const number = (field: string, env: string): number | null => positive(numberOf(envOf(daemon, env) ?? felix[field]));
  const isOn = (field: string, env: string): boolean => {
    const written = envOf(daemon, env);
    return written === null ? felix[field] === true : written.toLowerCase() === 'true';
  };
  const bgp = specOf(model, 'BGPConfiguration', 'default')?.spec.nodeToNodeMeshEnabled;
  const information = specOf(model, 'ClusterInformation', 'default')?.spec;
  return {
    from: daemon?.ref ?? configMap?.ref ?? installation?.ref ?? null,
    backend: backendOf(daemon, configMap, operator),
    ...poolsOf(model, daemon, installation),
    ebpf: calicoBpf(model, daemon) !== null,
    endpointToHostAction: toHostAction(felix, daemon),
    denyAction:
      felix.iptablesFilterDenyAction === 'Reject' || felix.nftablesFilterDenyAction === 'Reject' ? 'Reject' : 'Drop',
    excludesHostsFromNat: felix.natOutgoingExclusions === 'IPPoolsAndHostIPs',
    natOutgoingAddress: envOf(daemon, 'FELIX_NATOUTGOINGADDRESS') ?? textOf(felix.natOutgoingAddress),
    natOutgoingInterface:
      envOf(daemon, 'FELIX_IPTABLESNATOUTGOINGINTERFACEFILTER') ?? textOf(felix.iptablesNATOutgoingInterfaceFilter),
    vethMtu: positive(numberOf(configMap?.data.veth_mtu) ?? numberOf(operator.mtu)),
    ipipMtu: number('ipipMTU', 'FELIX_IPINIPMTU'),
    vxlanMtu: number('vxlanMTU', 'FELIX_VXLANMTU'),
    wireguardMtu: number('wireguardMTU', 'FELIX_WIREGUARDMTU'),
    vxlanPort: numberOf(felix.vxlanPort) ?? 4789,
    vxlanVni: numberOf(felix.vxlanVNI) ?? 4096,
    wireguard: isOn('wireguardEnabled', 'FELIX_WIREGUARDENABLED'),
    wireguardV6: felix.wireguardEnabledV6 === true,
    interfacePrefix: (envOf(daemon, 'FELIX_INTERFACEPREFIX') ?? textOf(felix.interfacePrefix) ?? 'cali').split(',')[0],
    ipam: usesPodCidrs(daemon, configMap, installation) ? 'host-local' : 'calico-ipam',
    nodeToNodeMesh: typeof bgp === 'boolean' ? bgp : operator.bgp === 'Disabled' ? false : null,
    bgpPeers: objectsOf(model, 'BGPPeer').length,
    version: textOf(information?.calicoVersion)?.replace(/^v/, '') ?? imageVersion(nodeImage(daemon)),
  };
}

/** The ConfigMap that the daemon's manifest comes with: one of the other kind may be left over beside it. */
function calicoConfigOf({ components }: ClusterModel, isOfCanal: boolean): Component | null {
  const name = isOfCanal ? /^(rke2-)?canal-config$/ : /^calico-config$/;
  return components.find(({ ref }) => ref.kind === 'ConfigMap' && name.test(ref.name)) ?? null;
}

function recordIn(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Readonly<Record<string, unknown>>) : {};
}

function nodeImage(daemon: Component | null): string {
  return daemon?.containers.find(({ name }) => name === 'calico-node')?.image ?? '';
}

/** 0 means: work it out. */
function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

function backendOf(
  daemon: Component | null,
  configMap: Component | null,
  operator: Readonly<Record<string, unknown>>,
): CalicoNetwork['backend'] {
  const words = ['bird', 'vxlan', 'none'] as const;
  const env = words.find((word) => word === envOf(daemon, 'CALICO_NETWORKING_BACKEND'));
  if (env !== undefined) return { value: env, provenance: 'observed', from: daemon?.ref };
  const written = words.find((word) => word === configMap?.data.calico_backend);
  if (written !== undefined) return { value: written, provenance: 'observed', from: configMap?.ref };
  if (operator.bgp === 'Disabled') return { value: 'vxlan', provenance: 'derived' };
  return { value: 'bird', provenance: 'assumed' };
}

function toHostAction(felix: NetworkObject['spec'], daemon: Component | null): CalicoNetwork['endpointToHostAction'] {
  const words = ['Accept', 'Drop', 'Return'] as const;
  const find = (text: string | null): (typeof words)[number] | undefined =>
    words.find((word) => word.toLowerCase() === text?.toLowerCase());
  const env = find(envOf(daemon, 'FELIX_DEFAULTENDPOINTTOHOSTACTION'));
  if (env !== undefined) return { value: env, provenance: 'observed', from: daemon?.ref };
  const written = find(textOf(felix.defaultEndpointToHostAction));
  // Felix's own default is Drop; every shipped manifest and the operator set Accept.
  return written === undefined
    ? { value: 'Accept', provenance: 'assumed' }
    : { value: written, provenance: 'observed' };
}

function usesPodCidrs(
  daemon: Component | null,
  configMap: Component | null,
  installation: NetworkObject | undefined,
): boolean {
  const text = configMap?.data.cni_network_config ?? '';
  const ipam = recordIn(recordIn(installation?.spec.cni).ipam).type;
  return envOf(daemon, 'USE_POD_CIDR') === 'true' || ipam === 'HostLocal' || /"type"\s*:\s*"host-local"/.test(text);
}

function poolsOf(
  model: ClusterModel,
  daemon: Component | null,
  installation: NetworkObject | undefined,
): Pick<CalicoNetwork, 'pools' | 'poolsProvenance'> {
  const observed = objectsOf(model, 'IPPool').flatMap(poolOf);
  if (observed.length > 0) return { pools: observed, poolsProvenance: 'observed' };
  const operator = recordIn(installation?.spec.calicoNetwork).ipPools;
  if (installation !== undefined && Array.isArray(operator)) {
    return {
      pools: operator.flatMap((pool, i) => operatorPool(recordIn(pool), i, installation)),
      poolsProvenance: 'derived',
    };
  }
  const cidr = envOf(daemon, 'CALICO_IPV4POOL_CIDR');
  const isConfigured = ['CIDR', 'IPIP', 'VXLAN'].some((name) => envOf(daemon, `CALICO_IPV4POOL_${name}`) !== null);
  if (daemon === null || envOf(daemon, 'NO_DEFAULT_POOLS') === 'true') return { pools: [], poolsProvenance: 'assumed' };
  return {
    pools: [
      {
        ref: poolRef('default-ipv4-ippool'),
        // calico-node looks for kubeadm's pod network before it falls back to its own default.
        cidr: poolCidr(cidr) ?? kubeadmCidr(model) ?? '192.168.0.0/16',
        ipipMode: modeOf(envOf(daemon, 'CALICO_IPV4POOL_IPIP')),
        vxlanMode: modeOf(envOf(daemon, 'CALICO_IPV4POOL_VXLAN')),
        natOutgoing: envOf(daemon, 'CALICO_IPV4POOL_NAT_OUTGOING') !== 'false',
        disabled: false,
        blockSize: blockSizeOf(envOf(daemon, 'CALICO_IPV4POOL_BLOCK_SIZE'), '0.0.0.0/0'),
        nodeSelector: 'all()',
      },
    ],
    poolsProvenance: isConfigured ? 'derived' : 'assumed',
  };
}

function kubeadmCidr({ components }: ClusterModel): string | undefined {
  const kubeadm = components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === 'kubeadm-config') ?? null;
  const subnets = settingText(settingsIn(kubeadm, 'ClusterConfiguration'), 'networking', 'podSubnet')?.split(',') ?? [];
  return subnets.map((text) => text.trim()).find((text) => canonicalCidr(text) !== null && !text.includes(':'));
}

function poolOf({ ref, spec }: NetworkObject): CalicoPool[] {
  const cidr = poolCidr(spec.cidr);
  if (cidr === null) return [];
  return [
    {
      ref,
      cidr,
      ipipMode: modeOf(spec.ipipMode),
      vxlanMode: modeOf(spec.vxlanMode),
      natOutgoing: spec.natOutgoing === true,
      disabled: spec.disabled === true,
      blockSize: blockSizeOf(spec.blockSize, cidr),
      nodeSelector: textOf(spec.nodeSelector) ?? 'all()',
    },
  ];
}

/** A pool as the operator writes it; it makes an IPPool of it. */
function operatorPool(pool: Readonly<Record<string, unknown>>, i: number, { ref }: NetworkObject): CalicoPool[] {
  const cidr = poolCidr(pool.cidr);
  if (cidr === null) return [];
  const encapsulation = textOf(pool.encapsulation) ?? 'IPIP';
  const mode = (kind: string): Mode =>
    encapsulation === kind ? 'Always' : encapsulation === `${kind}CrossSubnet` ? 'CrossSubnet' : 'Never';
  return [
    {
      ref: textOf(pool.name) === null && i > 0 ? ref : poolRef(textOf(pool.name) ?? 'default-ipv4-ippool'),
      cidr,
      ipipMode: mode('IPIP'),
      vxlanMode: mode('VXLAN'),
      natOutgoing: pool.natOutgoing !== 'Disabled',
      disabled: false,
      blockSize: blockSizeOf(pool.blockSize, cidr),
      nodeSelector: textOf(pool.nodeSelector) ?? 'all()',
    },
  ];
}

/** The addresses of a pool, as written; null where they are none, as no API server lets them be. */
function poolCidr(value: unknown): string | null {
  const text = textOf(value);
  return text === null || canonicalCidr(text) === null ? null : text;
}

/** Inside the bounds that Calico sets (dataplane E.1); its default for anything else. */
function blockSizeOf(value: unknown, cidr: string): number {
  const [first, last, usual] = cidr.includes(':') ? [116, 128, 122] : [20, 32, 26];
  const size = numberOf(value) ?? usual;
  return size >= first && size <= last ? size : usual;
}

function poolRef(name: string): CalicoPool['ref'] {
  return { group: 'projectcalico.org', kind: 'IPPool', namespace: null, name };
}

/** An empty mode means Never; `Off` and `cross-subnet` are old spellings. */
function modeOf(value: unknown): Mode {
  switch (typeof value === 'string' ? value.toLowerCase().replace('-', '') : '') {
    case 'always':
      return 'Always';
    case 'crosssubnet':
      return 'CrossSubnet';
    default:
      return 'Never';
  }
}
