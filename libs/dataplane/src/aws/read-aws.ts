import type { AwsNetwork } from '#model';
import { canonicalCidr } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { envOf, isTrue } from '../flags.js';
import { numberOf } from '../network-object.js';
import { shownBy } from '../shown.js';

/** aws-node's environment with the plugin's defaults; null where it is not the network. */
export function readAws(evidence: Evidence, primary: string): AwsNetwork | null {
  if (primary !== 'aws-vpc-cni' && primary !== 'ambiguous') return null;
  const shown = shownBy(evidence, 'aws-vpc-cni');
  if (shown === null && primary === 'ambiguous') return null;
  const daemon = shown?.ref.kind === 'DaemonSet' ? shown : null;
  const external = envOf(daemon, 'AWS_VPC_K8S_CNI_EXTERNALSNAT');
  const excluded = (envOf(daemon, 'AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS') ?? '').split(',');
  return {
    from: daemon?.ref ?? null,
    externalSnat: external !== null && isTrue(external),
    excludeSnatCidrs: excluded.flatMap((cidr) => canonicalCidr(cidr.trim()) ?? []),
    vethPrefix: envOf(daemon, 'AWS_VPC_K8S_CNI_VETHPREFIX') ?? 'eni',
    eniMtu: positive(envOf(daemon, 'AWS_VPC_ENI_MTU')),
    podMtu: positive(envOf(daemon, 'POD_MTU')),
  };
}

function positive(text: string | null): number | null {
  const value = numberOf(text);
  return value !== null && value > 0 ? value : null;
}
