import type { Decoder } from '../../validation/decoder.js';

/** What a route wants to belong to: a Gateway unless said otherwise, of the route's own namespace unless said otherwise. */
export function readParentRef(value: unknown, field: string, decoder: Decoder): Record<string, unknown> {
  const ref = decoder.fields(value, field);
  return {
    group: decoder.text(ref.group, `${field}.group`) ?? 'gateway.networking.k8s.io',
    kind: decoder.text(ref.kind, `${field}.kind`) || 'Gateway',
    namespace: decoder.text(ref.namespace, `${field}.namespace`) || undefined,
    name: decoder.requiredText(ref.name, `${field}.name`),
    sectionName: decoder.text(ref.sectionName, `${field}.sectionName`) || undefined,
    port: decoder.port(ref.port, `${field}.port`) ?? undefined,
  };
}
