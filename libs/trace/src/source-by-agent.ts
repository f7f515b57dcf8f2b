import { familyOf, nodeAddress } from '#dataplane';
import type { Node } from '#model';
import type { Context } from './context.js';
import { sparedByAgent } from './plugin/spared-by-agent.js';
import type { ChosenSource, Target } from './plugin/plugin.js';

/**
 * What ip-masq-agent makes of a pod's source, beside what the network does itself (dataplane C.5); null where it does not run
 * or leaves the destination alone.
 */
export function sourceByAgent({ cluster, plugin }: Context, node: Node, target: Target): ChosenSource | null {
  const agent = cluster.dataplane.network.masqueradeAgent;
  const { address, way } = target;
  if (agent === null || address === null) return null;
  const family = familyOf(address);
  if (family === 'IPv6' && !agent.ipv6) return null;
  const isSpared = sparedByAgent(agent, address);
  if (isSpared === true) return null;
  const by = 'ip-masq-agent';
  if (isSpared === null) {
    const doubt = `MASQUERADE_UNDECIDED: ip-masq-agent runs, and nobody can tell what it was told to leave alone`;
    return { address: null, by, doubt };
  }
  const chosen = way === null ? nodeAddress(node, family) : plugin.sourceOfNode(node, way, family).address;
  return { address: chosen, by: `${by}: outside nonMasqueradeCIDRs` };
}
