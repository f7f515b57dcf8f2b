import type { CalicoEntity, CalicoProtocol } from '../../model/stored-calico.js';
import type { Decoder } from '../../validation/decoder.js';
import { type Shape, unknownMembers } from '../../validation/unknown-fields.js';
import { readNets } from './nets.js';
import { readPorts } from './ports.js';
import { hasPorts } from './protocol.js';
import { readSelector } from './selector.js';

const serviceAccountsShape: Shape = { names: null, selector: null };
const servicesShape: Shape = { name: null, namespace: null };

/** What is known in the source or destination of a rule. */
export const entityShape: Shape = {
  nets: null,
  notNets: null,
  selector: null,
  notSelector: null,
  namespaceSelector: null,
  serviceAccounts: serviceAccountsShape,
  services: servicesShape,
  ports: null,
  notPorts: null,
};

/** Where an entity stands. */
export interface EntityPlace {
  readonly side: 'source' | 'destination';
  /** The direction of the rule; null for one of a profile's, which knows no services. */
  readonly direction: 'Ingress' | 'Egress';
  /** The namespace of the policy; null for a global one. */
  readonly namespace: string | null;
  readonly protocol: CalicoProtocol | undefined;
}

/** One side of a rule (policy semantics 3.5). */
export function readEntity(decoder: Decoder, value: unknown, field: string, place: EntityPlace): CalicoEntity {
  const fields = decoder.fields(value, field);
  const entity: CalicoEntity = {
    ...unknownMembers(fields, entityShape),
    nets: readNets(decoder, fields.nets, `${field}.nets`),
    notNets: readNets(decoder, fields.notNets, `${field}.notNets`),
    selector: readSelector(decoder, fields.selector, `${field}.selector`),
    notSelector: readSelector(decoder, fields.notSelector, `${field}.notSelector`),
    namespaceSelector: readSelector(decoder, fields.namespaceSelector, `${field}.namespaceSelector`, 'Alone'),
    serviceAccounts: readServiceAccounts(decoder, fields.serviceAccounts, `${field}.serviceAccounts`),
    services: readServices(decoder, fields.services, `${field}.services`, place),
    ports: readPorts(decoder, fields.ports, `${field}.ports`),
    notPorts: readPorts(decoder, fields.notPorts, `${field}.notPorts`),
  };
  complainOfPorts(decoder, entity, field, place);
  if (entity.services !== undefined) complainOfServices(decoder, entity, `${field}.services`, place);
  return entity;
}

function readServiceAccounts(decoder: Decoder, value: unknown, field: string): CalicoEntity['serviceAccounts'] {
  if (value === undefined || value === null) return undefined;
  const fields = decoder.fields(value, field);
  return {
    ...unknownMembers(fields, serviceAccountsShape),
    names: decoder.elements(fields.names, `${field}.names`, (name, at) => decoder.text(name, at) ?? ''),
    selector: readSelector(decoder, fields.selector, `${field}.selector`),
  };
}

function readServices(
  decoder: Decoder,
  value: unknown,
  field: string,
  { namespace: own }: EntityPlace,
): CalicoEntity['services'] {
  if (value === undefined || value === null) return undefined;
  const fields = decoder.fields(value, field);
  const name = decoder.text(fields.name, `${field}.name`) ?? '';
  const namespace = decoder.text(fields.namespace, `${field}.namespace`) || own;
  if (name === '') decoder.complain({ field: `${field}.name`, reason: 'Required', detail: 'must name a Service' });
  if (namespace === null) {
    const detail = 'must be given in a policy without a namespace';
    decoder.complain({ field: `${field}.namespace`, reason: 'Required', detail });
  }
  return { ...unknownMembers(fields, servicesShape), name, namespace: namespace ?? '' };
}

/** Numbers need a protocol that has ports; a name brings its own. */
function complainOfPorts(decoder: Decoder, entity: CalicoEntity, field: string, { protocol }: EntityPlace): void {
  if (hasPorts(protocol)) return;
  for (const name of ['ports', 'notPorts'] as const) {
    const isNamed = entity[name].every((port) => typeof port === 'string' && !/^[0-9]+:[0-9]+$/.test(port));
    if (isNamed && protocol === undefined) continue;
    if (entity[name].length === 0) continue;
    const detail =
      protocol === undefined
        ? 'numeric ports need the protocol TCP, UDP or SCTP'
        : 'the protocol has no ports; TCP, UDP and SCTP have';
    decoder.complain({ field: `${field}.${name}`, reason: 'Invalid', detail, value: entity[name] });
  }
}

function complainOfServices(decoder: Decoder, entity: CalicoEntity, field: string, place: EntityPlace): void {
  const isPeer = (place.direction === 'Ingress') === (place.side === 'source');
  if (!isPeer) {
    const detail = 'is accepted in an ingress source and an egress destination only';
    decoder.complain({ field, reason: 'Forbidden', detail });
    return;
  }
  const others = [
    'nets',
    'notNets',
    'selector',
    'notSelector',
    'namespaceSelector',
    'serviceAccounts',
    ...(place.side === 'destination' ? (['ports', 'notPorts'] as const) : []),
  ] as const;
  const found = others.filter((name) => {
    const value = entity[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (found.length > 0)
    decoder.complain({ field, reason: 'Forbidden', detail: `may not be combined with ${found.join(', ')}` });
}
