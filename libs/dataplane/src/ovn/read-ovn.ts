import type { ClusterModel, OvnNetwork } from '#model';
import type { Evidence } from '../evidence.js';
import { numberOf } from '../network-object.js';
import { shownBy } from '../shown.js';

/** OVN-Kubernetes as its objects show it; null where it is not the network. */
export function readOvn({ components }: ClusterModel, evidence: Evidence, primary: string): OvnNetwork | null {
  const daemon = shownBy(evidence, 'ovn-kubernetes');
  if (primary !== 'ovn-kubernetes' && !(primary === 'ambiguous' && daemon !== null)) return null;
  const map = components.find(({ ref }) => ref.kind === 'ConfigMap' && ref.name === 'ovn-config');
  const mtu = numberOf(map?.data.mtu);
  return { from: map?.ref ?? daemon?.ref ?? null, mtu: mtu !== null && mtu > 0 ? mtu : null };
}
