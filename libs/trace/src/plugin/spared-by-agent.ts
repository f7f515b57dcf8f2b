import { cidrHolds } from '#dataplane';
import type { MasqueradeAgent } from '#model';

/** Whether packets to an address keep the pod's address, as the agent was told; null where nobody knows what it read. */
export function sparedByAgent(agent: MasqueradeAgent, address: string): boolean | null {
  const { nonMasqueradeCidrs, masqueradesLinkLocal, masqueradesLinkLocalV6 } = agent;
  const linkLocal = [
    ...(masqueradesLinkLocal ? [] : ['169.254.0.0/16']),
    ...(masqueradesLinkLocalV6 ? [] : ['fe80::/10']),
  ];
  if (linkLocal.some((cidr) => cidrHolds(cidr, address))) return true;
  return nonMasqueradeCidrs === null ? null : nonMasqueradeCidrs.some((cidr) => cidrHolds(cidr, address));
}
