import { members } from '../reading/wanted.js';
import type { Decoder } from '../validation/decoder.js';
import { readHost } from '../validation/host.js';
import type { KindReader } from './kind-reader.js';
import { wantedObject } from './wanted-object.js';

/**
 * Route of OpenShift: which Services the router sends clients to (policy semantics 5.2). Of TLS only what tells at which
 * ports the router takes them; no key and no certificate.
 */
export const routeReader: KindReader = {
  group: 'route.openshift.io',
  kind: 'Route',
  versions: ['v1'],
  namespaced: true,
  wanted: wantedObject({
    spec: members({
      host: 'All',
      path: 'All',
      to: 'All',
      alternateBackends: 'All',
      port: 'All',
      tls: members({ termination: 'All', insecureEdgeTerminationPolicy: 'All' }),
    }),
  }),
  read(object, decoder) {
    const spec = decoder.fields(object.spec, 'spec');
    const tls = decoder.fields(spec.tls, 'spec.tls');
    return {
      spec: {
        host: readHost(decoder, spec.host, 'spec.host') ?? undefined,
        path: decoder.text(spec.path, 'spec.path') || undefined,
        to: readTarget(spec.to, 'spec.to', decoder),
        alternateBackends: decoder.elements(spec.alternateBackends, 'spec.alternateBackends', (target, at) =>
          readTarget(target, at, decoder),
        ),
        port: readPort(spec.port, 'spec.port', decoder),
        tls:
          spec.tls === undefined || spec.tls === null
            ? undefined
            : {
                termination: decoder.word(tls.termination, 'spec.tls.termination', [
                  'edge',
                  'passthrough',
                  'reencrypt',
                ]),
                insecureEdgeTerminationPolicy: decoder.word(
                  tls.insecureEdgeTerminationPolicy,
                  'spec.tls.insecureEdgeTerminationPolicy',
                  ['None', 'Allow', 'Redirect'],
                ),
              },
      },
    };
  },
};

function readTarget(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const target = decoder.fields(value, field);
  return {
    kind: decoder.word(target.kind, `${field}.kind`, ['Service']),
    name: decoder.requiredText(target.name, `${field}.name`),
    weight: decoder.integerIn(target.weight, `${field}.weight`, [0, 256]) ?? 100,
  };
}

/** `targetPort` is the name of a Service port, or a number of its backends. */
function readPort(value: unknown, field: string, decoder: Decoder): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  const { targetPort } = decoder.fields(value, field);
  if (typeof targetPort === 'string' && targetPort !== '') return { targetPort };
  const number = decoder.port(targetPort, `${field}.targetPort`);
  if (targetPort === undefined || targetPort === null) {
    decoder.complain({ field: `${field}.targetPort`, reason: 'Required', detail: 'a name or a number is required' });
  }
  return { targetPort: number ?? 1 };
}
