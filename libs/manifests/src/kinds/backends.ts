import { elements, members } from '../reading/wanted.js';
import { addressComplaint } from '../validation/address-complaint.js';
import type { Decoder, Fields } from '../validation/decoder.js';
import type { KindReader } from './kind-reader.js';
import { wantedObject } from './wanted-object.js';

/** EndpointSlices: what a controller wrote down as the backends of a Service. */
export const endpointSliceReader: KindReader = {
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  versions: ['v1', 'v1beta1'],
  namespaced: true,
  wanted: wantedObject({
    addressType: 'All',
    endpoints: elements(members({ addresses: 'All', conditions: 'All', hints: 'All', nodeName: 'All' })),
    ports: 'All',
  }),
  read(object, decoder) {
    const endpoints = decoder.elements(object.endpoints, 'endpoints', (entry, at) => {
      const endpoint = decoder.fields(entry, at);
      const conditions = decoder.fields(endpoint.conditions, `${at}.conditions`);
      const isFqdn = object.addressType === 'FQDN';
      const is = (name: string): boolean | null => {
        const value = conditions[name];
        return value === undefined || value === null ? null : decoder.boolean(value, `${at}.conditions.${name}`);
      };
      const ready = is('ready') ?? true;
      const [serving, terminating] = [is('serving'), is('terminating')];
      // What is ready is used whatever else is said of it.
      const isEnding = !ready && serving === true && terminating === true;
      return {
        addresses: isFqdn ? [] : addressList(endpoint.addresses, `${at}.addresses`, decoder),
        conditions: { ready, ...(isEnding ? { serving: true, terminating: true } : {}) },
        hints: readHints(endpoint.hints, `${at}.hints`, decoder),
        nodeName: decoder.text(endpoint.nodeName, `${at}.nodeName`) || undefined,
      };
    });
    return { endpoints, ports: readPorts(object.ports, 'ports', decoder) };
  },
};

/** Zones whose clients a proxy sends to this endpoint. */
function readHints(value: unknown, at: string, decoder: Decoder): Fields | undefined {
  const { forZones } = decoder.fields(value, at);
  const zones = decoder
    .elements(forZones, `${at}.forZones`, (entry, zone) =>
      decoder.text(decoder.fields(entry, zone).name, `${zone}.name`),
    )
    .filter((name) => name !== null && name !== '');
  return zones.length === 0 ? undefined : { forZones: zones.map((name) => ({ name })) };
}

/** The older form of the same; an Endpoints object bears its Service's name. */
export const endpointsReader: KindReader = {
  group: '',
  kind: 'Endpoints',
  versions: ['v1'],
  namespaced: true,
  read(object, decoder) {
    const address = (entry: unknown, at: string): Record<string, unknown> => {
      const fields: Fields = decoder.fields(entry, at);
      return {
        ip: addressComplaint(decoder, decoder.text(fields.ip, `${at}.ip`) ?? '', `${at}.ip`),
        nodeName: decoder.text(fields.nodeName, `${at}.nodeName`) || undefined,
      };
    };
    return {
      subsets: decoder.elements(object.subsets, 'subsets', (entry, at) => {
        const subset = decoder.fields(entry, at);
        return {
          addresses: decoder.elements(subset.addresses, `${at}.addresses`, address).filter(({ ip }) => ip !== ''),
          notReadyAddresses: decoder
            .elements(subset.notReadyAddresses, `${at}.notReadyAddresses`, address)
            .filter(({ ip }) => ip !== ''),
          ports: readPorts(subset.ports, `${at}.ports`, decoder),
        };
      }),
    };
  },
};

function addressList(value: unknown, field: string, decoder: Decoder): string[] {
  return decoder
    .elements(value, field, (entry, at) => addressComplaint(decoder, decoder.text(entry, at) ?? '', at))
    .filter((address) => address !== '');
}

function readPorts(value: unknown, field: string, decoder: Decoder): Record<string, unknown>[] {
  return decoder.elements(value, field, (entry, at) => {
    const port = decoder.fields(entry, at);
    return {
      name: decoder.text(port.name, `${at}.name`) || undefined,
      protocol: decoder.word(port.protocol, `${at}.protocol`, ['TCP', 'UDP', 'SCTP']),
      port: decoder.port(port.port, `${at}.port`) ?? undefined,
    };
  });
}
