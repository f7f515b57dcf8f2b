import type { ClusterModel, Network, NodeSubnet, Sourced } from '#model';
import { parseCidr, QuestionError } from '#model';
import { cidrHolds } from './addresses.js';
import { readCalico } from './calico/read-calico.js';
import type { Evidence } from './evidence.js';
import { readProxySettings } from './find-proxy.js';
import { readFlannel } from './flannel/read-flannel.js';
import { readKubeRouter } from './kube-router/read-kube-router.js';
import type { DataplaneOverrides } from './overrides/parse-overrides.js';

/**
 * What the way of a packet is worked out from. Cost: linear in components, network objects and nodes; in the pods as
 * well where two networks run at once.
 * @throws QuestionError DATAPLANE_INVALID where a subnet is no CIDR
 */
export function networkOf(model: ClusterModel, evidence: Evidence, primary: string, said: DataplaneOverrides): Network {
  const parts = {
    flannel: readFlannel(model, evidence),
    calico: readCalico(model, evidence),
    kubeRouter: readKubeRouter(model, evidence),
  };
  const agent = model.components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === 'ip-masq-agent');
  return {
    kind: primary === 'ambiguous' ? kindByPods(model, parts) : primary === 'canal-split' ? 'canal' : primary,
    hostMtu: said.hostMTU === undefined ? { value: 1500, provenance: 'assumed' } : configured(Number(said.hostMTU)),
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
    nonMasqueradeCidrs: evidence.daemons.some(({ part }) => part === 'ip-masq-agent')
      ? cidrsOfAgent(agent?.data.config)
      : null,
  };
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

/** Where two networks run, most pods' addresses tell whose rules their packets follow (dataplane A.3). */
function kindByPods(
  { pods }: ClusterModel,
  { flannel, calico, kubeRouter }: Pick<Network, 'flannel' | 'calico' | 'kubeRouter'>,
): string {
  const flannelNetwork = flannel?.config?.network ?? null;
  const pools = calico?.pools.map(({ cidr }) => cidr) ?? [];
  let [ofFlannel, ofCalico] = [0, 0];
  for (const { hostNetwork, phase, addresses, annotations } of pods) {
    if (hostNetwork || phase !== 'Running' || addresses.length === 0) continue;
    if (Object.hasOwn(annotations, 'cni.projectcalico.org/podIP')) ofCalico++;
    else if (flannelNetwork !== null && cidrHolds(flannelNetwork, addresses[0])) ofFlannel++;
    else if (pools.some((cidr) => cidrHolds(cidr, addresses[0]))) ofCalico++;
  }
  if (flannel !== null && calico !== null && ofFlannel !== ofCalico) return ofFlannel > ofCalico ? 'flannel' : 'calico';
  // The runtime takes the first file by name: 10-calico before 10-flannel before 10-kuberouter.
  return calico !== null ? 'calico' : flannel !== null ? 'flannel' : kubeRouter !== null ? 'kube-router' : 'unknown';
}

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/** CIDRs of `nonMasqueradeCIDRs`; the agent's own default where it has no configuration. */
function cidrsOfAgent(text: string | undefined): readonly string[] {
  const listed = /nonMasqueradeCIDRs"?\s*:\s*([\s\S]*?)(?:\n\s*"?\w+"?\s*:|$)/.exec(text ?? '')?.[1];
  const found = listed?.match(/[0-9a-fA-F:.]+\/\d{1,3}/g) ?? [];
  return found.length > 0 ? found : privateRanges;
}
