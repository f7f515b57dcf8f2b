import type { EntryPort, Service } from '#model';
import type { Cluster } from '../query/cluster.js';
import type { Party } from '../query/party.js';
import { askedServicePorts, backendsFromOutside } from '../query/resolve-service.js';
import { isOpenToOutside } from './is-open-to-outside.js';
import type { EntryController } from './entry-controller.js';

/** Where clients of an entry arrive: a pod of the controller and its port, by way of a Service or at its own address. */
export interface ControllerDoor {
  readonly service: Service | null;
  readonly party: Party;
  readonly protocol: EntryPort['protocol'];
  readonly port: number;
}

/**
 * The doors of a controller for one port of an entry: backends of the Services that open that port of it to the outside; else
 * the container port behind that port of its node; else the port itself. Cost: Services of its namespaces.
 */
export function doorsOf(
  cluster: Cluster,
  controller: EntryController,
  { protocol, port }: EntryPort,
): ControllerDoor[] {
  const { distinct, isStandIn } = controller;
  if (isStandIn) return distinct.map((party) => ({ service: null, party, protocol, port }));
  const own = new Map(distinct.map((party) => [party.text, party]));
  const namespaces = new Set(distinct.map(({ pod }) => pod?.namespace));
  const range = { kind: 'Range', first: port, last: port } as const;
  const throughServices = cluster.model.services
    .filter((service) => namespaces.has(service.namespace) && isOpenToOutside(service))
    .flatMap((service) =>
      askedServicePorts(cluster, { service, protocol, protocolGiven: true, port: range }).flatMap(({ backends }) =>
        backendsFromOutside(backends, service.externalTrafficPolicy === 'Local')
          .filter(({ party }) => own.has(party.text))
          .map((backend): ControllerDoor => ({ service, party: backend.party, protocol, port: backend.port })),
      ),
    );
  if (throughServices.length > 0) return throughServices;
  return distinct.map((party) => {
    const behind = party.pod?.ports.find((declared) => declared.hostPort === port && declared.protocol === protocol);
    return { service: null, party, protocol, port: behind?.port ?? port };
  });
}
