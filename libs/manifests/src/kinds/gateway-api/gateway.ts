import { elements, members } from '../../reading/wanted.js';
import type { Decoder } from '../../validation/decoder.js';
import { readHost } from '../../validation/host.js';
import { decodeLabelSelector, labelSelectorComplaints } from '../../validation/label-selector.js';
import type { KindReader } from '../kind-reader.js';
import { wantedObject } from '../wanted-object.js';

/** Gateway: listeners, and which routes each takes (policy semantics 5.3). Certificates are not kept. */
export const gatewayReader: KindReader = {
  group: 'gateway.networking.k8s.io',
  kind: 'Gateway',
  versions: ['v1', 'v1beta1', 'v1alpha2'],
  namespaced: true,
  wanted: wantedObject({
    spec: members({
      gatewayClassName: 'All',
      listeners: elements(
        members({ name: 'All', hostname: 'All', port: 'All', protocol: 'All', allowedRoutes: 'All' }),
      ),
    }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    return {
      spec: {
        gatewayClassName: decoder.requiredText(spec.gatewayClassName, 'spec.gatewayClassName'),
        listeners: decoder.elements(spec.listeners, 'spec.listeners', (listener, at) =>
          readListener(listener, at, decoder),
        ),
      },
    };
  },
};

function readListener(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const listener = decoder.fields(value, field);
  const allowed = decoder.fields(listener.allowedRoutes, `${field}.allowedRoutes`);
  const port = decoder.port(listener.port, `${field}.port`);
  if (listener.port === undefined || listener.port === null) {
    decoder.complain({ field: `${field}.port`, reason: 'Required', detail: 'a number from 1 to 65535 is required' });
  }
  return {
    name: decoder.requiredText(listener.name, `${field}.name`),
    hostname: readHost(decoder, listener.hostname, `${field}.hostname`) ?? undefined,
    port: port ?? 1,
    protocol: decoder.requiredText(listener.protocol, `${field}.protocol`),
    allowedRoutes: {
      namespaces: readNamespaces(allowed.namespaces, `${field}.allowedRoutes.namespaces`, decoder),
      kinds: decoder.elements(allowed.kinds, `${field}.allowedRoutes.kinds`, (kind, at) => {
        const fields = decoder.fields(kind, at);
        const group = decoder.text(fields.group, `${at}.group`);
        return { group: group ?? 'gateway.networking.k8s.io', kind: decoder.requiredText(fields.kind, `${at}.kind`) };
      }),
    },
  };
}

function readNamespaces(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const namespaces = decoder.fields(value, field);
  const from = decoder.word(namespaces.from, `${field}.from`, ['Same', 'All', 'Selector', 'None']);
  if (from !== 'Selector') return { from };
  if (namespaces.selector === undefined || namespaces.selector === null) {
    const detail = "must be specified when `from` is 'Selector'";
    decoder.complain({ field: `${field}.selector`, reason: 'Required', detail });
  }
  const selector = decodeLabelSelector(decoder, namespaces.selector, `${field}.selector`);
  for (const complaint of labelSelectorComplaints(selector, `${field}.selector`)) decoder.complain(complaint);
  return { from, selector };
}
