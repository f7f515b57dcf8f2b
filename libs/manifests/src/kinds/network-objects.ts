import type { Decoder } from '../validation/decoder.js';
import type { KindReader } from './kind-reader.js';
import { redactText } from './redact-text.js';

interface Shape {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
  readonly aliases?: readonly string[];
  readonly namespaced?: boolean;
  readonly annotations?: readonly string[];
  /** Members of `spec` that are kept; all others are dropped. */
  readonly spec: readonly string[];
}

const calico = { group: 'projectcalico.org', versions: ['v3'], aliases: ['crd.projectcalico.org/v1'] } as const;

/** Kinds that tell how a network is set up: no policy, but the way of the packet hangs on them (dataplane A.1, D, E). */
const shapes: readonly Shape[] = [
  {
    ...calico,
    kind: 'IPPool',
    spec: [
      'cidr',
      'ipipMode',
      'vxlanMode',
      'natOutgoing',
      'disabled',
      'disableBGPExport',
      'blockSize',
      'nodeSelector',
      'namespaceSelector',
      'allowedUses',
      'assignmentMode',
    ],
  },
  {
    ...calico,
    kind: 'FelixConfiguration',
    spec: [
      'bpfEnabled',
      'bpfExternalServiceMode',
      'defaultEndpointToHostAction',
      'interfacePrefix',
      'ipipEnabled',
      'ipipMTU',
      'iptablesFilterDenyAction',
      'iptablesNATOutgoingInterfaceFilter',
      'nftablesFilterDenyAction',
      'natOutgoingAddress',
      'natOutgoingExclusions',
      'programClusterRoutes',
      'vxlanEnabled',
      'vxlanMTU',
      'vxlanPort',
      'vxlanVNI',
      'wireguardEnabled',
      'wireguardEnabledV6',
      'wireguardMTU',
    ],
  },
  {
    ...calico,
    kind: 'BGPConfiguration',
    spec: ['asNumber', 'listenPort', 'nodeToNodeMeshEnabled', 'programClusterRoutes', 'serviceClusterIPs'],
  },
  { ...calico, kind: 'BGPPeer', spec: ['asNumber', 'node', 'nodeSelector', 'peerIP', 'peerSelector'] },
  { ...calico, kind: 'ClusterInformation', spec: ['calicoVersion', 'clusterType'] },
  { ...calico, kind: 'IPAMConfig', spec: ['maxBlocksPerHost', 'strictAffinity'] },
  { ...calico, kind: 'IPAMConfiguration', spec: ['maxBlocksPerHost', 'strictAffinity'] },
  {
    group: 'operator.tigera.io',
    kind: 'Installation',
    versions: ['v1'],
    spec: ['calicoNetwork', 'cni', 'kubernetesProvider', 'variant'],
  },
  {
    group: 'k8s.cni.cncf.io',
    kind: 'NetworkAttachmentDefinition',
    versions: ['v1'],
    namespaced: true,
    annotations: ['k8s.v1.cni.cncf.io/resourceName'],
    spec: ['config'],
  },
  { group: 'networking.k8s.io', kind: 'ServiceCIDR', versions: ['v1', 'v1beta1', 'v1alpha1'], spec: ['cidrs'] },
];

/** Readers of those kinds. Values of another type than expected are kept as they are: detection judges them. */
export const networkObjectReaders: readonly KindReader[] = shapes.map(
  ({ spec: kept, namespaced = false, ...shape }) => ({
    ...shape,
    namespaced,
    read(object, decoder: Decoder) {
      const spec = decoder.fields(object.spec, 'spec');
      const entries = kept
        .filter((key) => spec[key] !== undefined && spec[key] !== null)
        .map((key): [string, unknown] => {
          const value = spec[key];
          return [key, key === 'config' && typeof value === 'string' ? redactText(value) : value];
        });
      return { spec: Object.fromEntries(entries) };
    },
  }),
);

/** Whether a stored object is of one of those kinds. */
export function isNetworkObject(group: string, kind: string): boolean {
  return shapes.some((shape) => shape.group === group && shape.kind === kind);
}
