import { cidrHolds, familyOf } from '#dataplane';
import type { AwsNetwork, Network, Node, Pod } from '#model';
import { asNodesDo } from './as-nodes-do.js';
import { caliLink } from './cali-link.js';
import type { ChosenSource, Plugin, PodLink, Target, Way } from './plugin.js';
import { plainWay } from './ways.js';

/** Pods with addresses of the VPC, which carries them as it carries nodes (dataplane C.5). */
export function awsPlugin(network: Network, podMtu: number | null): Plugin {
  const { vethPrefix, externalSnat, excludeSnatCidrs, from } = network.aws as AwsNetwork;
  return {
    name: 'aws-vpc-cni',
    // Named by the digest that Calico uses, so that Calico can enforce policies on it.
    link: (pod: Pod): PodLink => ({
      podDevice: 'eth0',
      ...caliLink(vethPrefix, pod),
      bridge: null,
      mtu: podMtu,
    }),
    ways: (): readonly Way[] => [vpcWay],
    sourceOfPod: (node: Node, _source: string | null, { address, isNode, way }: Target): ChosenSource | null => {
      // Nodes and pods are in the VPC. IPv6 is never translated.
      if (way !== null || isNode || address === null || familyOf(address) === 'IPv6') return null;
      if (excludeSnatCidrs.some((cidr) => cidrHolds(cidr, address))) return null;
      const by = `aws-node: from a pod to outside the VPC, by the address of ${node.name}`;
      if (from === null) {
        const doubt = 'CONFIG_NOT_SEEN: aws-node is not in the snapshot; no object shows whether it translates';
        return { address: null, by, doubt };
      }
      if (externalSnat) return null;
      const doubt = `VPC_BLOCKS_UNKNOWN: aws-node translates what leaves the VPC, and no object shows whether ${address} is in one of its blocks`;
      return { address: null, by, doubt };
    },
    ...asNodesDo,
  };
}

const vpcWay: Way = {
  ...plainWay,
  assumptions: [
    {
      name: 'securityGroups',
      value: 'security groups, network ACLs and route tables of the VPC let nodes and pods reach each other',
      provenance: 'assumed',
    },
  ],
};
