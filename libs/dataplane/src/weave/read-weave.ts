import type { WeaveNetwork } from '#model';
import { canonicalCidr } from '../addresses.js';
import type { Evidence } from '../evidence.js';
import { envOf } from '../flags.js';
import { numberOf } from '../network-object.js';
import { shownBy } from '../shown.js';

/** weave-net's environment with its defaults; null where it is not the network. */
export function readWeave(evidence: Evidence, primary: string): WeaveNetwork | null {
  const daemon = shownBy(evidence, 'weave');
  if (primary !== 'weave' && !(primary === 'ambiguous' && daemon !== null)) return null;
  const mtu = numberOf(envOf(daemon, 'WEAVE_MTU'));
  return {
    from: daemon?.ref ?? null,
    mtu: mtu !== null && mtu > 0 ? mtu : null,
    range: canonicalCidr(envOf(daemon, 'IPALLOC_RANGE') ?? '') ?? '10.32.0.0/12',
    // The start script only asks whether it is set.
    isSleeveOnly: envOf(daemon, 'WEAVE_NO_FASTDP') !== null,
  };
}
