import type { AwsNetwork, ClusterModel, Network, NodeSubnet, Sourced } from '#model';
import { parseCidr, QuestionError } from '#model';
import { cidrHolds } from './addresses.js';
import { readAntrea } from './antrea/read-antrea.js';
import { readAws } from './aws/read-aws.js';
import { readCalico } from './calico/read-calico.js';
import { readCilium } from './cilium/read-cilium.js';
import type { Evidence } from './evidence.js';
import { readProxySettings } from './find-proxy.js';
import { readFlannel } from './flannel/read-flannel.js';
import { primaryCandidates } from './identify-primary.js';
import { readKindnet } from './kindnet/read-kindnet.js';
import { readKubeRouter } from './kube-router/read-kube-router.js';
import { masqueradeAgentOf } from './masquerade-agent.js';
import { readOvn } from './ovn/read-ovn.js';
import type { DataplaneOverrides } from './overrides/parse-overrides.js';
import type { NetworkPart } from './signals.js';
import { readWeave } from './weave/read-weave.js';

/**
 * What the way of a packet is worked out from. Cost: linear in components, network objects and nodes; in the pods as
 * well where two networks run at once.
 * @throws QuestionError DATAPLANE_INVALID where a subnet is no CIDR
 */
export function networkOf(model: ClusterModel, evidence: Evidence, primary: string, said: DataplaneOverrides): Network {
  const parts = {
    flannel: readFlannel(model, evidence, primary),
    calico: readCalico(model, evidence, primary),
    kubeRouter: readKubeRouter(model, evidence),
    cilium: readCilium(model, evidence, primary),
    antrea: readAntrea(evidence, primary),
    aws: readAws(evidence, primary),
    ovn: readOvn(model, evidence, primary),
    weave: readWeave(evidence, primary),
    kindnet: readKindnet(evidence, primary),
  };
  return {
    kind:
      primary === 'ambiguous'
        ? kindByPods(model, primaryCandidates(evidence), parts)
        : primary === 'canal-split'
          ? 'canal'
          : primary,
    hostMtu: said.hostMTU === undefined ? usualHostMtu(parts.aws) : configured(Number(said.hostMTU)),
    nodeInterface:
      said.nodeInterface === undefined ? { value: 'eth0', provenance: 'assumed' } : configured(said.nodeInterface),
    nodeSubnets: (said.nodeSubnets ?? '')
      .split('+')
      .filter((text) => text !== '')
      .map(subnetOf),
    assumedNodePrefix: Number(said.assumedNodePrefix ?? 24),
    externalRouting: said.externalRouting === undefined ? null : said.externalRouting === 'true',
    ...parts,
    proxy: readProxySettings(model, evidence),
    masqueradeAgent: masqueradeAgentOf(model, evidence),
  };
}

/** 1500, but on AWS, where the plugin itself sets the MTU of the interfaces: jumbo unless it is told another. */
function usualHostMtu(aws: AwsNetwork | null): Sourced<number> {
  if (aws?.eniMtu != null)
    return { value: aws.eniMtu, provenance: 'observed', ...(aws.from === null ? {} : { from: aws.from }) };
  return { value: aws === null ? 1500 : 9001, provenance: 'assumed' };
}

function configured<T>(value: T): Sourced<T> {
  return { value, provenance: 'configured' };
}

function subnetOf(text: string): NodeSubnet {
  const [cidr, nodes] = text.split('=');
  if (parseCidr(cidr) === null) {
    const message = `nodeSubnets: ${JSON.stringify(cidr)} is no CIDR; accepted are CIDRs joined by +`;
    throw new QuestionError('DATAPLANE_INVALID', message, 'dataplane', 'CIDRs joined by +');
  }
  return { cidr, nodes: nodes === undefined ? null : nodes.split(';') };
}

/** Networks by the names of their files in `/etc/cni/net.d`: the runtime takes the first. */
const byFileName: readonly NetworkPart[] = [
  'cilium',
  'antrea',
  'aws-vpc-cni',
  'azure-cni',
  'calico',
  'flannel',
  'kindnet',
  'kube-router',
  'ovn-kubernetes',
  'weave',
];

/**
 * Where two networks run, most pods' addresses tell whose rules their packets follow (dataplane A.3): Calico's plugin
 * writes an annotation and takes from its pools, flannel's takes from the node's podCIDR.
 */
function kindByPods(
  { pods, nodes }: ClusterModel,
  candidates: readonly NetworkPart[],
  { flannel, calico }: Pick<Network, 'flannel' | 'calico'>,
): string {
  const flannelNetwork = flannel?.config?.network ?? null;
  const pools = calico?.pools.map(({ cidr }) => cidr) ?? [];
  const podCidrs = new Map(nodes.map((node) => [node.name, node.podCidrs]));
  let [ofFlannel, ofCalico] = [0, 0];
  for (const { hostNetwork, phase, addresses, annotations, node } of pods) {
    if (hostNetwork || phase !== 'Running' || addresses.length === 0) continue;
    const [address] = addresses;
    const isAnnotated = Object.hasOwn(annotations, 'cni.projectcalico.org/podIP');
    if (isAnnotated && pools.some((cidr) => cidrHolds(cidr, address))) ofCalico++;
    else if (
      flannelNetwork !== null &&
      (podCidrs.get(node ?? '') ?? []).some((cidr) => cidrHolds(flannelNetwork, cidr) && cidrHolds(cidr, address))
    )
      ofFlannel++;
  }
  const isBoth = candidates.includes('flannel') && candidates.includes('calico');
  if (isBoth && ofFlannel !== ofCalico) return ofFlannel > ofCalico ? 'flannel' : 'calico';
  return byFileName.find((part) => candidates.includes(part)) ?? 'unknown';
}
