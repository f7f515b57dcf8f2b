import { addressComplaint } from '../../validation/address-complaint.js';
import type { KindReader } from '../kind-reader.js';
import { calicoKind } from './calico-kind.js';
import { readProtocol } from './protocol.js';

/** An interface of a node, or all of them, as something that policies select. */
export const hostEndpointReader: KindReader = calicoKind({
  kind: 'HostEndpoint',
  namespaced: false,
  shape: { node: null, interfaceName: null, expectedIPs: null, profiles: null, ports: null },
  readSpec: (spec, decoder) => {
    const node = decoder.text(spec.node, 'spec.node') ?? '';
    if (node === '') decoder.complain({ field: 'spec.node', reason: 'Required', detail: 'must name a node' });
    const interfaceName = decoder.text(spec.interfaceName, 'spec.interfaceName') || undefined;
    const expectedIPs = decoder.elements(spec.expectedIPs, 'spec.expectedIPs', (ip, at) =>
      addressComplaint(decoder, decoder.text(ip, at) ?? '', at),
    );
    if (interfaceName === undefined && expectedIPs.length === 0) {
      const detail = 'interfaceName or expectedIPs must be given';
      decoder.complain({ field: 'spec.interfaceName', reason: 'Required', detail });
    }
    return {
      node,
      interfaceName,
      expectedIPs,
      profiles: decoder.elements(spec.profiles, 'spec.profiles', (name, at) => decoder.text(name, at) ?? ''),
      ports: decoder.elements(spec.ports, 'spec.ports', (port, at) => {
        const { name, protocol, port: number } = decoder.fields(port, at);
        return {
          name: decoder.requiredText(name, `${at}.name`),
          protocol: readProtocol(decoder, protocol, `${at}.protocol`),
          port: decoder.port(number, `${at}.port`) ?? undefined,
        };
      }),
    };
  },
});
