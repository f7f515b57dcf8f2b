import { formatAddress, type Pod, type Service } from '#model';
import type { Cluster } from './cluster.js';
import type { Party } from './party.js';
import type { VerdictQuestion } from './verdict.js';

/** What takes the connections to one port of a node in the node's stead. */
export type PortOfNode = {
  /** The port that it has there. */
  readonly port: number;
  /** In words. */
  readonly note: string;
} & (
  | { readonly by: 'NodePort'; readonly service: Service }
  | {
      readonly by: 'HostPort';
      /** The number of the pod. */
      readonly pod: number;
    }
);

/**
 * What a question for one port of a node, at the addresses that the party has, leads to; null where it is the node itself.
 * Cost: a look-up; the first time, linear in the Services and the pods.
 */
export function portOfNode(
  { lookups, model }: Cluster,
  node: Party,
  { protocol, port: asked }: Pick<VerdictQuestion, 'protocol' | 'port'>,
): PortOfNode | null {
  if (node.kind !== 'Node' || node.node === null || protocol === 'ICMP') return null;
  if (asked?.kind !== 'Range' || asked.first !== asked.last) return null;
  const where = `port ${asked.first} of node ${node.node}`;
  const nodePort = lookups.nodePorts().get(`${protocol} ${asked.first}`);
  if (nodePort !== undefined) {
    const { namespace, name } = nodePort.service;
    return { by: 'NodePort', ...nodePort, note: `${where} is a NodePort of Service ${namespace}/${name}` };
  }
  const hostPorts = lookups.hostPorts().get(`${node.node} ${protocol} ${asked.first}`);
  const hostPort = hostPorts?.find(({ hostIp }) => hostIp === null || isAt(node, hostIp));
  if (hostPort === undefined) return null;
  const { namespace, name } = model.pods.at(hostPort.pod) as Pod;
  const note = `${where} is a host port of pod ${namespace}/${name}`;
  return { by: 'HostPort', pod: hostPort.pod, port: hostPort.port, note };
}

function isAt({ addresses }: Party, text: string): boolean {
  return addresses.some(({ address }) => address !== null && formatAddress(address) === text);
}
