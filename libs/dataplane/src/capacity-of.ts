import type { ClusterModel, Network, NetworkCapacity, Sourced } from '#model';
import { prefixLengthOf } from './addresses.js';
import { findNodeMask } from './find-cidrs.js';
import { nodesOfKubeMode, planSubnets, podsPerNode } from './flannel/subnets.js';

/** How many nodes and pods there are IPv4 addresses for (dataplane B.4, E.2); null where nobody knows. */
export function capacityOf(model: ClusterModel, network: Network): Sourced<NetworkCapacity | null> {
  const { kind, flannel, calico } = network;
  const unknown: Sourced<null> = { value: null, provenance: 'assumed' };
  if (kind === 'flannel' || kind === 'canal') {
    const config = flannel?.config;
    if (flannel === null || config?.network == null) return unknown;
    if (flannel.mode === 'etcd') {
      const plan = planSubnets(config);
      if (plan.kind === 'Invalid') return unknown;
      return {
        value: { mode: 'etcd', nodes: plan.nodes, podsPerNode: podsPerNode(plan.subnetLen) },
        provenance: 'derived',
      };
    }
    const mask = findNodeMask(model);
    const value = {
      mode: 'kube' as const,
      nodes: nodesOfKubeMode(config.network, mask.value),
      podsPerNode: podsPerNode(mask.value),
    };
    return { value, provenance: mask.provenance === 'assumed' ? 'assumed' : 'derived' };
  }
  if (kind === 'calico' && calico?.ipam === 'calico-ipam' && calico.poolsProvenance !== 'assumed') {
    const pools = calico.pools.filter(({ cidr, disabled }) => !disabled && !cidr.includes(':'));
    if (pools.length === 0) return unknown;
    const blocks = pools.reduce(
      (sum, { cidr, blockSize }) => sum + 2 ** Math.max(0, blockSize - prefixLengthOf(cidr)),
      0,
    );
    // A node takes another block when one is full, so that a block is no limit for a node, only the unit.
    return {
      value: { mode: 'blocks', nodes: blocks, podsPerNode: 2 ** (32 - pools[0].blockSize) },
      provenance: 'derived',
    };
  }
  return unknown;
}
