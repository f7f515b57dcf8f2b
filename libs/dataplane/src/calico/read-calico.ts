import type { CalicoNetwork, CalicoPool, ClusterModel, Component, NetworkObject } from '#model';
import { canonicalCidr } from '../addresses.js';
import { type Evidence, shownBy } from '../evidence.js';
import { envOf } from '../flags.js';
import { imageVersion } from '../image-version.js';
import { numberOf, objectsOf, specOf, textOf } from '../network-object.js';
import { yamlScalar } from '../yaml-scalar.js';

type Mode = CalicoPool['ipipMode'];

/** calico-node's settings (dataplane E); null where it does not run. What is not set has the value the daemon takes. */
export function readCalico(model: ClusterModel, evidence: Evidence): CalicoNetwork | null {
  const daemon = evidence.daemons.find(({ part }) => part === 'calico')?.by ?? null;
  if (daemon === null && !evidence.configMaps.some(({ part }) => part === 'calico')) return null;
  const felix = specOf(model, 'FelixConfiguration', 'default')?.spec ?? {};
  const installation = specOf(model, 'Installation', 'default');
  const operator = (installation?.spec.calicoNetwork ?? {}) as Readonly<Record<string, unknown>>;
  const configMap = shownBy({ ...evidence, daemons: [] }, 'calico');
  const canal = model.components.find(({ ref }) => ref.kind === 'ConfigMap' && /canal-config$/.test(ref.name));
  const number = (field: string, env: string): number | null =>
    positive(numberOf(felix[field]) ?? numberOf(envOf(daemon, env)));
  const isOn = (field: string, env: string): boolean => felix[field] === true || envOf(daemon, env) === 'true';
  const bgp = specOf(model, 'BGPConfiguration', 'default')?.spec.nodeToNodeMeshEnabled;
  const information = specOf(model, 'ClusterInformation', 'default')?.spec;
  return {
    from: daemon?.ref ?? configMap?.ref ?? null,
    backend: backendOf(daemon, configMap, operator),
    ...poolsOf(model, daemon, installation),
    ebpf: isOn('bpfEnabled', 'FELIX_BPFENABLED') || operator.linuxDataplane === 'BPF',
    endpointToHostAction: toHostAction(felix, daemon),
    denyAction:
      felix.iptablesFilterDenyAction === 'Reject' || felix.nftablesFilterDenyAction === 'Reject' ? 'Reject' : 'Drop',
    excludesHostsFromNat: felix.natOutgoingExclusions === 'IPPoolsAndHostIPs',
    natOutgoingAddress: textOf(felix.natOutgoingAddress),
    vethMtu: positive(numberOf(configMap?.data.veth_mtu ?? canal?.data.veth_mtu) ?? numberOf(operator.mtu)),
    ipipMtu: number('ipipMTU', 'FELIX_IPINIPMTU'),
    vxlanMtu: number('vxlanMTU', 'FELIX_VXLANMTU'),
    wireguardMtu: number('wireguardMTU', 'FELIX_WIREGUARDMTU'),
    vxlanPort: numberOf(felix.vxlanPort) ?? 4789,
    vxlanVni: numberOf(felix.vxlanVNI) ?? 4096,
    wireguard: isOn('wireguardEnabled', 'FELIX_WIREGUARDENABLED'),
    wireguardV6: felix.wireguardEnabledV6 === true,
    interfacePrefix: (textOf(felix.interfacePrefix) ?? envOf(daemon, 'FELIX_INTERFACEPREFIX') ?? 'cali').split(',')[0],
    ipam: usesPodCidrs(daemon, configMap ?? canal ?? null) ? 'host-local' : 'calico-ipam',
    nodeToNodeMesh: typeof bgp === 'boolean' ? bgp : operator.bgp === 'Disabled' ? false : null,
    bgpPeers: objectsOf(model, 'BGPPeer').length,
    version: textOf(information?.calicoVersion)?.replace(/^v/, '') ?? imageVersion(nodeImage(daemon)),
  };
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
  const written = find(textOf(felix.defaultEndpointToHostAction));
  if (written !== undefined) return { value: written, provenance: 'observed' };
  const env = find(envOf(daemon, 'FELIX_DEFAULTENDPOINTTOHOSTACTION'));
  // Felix's own default is Drop; every shipped manifest and the operator set Accept.
  return env === undefined
    ? { value: 'Accept', provenance: 'assumed' }
    : { value: env, provenance: 'observed', from: daemon?.ref };
}

function usesPodCidrs(daemon: Component | null, configMap: Component | null): boolean {
  const text = configMap?.data.cni_network_config ?? '';
  return envOf(daemon, 'USE_POD_CIDR') === 'true' || /"type"\s*:\s*"host-local"/.test(text);
}

function poolsOf(
  model: ClusterModel,
  daemon: Component | null,
  installation: NetworkObject | undefined,
): Pick<CalicoNetwork, 'pools' | 'poolsProvenance'> {
  const observed = objectsOf(model, 'IPPool').flatMap(poolOf);
  if (observed.length > 0) return { pools: observed, poolsProvenance: 'observed' };
  const operator = (installation?.spec.calicoNetwork as { ipPools?: unknown } | undefined)?.ipPools;
  if (installation !== undefined && Array.isArray(operator)) {
    return {
      pools: operator.flatMap((pool, i) => operatorPool(pool as Record<string, unknown>, i, installation)),
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
        cidr: cidr || kubeadmCidr(model) || '192.168.0.0/16',
        ipipMode: modeOf(envOf(daemon, 'CALICO_IPV4POOL_IPIP')),
        vxlanMode: modeOf(envOf(daemon, 'CALICO_IPV4POOL_VXLAN')),
        natOutgoing: envOf(daemon, 'CALICO_IPV4POOL_NAT_OUTGOING') !== 'false',
        disabled: false,
        blockSize: numberOf(envOf(daemon, 'CALICO_IPV4POOL_BLOCK_SIZE')) ?? 26,
        nodeSelector: 'all()',
      },
    ],
    poolsProvenance: isConfigured ? 'derived' : 'assumed',
  };
}

function kubeadmCidr({ components }: ClusterModel): string | undefined {
  const kubeadm = components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === 'kubeadm-config');
  const subnets = yamlScalar(kubeadm?.data.ClusterConfiguration ?? '', 'podSubnet')?.split(',') ?? [];
  return subnets.map((text) => text.trim()).find((text) => canonicalCidr(text) !== null && !text.includes(':'));
}

function poolOf({ ref, spec }: NetworkObject): CalicoPool[] {
  const cidr = textOf(spec.cidr);
  if (cidr === null) return [];
  return [
    {
      ref,
      cidr,
      ipipMode: modeOf(spec.ipipMode),
      vxlanMode: modeOf(spec.vxlanMode),
      natOutgoing: spec.natOutgoing === true,
      disabled: spec.disabled === true,
      blockSize: numberOf(spec.blockSize) ?? (cidr.includes(':') ? 122 : 26),
      nodeSelector: textOf(spec.nodeSelector) ?? 'all()',
    },
  ];
}

/** A pool as the operator writes it; it makes an IPPool of it. */
function operatorPool(pool: Readonly<Record<string, unknown>>, i: number, { ref }: NetworkObject): CalicoPool[] {
  const cidr = textOf(pool.cidr);
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
      blockSize: numberOf(pool.blockSize) ?? (cidr.includes(':') ? 122 : 26),
      nodeSelector: textOf(pool.nodeSelector) ?? 'all()',
    },
  ];
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
