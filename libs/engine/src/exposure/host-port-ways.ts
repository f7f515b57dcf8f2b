import { podFlags } from '#model';
import type { Ends } from '../connectivity/ends.js';
import type { Units } from '../connectivity/units.js';
import type { Cluster } from '../query/cluster.js';
import { partyOfPod } from '../query/party.js';
import type { Offers } from './offers.js';
import type { OutsideClients } from './outside-clients.js';

/**
 * Adds ports of nodes that lead to ports of pods. Pods on the network of their node have none: all their ports are the
 * node's. Cost: linear in the pods.
 */
export function addHostPortWays(
  cluster: Cluster,
  ends: Ends,
  units: Units,
  clients: OutsideClients,
  offers: Offers,
): void {
  const { portList, portLists, flags, length } = cluster.lookups.columns();
  const behind = portLists.map((ports) => ports.filter(({ hostPort }) => hostPort !== null));
  for (let pod = 0; pod < length; pod++) {
    const ports = behind[portList[pod]];
    const end = ends.ofPod[pod];
    if (ports.length === 0 || end < 0 || (flags[pod] & podFlags.hostNetwork) !== 0) continue;
    const party = partyOfPod(cluster, pod);
    for (const { hostPort, protocol, port } of ports) {
      const words = clients.straight(party, units.ofPod[pod], protocol, port);
      offers.add(end, { kind: 'HostPort', port: hostPort as number }, protocol, port, words);
    }
  }
}
