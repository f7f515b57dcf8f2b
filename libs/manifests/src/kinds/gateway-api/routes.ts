import { elements, members } from '../../reading/wanted.js';
import type { Decoder } from '../../validation/decoder.js';
import { readHost } from '../../validation/host.js';
import type { KindReader } from '../kind-reader.js';
import { wantedObject } from '../wanted-object.js';
import { readBackendRef } from './backend-ref.js';
import { readParentRef } from './parent-ref.js';

interface RouteShape {
  readonly kind: string;
  readonly versions: readonly string[];
  /** Whether the route is told by host names. */
  readonly hostnames: boolean;
  /** What of a match is kept, for people. */
  readonly paths?: 'Http' | 'Grpc';
}

const shapes: readonly RouteShape[] = [
  { kind: 'HTTPRoute', versions: ['v1', 'v1beta1', 'v1alpha2'], hostnames: true, paths: 'Http' },
  { kind: 'GRPCRoute', versions: ['v1', 'v1alpha2'], hostnames: true, paths: 'Grpc' },
  { kind: 'TLSRoute', versions: ['v1', 'v1alpha3', 'v1alpha2'], hostnames: true },
  { kind: 'TCPRoute', versions: ['v1alpha2', 'v1'], hostnames: false },
  { kind: 'UDPRoute', versions: ['v1alpha2', 'v1'], hostnames: false },
];

/**
 * Routes of the Gateway API: to which Gateways they belong and which Services they lead to (policy semantics 5.3). Of
 * filters only mirrors are kept, which send traffic elsewhere as well, and of conditions only paths: whatever the others do,
 * what passes is sent to the same backends.
 */
export const gatewayRouteReaders: readonly KindReader[] = shapes.map(({ kind, versions, hostnames, paths }) => ({
  group: 'gateway.networking.k8s.io',
  kind,
  versions,
  namespaced: true,
  wanted: wantedObject({
    spec: members({
      parentRefs: 'All',
      hostnames: 'All',
      rules: elements(members({ matches: 'All', filters: 'All', backendRefs: 'All' })),
    }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    return {
      spec: {
        parentRefs: decoder.elements(spec.parentRefs, 'spec.parentRefs', (ref, at) => readParentRef(ref, at, decoder)),
        hostnames: hostnames
          ? decoder.elements(spec.hostnames, 'spec.hostnames', (host, at) => readHost(decoder, host, at) ?? '')
          : [],
        rules: decoder.elements(spec.rules, 'spec.rules', (value, at) => {
          const rule = decoder.fields(value, at);
          return {
            matches: readMatches(rule.matches, `${at}.matches`, paths, decoder),
            filters: readMirrors(rule.filters, `${at}.filters`, decoder),
            backendRefs: decoder.elements(rule.backendRefs, `${at}.backendRefs`, (ref, refAt) =>
              readBackendRef(ref, refAt, decoder),
            ),
          };
        }),
      },
    };
  },
}));

/** Paths, or the methods of gRPC, in the shape in which they are written. */
function readMatches(
  value: unknown,
  field: string,
  paths: RouteShape['paths'],
  decoder: Decoder,
): Record<string, unknown>[] {
  if (paths === undefined) return [];
  return decoder.elements(value, field, (entry, at) => {
    const match = decoder.fields(entry, at);
    if (paths === 'Grpc') {
      const method = decoder.fields(match.method, `${at}.method`);
      return {
        method: {
          service: decoder.text(method.service, `${at}.method.service`) || undefined,
          method: decoder.text(method.method, `${at}.method.method`) || undefined,
        },
      };
    }
    const path = decoder.fields(match.path, `${at}.path`);
    return { path: { value: decoder.text(path.value, `${at}.path.value`) || '/' } };
  });
}

function readMirrors(value: unknown, field: string, decoder: Decoder): Record<string, unknown>[] {
  const filters = decoder.elements(value, field, (entry, at) => {
    const { type, requestMirror } = decoder.fields(entry, at);
    if (decoder.text(type, `${at}.type`) !== 'RequestMirror') return null;
    const mirror = decoder.fields(requestMirror, `${at}.requestMirror`);
    const backendRef = readBackendRef(mirror.backendRef, `${at}.requestMirror.backendRef`, decoder);
    return { type: 'RequestMirror', requestMirror: { backendRef } };
  });
  return filters.filter((filter) => filter !== null);
}
