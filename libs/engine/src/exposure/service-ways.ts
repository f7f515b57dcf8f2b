import { compareText, type Service } from '#model';
import type { Ends } from '../connectivity/ends.js';
import type { Units } from '../connectivity/units.js';
import { isOpenToOutside } from '../entries/is-open-to-outside.js';
import type { Cluster } from '../query/cluster.js';
import { askedServicePorts, backendsFromOutside } from '../query/resolve-service.js';
import type { Offers } from './offers.js';
import type { OutsideClients } from './outside-clients.js';

/** Adds what Services open to the outside, at nodes, load balancers and external addresses. Yields between Services. */
export function* addServiceWays(
  cluster: Cluster,
  ends: Ends,
  units: Units,
  clients: OutsideClients,
  offers: Offers,
): Iterable<null> {
  for (const service of cluster.model.services) {
    if (!isOpenToOutside(service) || service.type === 'ExternalName') continue;
    const { namespace, name, type } = service;
    const isLocal = service.externalTrafficPolicy === 'Local';
    const way = { kind: 'Service', namespace, name, type, addresses: addressesOf(service) } as const;
    for (const asked of service.ports) {
      const port = { kind: 'Range', first: asked.port, last: asked.port } as const;
      const question = { service, protocol: asked.protocol, protocolGiven: true, port };
      for (const { protocol, backends } of askedServicePorts(cluster, question)) {
        for (const { party, port: target } of backendsFromOutside(backends, isLocal)) {
          const end = party.podNumber < 0 ? -1 : ends.ofPod[party.podNumber];
          if (end < 0) continue;
          const words = clients.through(service, party, units.ofPod[party.podNumber], protocol, target);
          offers.add(end, way, protocol, target, words);
        }
      }
    }
    yield null;
  }
}

function addressesOf({ externalIps, loadBalancerIps }: Service): string[] {
  return [...new Set([...externalIps, ...loadBalancerIps])].sort(compareText);
}
