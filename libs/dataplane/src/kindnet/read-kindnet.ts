import type { KindnetNetwork } from '#model';
import { canonicalCidr } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { envOf } from '../flags.js';
import { shownBy } from '../shown.js';

/** kindnetd's environment; null where it is not the network. */
export function readKindnet(evidence: Evidence, primary: string): KindnetNetwork | null {
  const daemon = shownBy(evidence, 'kindnet');
  if (primary !== 'kindnet' && !(primary === 'ambiguous' && daemon !== null)) return null;
  const subnets = (envOf(daemon, 'POD_SUBNET') ?? '').split(',');
  return { from: daemon?.ref ?? null, podSubnets: subnets.flatMap((cidr) => canonicalCidr(cidr.trim()) ?? []) };
}
